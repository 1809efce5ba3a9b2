import { join } from "node:path";
import { type TerraformStack } from "cdktf";
import {
  Bind,
  Duration,
  HealthCheck,
  Host,
  type HostOptions,
  PumaService,
  PumaSocket,
  SshKey,
} from "../../lib";
import { type FleetHost, type Release, RELEASES } from "../../lab/fleet/fleet";
import { run } from "../../lab/fleet/run";
import { account, concerns, FAILURES, failingServices } from "./failures";
import { all, APP, declared, eachDayOn, everywhere, get, invocation, oneOfEach, onEach, says } from "./hosts";
import { setUpHosts } from "./set-up";
import { errorOf, outputOf } from "../../lab/engine/output";
import { Workspace } from "../../lab/engine/workspace";

const at = setUpHosts(oneOfEach(RELEASES), { prepare: failEverywhere });
/** What the preflight asks, it asks coreutils, systemd and Puma: the oldest. The newest coreutils are in rust.hosts.ts. */
const TRIED = eachDayOn(["bullseye"], ["bullseye", "trixie"]).map(({ name }) => name);
const tried = (): FleetHost[] => at.hosts.filter(({ name }) => TRIED.includes(name));
let before: Record<string, string>;
let output: string;

/** A healthy service, which is watched for as long as the library does by default. */
const web = (stack: TerraformStack): void =>
  everywhere(stack, at.hosts, "web", (host) => ({
    socket: new PumaSocket(stack, `web-socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
    healthCheck: HealthCheck.answers(),
  }));

/** All that a failed run could have changed. */
const condition = async (host: FleetHost): Promise<string> =>
  [
    await invocation(host, "web.service"),
    await invocation(host, "web.socket"),
    await says(
      host,
      "cd / && find etc/systemd var/lib/cdktf-puma -type f -exec sha256sum {} + -o -type l -ls | sort",
    ),
    await says(
      host,
      "systemctl list-units --plain --no-legend --type=service,socket --state=active,failed | cut -d' ' -f1 | grep -v @",
    ),
  ].join("\n");

async function failEverywhere(): Promise<void> {
  await onEach(at.hosts, (host) => host.exec("mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp"));
  await at.workspace.apply(web);
  await onEach(tried(), async (host) => {
    for (const { prepare = "true" } of FAILURES) await host.exec(prepare);
  });
  before = await onEach(at.hosts, condition);
  const failing = await Workspace.open(undefined, "failing");
  output = await failing.applyInVain((stack) => failingServices(stack, tried()));
  await failing.close();
}

test("a /tmp that is mounted noexec is no hindrance", async () => {
  expect(await onEach(at.hosts, (host) => says(host, "findmnt -no OPTIONS /tmp | grep -o noexec"))).toEqual(
    all(at.hosts, "noexec"),
  );
  for (const host of at.hosts) expect(await get(host, "http://127.0.0.1:9292/")).toMatch(/^hello from/);
});

test.each(FAILURES.map((failure) => [failure.name, failure] as const))("%s", (name, failure) => {
  for (const host of tried().filter((one) => concerns(failure, one))) {
    const said = outputOf(output, `null_resource.puma_${name}_on_${host.name}`);
    for (const sentence of failure.says) expect(said).toContain(sentence);
    expect(said.match(/^FAILED on /gm)).toHaveLength(1);
    expect(said).toContain(`FAILED on ${host.name}: `);
    expect(said).not.toContain("\x1b");
  }
});

test("where it failed, a host keeps what it had", async () => {
  expect(await onEach(at.hosts, condition)).toEqual(before);
  for (const host of at.hosts) expect(await get(host, "http://127.0.0.1:9292/")).toMatch(/^hello from/);
});

test("a service that another stack owns is left alone", async () => {
  const other = await Workspace.open(undefined, "other");
  const said = await other.applyInVain(web);
  await other.close();
  for (const { name } of at.hosts) {
    expect(outputOf(said, `null_resource.puma_web_on_${name}`)).toContain(
      `web belongs to the stack 'blog' (host '${name}' there)`,
    );
  }
  expect(await onEach(at.hosts, condition)).toEqual(before);
});

test("a unit that somebody wrote by hand is taken over where one says so, and kept as a copy", async () => {
  const byHand = await onEach(tried(), (host) => host.read("/etc/systemd/system/foreign.service"));
  await at.workspace.apply((stack) => {
    web(stack);
    everywhere(stack, tried(), "foreign", { takeOver: true, binds: [Bind.tcp(9700)] });
    everywhere(stack, tried(), "packaged", { takeOver: true, binds: [Bind.tcp(9701)] });
  });
  expect(await onEach(tried(), (host) => host.read("/var/backups/cdktf-puma/foreign.service"))).toEqual(
    byHand,
  );
  for (const host of tried()) {
    expect(await get(host, "http://127.0.0.1:9700/")).toMatch(/^hello from/);
    expect(await get(host, "http://127.0.0.1:9701/")).toMatch(/^hello from/);
  }
  await at.workspace.destroy();
  expect(await onEach(tried(), (host) => says(host, "ls /etc/systemd/system/foreign* 2>&1"))).toEqual(
    all(tried(), "ls: cannot access '/etc/systemd/system/foreign*': No such file or directory"),
  );
});

/** A host that cannot be reached as it should, and what one reads then: docs/messages.md lists the engine's errors. */
interface Obstacle {
  readonly release: Release;
  /** Its name in the stack, which knows one name for each address. @default - the release */
  readonly known?: string;
  readonly prepare?: string;
  readonly host?: () => Partial<HostOptions>;
  readonly says: RegExp;
}

/** Where there is no connection, the engine tries again until its timeout. */
const unconnected = { timeout: Duration.seconds(8) };

const OBSTACLES: Record<string, Obstacle> = {
  unreachable: {
    release: "trixie",
    known: "nowhere",
    host: () => ({ ...unconnected, address: at.fleet.host("trixie").address.replace(/\d+$/, "250") }),
    says: /timeout - last error: dial tcp \S+:22: connect: no route to host/,
  },
  "wrong-key": {
    release: "bookworm",
    host: () => ({ ...unconnected, key: SshKey.file(join(at.workspace.folder, "another_key")) }),
    says: /ssh: unable to authenticate, attempted methods \[none publickey\], no supported methods remain/,
  },
  "wrong-host-key": {
    release: "bullseye",
    host: () => ({ ...unconnected, hostKey: at.fleet.host("trixie").hostKey }),
    says: /ssh: handshake failed: knownhosts: key mismatch/,
  },
  "no-scp": {
    release: "forky",
    prepare: "mv /usr/bin/scp /usr/bin/scp.away",
    says: /Failed to upload script: SCP failed to start\. This usually means that SCP is not properly installed/,
  },
  "profile-that-prints": {
    release: "bookworm",
    prepare: `${account("noisy")}; echo 'echo "Welcome"' >/home/noisy/.bashrc`,
    host: () => ({ user: "noisy" }),
    says: /Failed to upload script: elcome/,
  },
  "no-systemd": {
    release: "trixie",
    prepare: "mv /run/systemd/system /run/systemd/system.away",
    says: /FAILED on trixie: systemd is not running here/,
  },
};

describe("where a host is not as it should be to be reached", () => {
  let said: string;
  beforeAll(async () => {
    await run("ssh-keygen", [
      "-q",
      "-t",
      "ed25519",
      "-N",
      "",
      "-f",
      join(at.workspace.folder, "another_key"),
    ]);
    for (const { release, prepare = "true" } of Object.values(OBSTACLES))
      await at.fleet.host(release).exec(prepare);
    said = await at.workspace.applyInVain((stack) =>
      Object.entries(OBSTACLES).forEach(([name, { release, known = release, host }], i) => {
        const { options } = declared(at.fleet.host(release), host?.());
        new PumaService(stack, name, {
          ...APP,
          hosts: [new Host(known, options)],
          binds: [Bind.tcp(9800 + i)],
        });
      }),
    );
  });

  test.each(Object.entries(OBSTACLES))("%s", (name, { release, known = release, says: words }) => {
    const address = `null_resource.puma_${name}_on_${known}`;
    expect(`${errorOf(said, address)}\n${outputOf(said, address)}`).toMatch(words);
  });
});
