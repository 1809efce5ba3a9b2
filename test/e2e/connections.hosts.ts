import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { Bind, Duration, HostKey, type HostOptions, PumaService, SshKey } from "../../lib";
import { type FleetHost, type Release } from "../../lab/fleet/fleet";
import { run } from "../../lab/fleet/run";
import { all, APP, declared, eventually, get, onEach, says, traces } from "./hosts";
import { setUpHosts } from "./set-up";
import { changesOf, errorOf } from "../../lab/engine/output";
import { Workspace } from "../../lab/engine/workspace";

/** A way to a host, by which alone it can be reached. */
interface Way {
  readonly release: Release;
  /** The script, as root, that closes all other ways; `key` is the public key of a pair by the way's name. */
  readonly prepare: (key: string) => string;
  readonly options: (stack: TerraformStack) => Partial<HostOptions>;
}

const keyFile = (name: string): string => join(at.workspace.folder, name);
const bastion = (): FleetHost => at.fleet.host("bastion");

const authority = (): HostKey =>
  HostKey.authority(readFileSync(`${keyFile("authority")}.pub`, "utf8").trim());

const configure = (line: string): string =>
  `echo '${line}' >/etc/ssh/sshd_config.d/way.conf && systemctl restart ssh`;
const onlyKeyOf = (home: string, key: string): string =>
  `install -d -m 700 ${home}/.ssh && echo '${key}' >${home}/.ssh/authorized_keys`;

const WAYS: Record<string, Way> = {
  "through-bastion": {
    release: "bookworm",
    prepare: () => configure(`AllowUsers ops@${bastion().address}`),
    options: () => {
      const key = SshKey.file(keyFile("bastion"));
      // Engines check a bastion by the host's own key (hashicorp/terraform#38318), so neither of the two can be pinned.
      return { hostKey: undefined, bastion: { address: bastion().address, user: "jump", key } };
    },
  },
  "signed-by-authority": {
    release: "trixie",
    prepare: (key) => onlyKeyOf("/home/ops", key),
    options: () => ({ key: SshKey.file(keyFile("signed-by-authority")), hostKey: authority() }),
  },
  "signed-behind-signed-bastion": {
    release: "bookworm",
    prepare: () =>
      `echo "AllowUsers ops@${bastion().address}" >>/etc/ssh/sshd_config.d/way.conf && systemctl restart ssh`,
    options: () => {
      const key = SshKey.file(keyFile("bastion"));
      const hostKey = authority();
      return { hostKey, bastion: { address: bastion().address, user: "jump", key, hostKey } };
    },
  },
  "by-agent": {
    release: "forky",
    prepare: (key) => onlyKeyOf("/home/ops", key),
    options: () => ({ key: SshKey.agent() }),
  },
  "by-certificate": {
    release: "trixie",
    prepare: () => "rm /home/ops/.ssh/authorized_keys",
    options: () => ({
      key: SshKey.file(keyFile("by-certificate")),
      certificate: `\${file("${keyFile("by-certificate")}-cert.pub")}`,
    }),
  },
  "at-another-port": {
    release: "bullseye",
    prepare: () => configure("Port 2222"),
    options: () => ({ port: 2222 }),
  },
  "as-root": {
    release: "bullseye",
    prepare: (key) => `${onlyKeyOf("/root", key)} && rm /usr/bin/sudo /home/ops/.ssh/authorized_keys`,
    options: () => ({ user: "root", sudo: false, key: SshKey.file(keyFile("as-root")) }),
  },
  "by-variable": {
    release: "trixie",
    prepare: (key) => onlyKeyOf("/home/ops", key),
    options: (stack) => {
      const variable = new TerraformVariable(stack, "key", { type: "string", sensitive: true });
      return { key: SshKey.sensitive(variable.stringValue, { teardown: SshKey.agent() }) };
    },
  },
};

const NAMES = Object.keys(WAYS);
const SIGNED = ["signed-by-authority", "signed-behind-signed-bastion", "bastion"];
const OWN_KEYS = ["bastion", "signed-by-authority", "by-agent", "by-certificate", "as-root", "by-variable"];
const secrets: string[] = [];
let agent: string;

const specs = Object.entries(WAYS).map(([name, { release }]) => ({ name, release }));
const at = setUpHosts([...specs, { name: "bastion", release: "trixie" }], { prepare: closeOtherWays });
const targets = (): FleetHost[] => NAMES.map((name) => at.fleet.host(name));

afterAll(() => agent && process.kill(Number(agent)));

async function closeOtherWays(): Promise<void> {
  for (const name of [...NAMES, "bastion", "authority"])
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", keyFile(name)]);
  for (const name of OWN_KEYS) secrets.push((await readFile(keyFile(name), "utf8")).split("\n")[1] as string);
  await openBastion();
  await trustAuthority(at.fleet.host("by-certificate"));
  for (const name of SIGNED) await signHostKey(at.fleet.host(name));
  for (const [name, { prepare }] of Object.entries(WAYS)) {
    const key = await readFile(`${keyFile(name)}.pub`, "utf8");
    await at.fleet.host(name).exec(prepare(key.trim()));
  }
  at.workspace.engine.env.TF_VAR_key = await readFile(keyFile("by-variable"), "utf8");
  await startAgent(["by-agent", "by-variable"]);
}

