import { importTexts } from "./imported";

test("of several sockets, the one of the service's own name is declared", () => {
  const { program } = importTexts({
    "admin.socket": "[Socket]\nListenStream=9999\nService=web.service\n",
    "web.service": "[Service]\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n",
    "web.socket": "[Socket]\nListenStream=0.0.0.0:9292\n",
  });
  expect(program).toContain("binds: [Bind.tcp(9292)]");
  expect(program).toContain("admin.socket:2: ListenStream=9999: a PumaService takes one PumaSocket");
});
