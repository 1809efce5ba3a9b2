import { Bind, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { newHost, newService, newStack, synth } from "../stack";

function made(changes: Partial<PumaServiceProps>) {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
  newService(stack, { hosts: [newHost("a")], socket, ...changes });
  const { locals, resource } = synth(stack);
  return {
    parts: locals.puma_web_parts as Record<string, string[]>,
    hosts: locals.puma_web_triggers as string,
    review: resource.terraform_data.puma_web.triggers_replace as Record<string, string>,
  };
}

test("each line of the units is in one part, but for empty ones and headers", () => {
  const stack = newStack();
  const service = newService(stack);
  const parts = Object.values(synth(stack).locals.puma_web_parts as Record<string, string[]>).flat();
  const lines = service.unitFiles["web.service"]
    ?.split("\n")
    .filter((line) => !/^(\[Service\])?$/.test(line));
  expect(parts.filter((line) => line !== "[Service]").sort()).toEqual(lines?.sort());
});

test("whoever reads the plan sees lines under what they do, and the release", () => {
  const { review, parts } = made({ release: "r1" });
  expect(review).toEqual({
    "web.socket: closes its sockets and opens them again, restarts Puma":
      '${local.puma_web_parts["web.socket"]}',
    "web.socket: no restart": '${local.puma_web_parts["web.socket: no restart"]}',
    "web.service: restarts Puma (hot)": '${local.puma_web_parts["web.service"]}',
    "web.service: no restart": '${local.puma_web_parts["web.service: no restart"]}',
    "release: restarts Puma (hot)": "r1",
  });
  expect(parts["web.socket"]).toContain("ListenStream=0.0.0.0:9292");
  expect(parts["web.service"]).toContain("User=deploy");
  expect(parts["web.service: no restart"]).toContain("Restart=always");
});

const HASHES =
  '{ for part, lines in local.puma_web_parts : part => substr(sha256(join("\\n", lines)), 0, 12) }';

test("a host changes with each part, and with the release, if there is one", () => {
  expect(made({}).hosts).toBe(`\${${HASHES}}`);
  expect(made({ release: "r1" }).hosts).toBe(`\${merge(${HASHES}, { release = local.puma_web_release })}`);
});

test("a host changes with what starts Puma, if that is not the boot", () => {
  const { hosts, review } = made({ startOn: "firstConnection", release: "r1" });
  expect(hosts).toBe(
    `\${merge(${HASHES}, { release = local.puma_web_release, start_on = local.puma_web_start_on })}`,
  );
  expect(review).toMatchObject({ "startOn: no restart": "firstConnection" });
});

test("a host changes with whether Puma is to run, and the plan says what that does", () => {
  const { hosts, review } = made({ ensure: "stopped" });
  expect(hosts).toBe(`\${merge(${HASHES}, { ensure = local.puma_web_ensure })}`);
  expect(review).toMatchObject({
    "ensure: stops Puma and its sockets (stopped), or starts them again": "stopped",
    "web.service: starts nothing (stopped)": '${local.puma_web_parts["web.service"]}',
  });
});

test("another restart mode is said to whoever reads the plan, and to no host", () => {
  const [hot, full] = [made({}), made({ restart: Restart.full() })];
  expect([full.parts, full.hosts]).toEqual([hot.parts, hot.hosts]);
  expect(Object.keys(full.review)).toContain("web.service: restarts Puma and its sockets (full)");
});