async function openBastion(): Promise<void> {
  const key = await readFile(`${keyFile("bastion")}.pub`, "utf8");
  await bastion().exec(`useradd --create-home jump && ${onlyKeyOf("/home/jump", key.trim())}
    chown -R jump: /home/jump && rm /home/ops/.ssh/authorized_keys`);
}

async function trustAuthority(host: FleetHost): Promise<void> {
  await host.write("/etc/ssh/authority.pub", await readFile(`${keyFile("authority")}.pub`, "utf8"));
  await host.exec(configure("TrustedUserCAKeys /etc/ssh/authority.pub"));
  const key = `${keyFile("by-certificate")}.pub`;
  await run("ssh-keygen", ["-q", "-s", keyFile("authority"), "-I", "tester", "-n", "ops", key]);
}

/** The key that engines do not ask for first, unless it is signed. */
async function signHostKey(host: FleetHost, principal = host.address): Promise<void> {
  const key = keyFile(`host-${host.name}`);
  const certificate = "/etc/ssh/ssh_host_ed25519_key-cert.pub";
  await writeFile(`${key}.pub`, await host.read("/etc/ssh/ssh_host_ed25519_key.pub"));
  await run("ssh-keygen", [
    "-q",
    "-s",
    keyFile("authority"),
    "-I",
    host.name,
    "-h",
    "-n",
    principal,
    `${key}.pub`,
  ]);
  await host.write(certificate, await readFile(`${key}-cert.pub`, "utf8"));
  await host.exec(configure(`HostCertificate ${certificate}`));
}

/** An agent of this test's own, which alone has the keys from then on. */
async function startAgent(names: readonly string[]): Promise<void> {
  const socket = keyFile("agent.sock");
  const { stdout } = await run("ssh-agent", ["-s", "-a", socket]);
  [, agent = ""] = /SSH_AGENT_PID=(\d+)/.exec(stdout) ?? [];
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  await run("ssh-add", ["-q", ...names.map(keyFile)], { env });
  await Promise.all(names.map((name) => rm(keyFile(name))));
  at.workspace.engine.env.SSH_AUTH_SOCK = socket;
}

const stackWith = (stack: TerraformStack): void => {
  const hosts = targets().map((host) => {
    const timeout = Duration.seconds(60);
    return declared(host, { timeout, ...WAYS[host.name]?.options(stack) });
  });
  new PumaService(stack, "web", { hosts, ...APP, binds: [Bind.tcp(9292)] });
};

const PORTS = [9292];
const accepted = (host: FleetHost): Promise<string> =>
  says(host, "journalctl --quiet --output=cat -t sshd -t sshd-session | grep '^Accepted'");

test("an apply takes each of the ways", async () => {
  const plan = await at.workspace.plan(stackWith);
  expect(changesOf(plan).length).toBeGreaterThan(2 * NAMES.length);
  // The engine keeps the variables that a plan was made with in it, and says so.
  const kept = JSON.stringify({ ...plan, variables: undefined });
  const output = await at.workspace.apply(stackWith);
  expect(await onEach(targets(), (host) => get(host, "http://127.0.0.1:9292/"))).toEqual(
    Object.fromEntries(NAMES.map((name) => [name, `hello from ${name} version 1\n`])),
  );
  const state = await readFile(join(at.workspace.folder, "terraform.tfstate"), "utf8");
  expect(secrets).toHaveLength(OWN_KEYS.length);
  for (const text of [kept, output, state]) for (const secret of secrets) expect(text).not.toContain(secret);
});

test("it comes through the bastion, and by the certificate", async () => {
  const { address } = bastion();
  const through = (await accepted(at.fleet.host("through-bastion"))).split("\n");
  expect(through).toEqual(through.map(() => expect.stringContaining(`for ops from ${address} port`)));
  expect(await accepted(bastion())).toContain("for jump from");
  expect(await accepted(at.fleet.host("by-certificate"))).toContain("ED25519-CERT");
});

test("a host that the authority has not signed, or for another address, is refused", async () => {
  const host = at.fleet.host("signed-by-authority");
  const other = await Workspace.open(at.workspace.engine.kind, "other");
  const key = SshKey.file(keyFile("signed-by-authority"));
  const errorIn = (text: string): string => errorOf(text, `null_resource.puma_other_on_${host.name}`);
  const attempt = (authority: string) => (stack: TerraformStack) => {
    const hostKey = HostKey.authority(readFileSync(`${keyFile(authority)}.pub`, "utf8").trim());
    const target = declared(host, { key, hostKey, timeout: Duration.seconds(10) });
    new PumaService(stack, "other", { hosts: [target], ...APP, binds: [Bind.tcp(9393)] });
  };
  try {
    expect(errorIn(await other.applyInVain(attempt("bastion")))).toContain("no authorities for hostname");
    await signHostKey(host, "192.0.2.1");
    expect(errorIn(await other.applyInVain(attempt("authority")))).toContain(
      `principal "${host.address}" not in the set of valid principals`,
    );
    await signHostKey(host);
  } finally {
    await other.close();
  }
});

test("a destroy takes each of them too, and leaves nothing", async () => {
  expect(await onEach(targets(), (host) => traces(host, ["web"], PORTS))).not.toEqual(all(targets(), []));
  await at.workspace.destroy();
  await onEach(targets(), (host) =>
    eventually(
      `nothing is left on ${host.name}`,
      async () => (await traces(host, ["web"], PORTS)).length === 0,
    ),
  );
});
