import { type TerraformStack } from "cdktf";
import { Bind, HealthCheck, PumaSocket, type PumaServiceProps, Restart } from "../../lib";
import { outputOf } from "../../lab/engine/output";
import { all, eachDayOn, everywhere, onEach, property, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** Tells of a unit that failed, and of whom. */
const PAGER = "[Service]\nType=oneshot\nExecStart=/bin/touch /run/paged-for-%i\n";

/** Fails on demand, and has what an exporter of metrics has: a port of its own, in each copy or in the service alone. */
const CONFIG = `raise "a bad version" if ENV.key?("BAD")
require "socket"
exports = ENV["EXPORTER"] == "each" || (ENV["EXPORTER"] == "one" && !ENV["CDKTF_PUMA_ROLE"])
$exporter ||= TCPServer.new("127.0.0.1", 9394) if exports
`;

/** A Puma that can have a stand-in. */
const at = setUpHosts(eachDayOn(["forky"]), {
  prepare: async () => {
    await onEach(at.hosts, async (host) => {
      await host.write("/srv/app/current/config/puma.rb", CONFIG);
      await host.write("/etc/systemd/system/pager@.service", PAGER);
      const drop = "[Unit]\nOnFailure=\\\n  pager@%p.service\n[Service]\nEnvironment=DROPPED=in\n";
      await host.write("/etc/systemd/system/service.d/50-general.conf", drop);
      await host.write("/etc/systemd/system/web.service.d/60-mine.conf", drop.replace("DROPPED", "MINE"));
      await host.exec("systemctl daemon-reload");
    });
    await at.workspace.apply(stackWith({ EDITED: "1" }));
  },
});

/** Candidates where the release's Puma can have them: a stand-in from Puma 5 on. */
const stackWith =
  (environment: Record<string, string>, props: Partial<PumaServiceProps> = {}) =>
  (stack: TerraformStack): void =>
    everywhere(stack, at.hosts, "web", ({ name, release }) => ({
      socket: new PumaSocket(stack, `socket-${name}`, { binds: [Bind.tcp(9292)] }),
      environment,
      restart: release === "bullseye" ? Restart.hot({ rehearse: true }) : Restart.overlap(),
      directives: {
        Unit: { OnFailure: "pager@by-%p.service" },
        Service: { ExecStartPre: `/bin/sh -c 'echo "role:$CDKTF_PUMA_ROLE $DROPPED $MINE"'` },
      },
      ...props,
    }));

/** The roles of the Pumas that have been started, as they were told; each line once. */
const roles = `journalctl --output=cat --identifier=sh -u web -u web-rehearsal -u web-standin | grep ^role: | sort -u`;

test("candidates are told their role and have the drop-ins of others, and the service is told none", async () => {
  await at.workspace.apply(stackWith({ EDITED: "2" }));
  for (const host of at.hosts) {
    const standIn = host.release === "bullseye" ? [] : ["role:standin in in"];
    expect((await says(host, roles)).split("\n")).toEqual([
      "role: in in",
      "role:rehearsal in in",
      ...standIn,
    ]);
  }
});

/** Asks for these pages first. */
const warmed = (environment: Record<string, string>, ...warmUp: string[]) =>
  stackWith(environment, {
    healthCheck: HealthCheck.http("/", { warmUp, settle: false }),
  });

test("each copy is warmed up before it is content, and one that cannot be meets no user", async () => {
  const good = await at.workspace.apply(warmed({ EDITED: "warm" }, "/pid", "/status?404"));
  for (const { name, release } of at.hosts) {
    const lines = outputOf(good, `null_resource.puma_web_on_${name}`).match(/^warm-up: .*$/gm) ?? [];
    const one = ["warm-up: /pid answers HTTP 200", "warm-up: /status?404 answers HTTP 404"];
    expect(lines).toEqual(release === "bullseye" ? [...one, ...one] : [...one, ...one, ...one]);
  }
  const bad = await at.workspace.applyInVain(warmed({ EDITED: "bad" }, "/status?503"));
  for (const { name } of at.hosts) {
    expect(outputOf(bad, `null_resource.puma_web_on_${name}`)).toMatch(
      /FAILED on \w+: the warm-up failed at \/status\?503 \('healthCheck'\): HTTP 503, in a rehearsal that no request of a user met/,
    );
  }
  expect(await onEach(at.hosts, (host) => says(host, "curl -s localhost:9292/env?EDITED"))).toEqual(
    all(at.hosts, "warm"),
  );
});

test("nobody is paged for a version that fails in its rehearsal, and nothing of it is left", async () => {
  await expect(at.workspace.apply(stackWith({ BAD: "1" }))).rejects.toThrow("in a rehearsal");
  const look =
    "ls /run/paged-for-* 2>/dev/null | grep -v cdktf-puma; ls -d /run/systemd/system/web-* 2>/dev/null";
  expect(await onEach(at.hosts, (host) => says(host, look))).toEqual(all(at.hosts, ""));
});

const exporter = "grep -q ':24B2 .* 0A ' /proc/net/tcp && echo listens";

test("what has a port of its own is the service's alone where it looks at CDKTF_PUMA_ROLE, and else told of", async () => {
  for (const EDITED of ["3", "4"]) {
    await at.workspace.apply(stackWith({ EXPORTER: "one", EDITED }));
    expect(await onEach(at.hosts, (host) => says(host, exporter))).toEqual(all(at.hosts, "listens"));
  }
  const said = await at.workspace.applyInVain(stackWith({ EXPORTER: "each" }));
  for (const { name } of at.hosts)
    expect(outputOf(said, `null_resource.puma_web_on_${name}`)).toMatch(
      /^FAILED on .*in a rehearsal.*Address already in use.*, where each copy of Puma opens that port: open it only where CDKTF_PUMA_ROLE is not set/m,
    );
});

test("the service itself has its ties", async () => {
  const ties = await onEach(at.hosts, (host) => property(host, "web.service", "OnFailure"));
  const expected = expect.stringMatching(/^(?=.*pager@by-web.service)(?=.*pager@web.service)/);
  expect(ties).toEqual(all(at.hosts, expected));
});
