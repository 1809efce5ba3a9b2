/** What the application leaves behind, or goes on with, as a run ends: it keeps no deploy from its end, and nothing of it stays. */
import { Bind, type PumaServiceProps, PumaSocket, Restart } from "../../../lib";
import { outputOf } from "../../../lab/engine/output";
import { type Build } from "../../../lab/engine/workspace";
import { type FleetHost } from "../../../lab/fleet/fleet";
import { all, eachDayOn, eventually, everywhere, get, onEach, says } from "../hosts";
import { setUpHosts } from "../set-up";
import { attack, endAttacks } from "./attackers";

const at = setUpHosts(eachDayOn(["bookworm"], ["bookworm", "trixie"]));

const web =
  (release: string, props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", (host) => ({
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      restart: Restart.overlap(),
      release,
      ...props,
    }));

test("whoever writes into a candidate's folder makes no rehearsal fail, and no folder stays", async () => {
  await at.workspace.apply(web("1"));
  await onEach(at.hosts, (host) => attack(host, "fill", "/run/cdktf-puma-web-*"));
  const outputs = [await at.workspace.apply(web("2")), await at.workspace.apply(web("3"))];
  const wrote = await onEach(at.hosts, (host) => says(host, "cat /home/deploy/wrote-*"));
  await onEach(at.hosts, endAttacks);
  for (const { name } of at.hosts) {
    expect(wrote[name]).toMatch(/^[0-9]+\n[0-9]+\n[0-9]+$/);
    for (const output of outputs)
      expect(outputOf(output, `null_resource.puma_web_on_${name}`)).toContain("done: web.socket web.service");
  }
  expect(
    await onEach(at.hosts, (host) => says(host, "find /run -user deploy -not -path '/run/user/*'")),
  ).toEqual(all(at.hosts, ""));
});

/** Leaves a child that heeds no SIGTERM and answers for its version. */
const STUBBORN = `
version = File.read(File.join(__dir__, "VERSION")).strip
Thread.new do
  sleep 1
  listener = ObjectSpace.each_object(TCPServer).first
  fork do
    trap("TERM", "IGNORE")
    while (io = listener.accept)
      io.gets
      io.write("HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\nold #{version}\\n")
      io.close
    end
  end
end
`;

test("a child of the old version that heeds no signal does not go on answering", async () => {
  await onEach(at.hosts, async (host) => {
    await host.exec("cp /srv/app/current/config.ru /root/config.ru");
    await host.write("/srv/app/current/stubborn.rb", STUBBORN);
    await host.exec(
      `cd /srv/app/current && { echo 'require_relative "stubborn"'; cat /root/config.ru; } >config.ru`,
    );
  });
  const directives = { Service: { TimeoutStopSec: 5 } };
  await at.workspace.apply(web("4", { restart: Restart.hot(), directives }));
  await onEach(at.hosts, async (host) => {
    await eventually("the child answers", async () => (await answers(host)).includes("old 1"));
    await host.exec("cp /root/config.ru /srv/app/current/config.ru && echo 2 >/srv/app/current/VERSION");
  });
  const process = { Service: { ...directives.Service, KillMode: "process" } };
  await expect(at.workspace.apply(web("5", { directives: process }))).rejects.toThrow(
    "'directives.Service.KillMode': carries a promise of this library; use another KillMode=",
  );
  await at.workspace.apply(web("5", { restart: Restart.hot(), directives }));
  for (const host of at.hosts)
    expect(new Set(await answers(host))).toEqual(new Set([`hello from ${host.name} version 2`]));
});

async function answers(host: FleetHost): Promise<string[]> {
  const answers: string[] = [];
  for (let i = 0; i < 40; i++) answers.push((await get(host, "http://127.0.0.1:9292/")).trim());
  return answers;
}
