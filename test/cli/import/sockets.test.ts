import { importTexts, notesOf } from "./imported";

const SERVICE = "[Service]\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n";
const WEB = "[Socket]\nListenStream=0.0.0.0:9292\n";

test("several sockets are all declared, that of the service's own name first", () => {
  const result = importTexts({
    "admin.socket": "[Socket]\nListenStream=9999\nService=web.service\nBacklog=64\n",
    "web.service": `[Unit]\nRequires=web.socket\nRequires=admin.socket\n${SERVICE}Sockets=web.socket admin.socket\n`,
    "web.socket": WEB,
  });
  expect(result.program).toContain(`const sockets = [
  new PumaSocket(stack, "web-socket", {
    binds: [Bind.tcp(9292)],`);
  expect(result.program).toContain(`  new PumaSocket(stack, "admin-socket", {
    binds: [Bind.tcp(9999, { address: "::" })],
    backlog: 64,
    noDelay: false,
    reusePort: false,
    deferAccept: false,
    name: "admin",
  }),
];`);
  expect(result.program).toContain("\n  sockets,\n");
  expect(result.program.match(/directives: .*/g)).toEqual([
    "directives: { Socket: { Backlog: 4294967295 } },",
  ]);
  expect(result.program).not.toContain("//   - [Unit]");
  expect(Object.keys(Object.fromEntries(result.imported.draft.units))).toEqual([
    "web.socket",
    "admin.socket",
    "web.service",
  ]);
});

test("none of them has to have the service's name", () => {
  const sockets = { "a.socket": "[Socket]\nListenStream=80\n", "b.socket": "[Socket]\nListenStream=81\n" };
  const result = importTexts({ "web.service": SERVICE, ...sockets });
  expect(notesOf(result)).toEqual([]);
  for (const name of ["a", "b"]) expect(result.program).toContain(`name: "${name}",`);
});

test("one of them that has nothing for Puma is left away", () => {
  const result = importTexts({
    "log.socket": "[Socket]\nListenDatagram=514\n",
    "web.service": SERVICE,
    "web.socket": WEB,
  });
  expect(result.program).toContain("const socket = new PumaSocket(");
  expect(notesOf(result).join("\n")).toContain("log.socket:2 ListenDatagram: no ListenStream= is there");
});
