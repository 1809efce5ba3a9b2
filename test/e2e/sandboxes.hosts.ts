/** Stops in every sandbox that a unit may have: of a Puma that hangs, as puma#3677 has it in some stops, in each of them. */
import { type TerraformStack } from "cdktf";
import { Bind, Duration, HealthCheck, PumaSocket } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { eachDayOn, everywhere, onEach, property, says } from "./hosts";
import { setUpHosts } from "./set-up";

const CONFIG = "/srv/app/current/config/hanging.rb";
/** Its server ends as Puma's does, but for the last thing that it does: there it waits for ever. */
const HANGS = `
require "puma/server"
Puma::Server.prepend(Module.new do
  def graceful_shutdown
    super
    sleep
  end
end)
`;

type Sandbox = Record<string, string | number | boolean | string[]>;

const STRICT: Sandbox = {
  ...{ ProtectSystem: "strict", ProtectHome: true, PrivateTmp: true, PrivateDevices: true },
  ...{ ProtectProc: "invisible", ProcSubset: "pid", ProtectKernelTunables: true, ProtectControlGroups: true },
  ...{ NoNewPrivileges: true, CapabilityBoundingSet: "", RestrictSUIDSGID: true, RestrictNamespaces: true },
  ...{ LockPersonality: true, RestrictRealtime: true, SystemCallArchitectures: "native" },
  ...{ SystemCallFilter: ["@system-service", "~@privileged @resources"], UMask: "0077", RemoveIPC: true },
  ...{ RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6" },
};

/** By the name of the service: what its unit says, and since which Debian systemd knows it. */
const SANDBOXES: Record<string, Sandbox> = {
  open: {},
  subset: { ProcSubset: "pid" },
  invisible: { ProtectProc: "invisible" },
  ptraceable: { ProtectProc: "ptraceable" },
  strict: STRICT,
  users: { PrivateUsers: true },
  network: { PrivateNetwork: true },
  "network-strict": { ...STRICT, PrivateNetwork: true, PrivateUsers: true },
  families: { RestrictAddressFamilies: "AF_UNIX AF_INET" },
  calls: { SystemCallFilter: "@system-service" },
  "no-exec": { NoExecPaths: "/", ExecPaths: "/usr/bin/ruby3.3 /usr/bin/env /usr/lib /usr/lib64 /srv" },
  closed: { InaccessiblePaths: "/var/lib/cdktf-puma -/bin/sleep" },
  covered: { TemporaryFileSystem: "/var/lib" },
  path: {},
};
const NAMES = Object.keys(SANDBOXES);
/** Milliseconds after which systemd would end it. */
const SYSTEMD_KILLS = 90_000;

const at = setUpHosts(eachDayOn(["trixie"], ["trixie", "forky"]), {
  prepare: async ({ hosts, workspace }) => {
    await onEach(hosts, (host) => host.write(CONFIG, HANGS));
    await workspace.apply((stack) => NAMES.forEach((name, i) => confined(stack, hosts, name, 9400 + i)));
  },
});

function confined(stack: TerraformStack, hosts: readonly FleetHost[], name: string, port: number): void {
  everywhere(stack, hosts, name, (host) => ({
    socket: new PumaSocket(stack, `${name}-socket-${host.name}`, { binds: [Bind.tcp(port)] }),
    configFile: CONFIG,
    healthCheck: HealthCheck.answers({ settle: false }),
    startTimeout: Duration.seconds(60),
    directives: { Service: SANDBOXES[name] as Sandbox },
    ...(name === "path" && { environment: { PATH: "/srv/none" } }),
  }));
}

test.each(NAMES)("%s: a stop that hangs is ended", async (name) => {
  const stop = `begin=$(date +%s%N); systemctl stop ${name}.service; echo $((($(date +%s%N) - begin) / 1000000))`;
  for (const host of at.hosts) {
    const took = Number(await says(host, `timeout 60 sh -c '${stop}'`));
    process.stderr.write(`${name} on ${host.name}: ${took} ms\n`);
    const journal = await says(
      host,
      `journalctl -q -o cat -u ${name}.service | grep -c 'hangs in its own shutdown'`,
    );
    expect([host.name, took > 0 && took < SYSTEMD_KILLS / 2, journal]).toEqual([host.name, true, "1"]);
    expect(await property(host, `${name}.service`, "Result")).toBe("success");
  }
});
