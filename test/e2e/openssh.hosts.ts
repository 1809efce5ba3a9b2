import { existsSync, readFileSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { Bind, Connection, Duration, Host, HostKey, type HostOptions, PumaService, SshKey } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, APP, declared, get, onEach, says, traces } from "./hosts";
import { watchCommands } from "./leaks";
import { setUpHosts } from "./set-up";
import { changesOf, errorOf, outputOf } from "../../lab/engine/output";
import { type Build, Workspace } from "../../lab/engine/workspace";

const NAMES = ["keyed", "bare", "behind", "aliased"];
const PORT = 9292;

const at = setUpHosts(
  [...NAMES, "jump"].map((name) => ({ name, release: "trixie" })),
  { prepare: closeOtherWays },
);
const targets = (): FleetHost[] => NAMES.map((name) => at.fleet.host(name));
const jump = (): FleetHost => at.fleet.host("jump");
const config = (): string => join(at.workspace.folder, "ssh_config");
const ed25519: Record<string, string> = {};
const authorities: Record<string, string> = {};

/** What makes the engine's own ssh fail. */
async function closeOtherWays(): Promise<void> {
  for (const host of at.hosts) {
    const key = await host.read("/etc/ssh/ssh_host_ed25519_key.pub");
    ed25519[host.name] = key.split(" ").slice(0, 2).join(" ");
  }
  await at.fleet
    .host("bare")
    .exec(
      `rm /usr/bin/scp /usr/lib/openssh/sftp-server && sed -i '1i echo Welcome; echo "to bare" >&2' /home/ops/.bashrc`,
    );
  for (const name of ["behind", "aliased"]) {
    await at.fleet
      .host(name)
      .exec(
        `echo 'AllowUsers ops@${jump().address}' >/etc/ssh/sshd_config.d/way.conf && systemctl restart ssh`,
      );
  }
  for (const name of ["keyed", "behind"]) authorities[name] = await signHostKey(at.fleet.host(name));
  const puma = 'abort "a bad version" if ENV["BAD"]\n';
  await onEach(targets(), (host) => host.write("/srv/app/current/config/puma.rb", puma));
  at.workspace.engine.env.TF_VAR_key = await readFile(jump().keyFile, "utf8");
  await writeFile(config(), sshConfig());
  await writeFile(`${config()}.known`, `* ${ed25519.jump}\n* ${ed25519.aliased}\n`);
}

/** Gives a host a certificate of its ed25519 key; the authority that has signed it. */
async function signHostKey(host: FleetHost): Promise<string> {
  const { stdout } = await host.exec(`cd /root && ssh-keygen -q -t ed25519 -N '' -C '' -f authority
    ssh-keygen -q -s authority -I ${host.name} -h -n ${host.address} /etc/ssh/ssh_host_ed25519_key.pub
    echo 'HostCertificate /etc/ssh/ssh_host_ed25519_key-cert.pub' >/etc/ssh/sshd_config.d/certificate.conf
    systemctl restart ssh && cat authority.pub`);
  return stdout.trim();
}

const sshConfig = (): string => `
Host the-jump
  HostName ${jump().address}
Host the-alias
  HostName ${at.fleet.host("aliased").address}
  ProxyCommand ssh -F ${config()} -W %h:%p the-jump
Host *
  User ops
  IdentityFile ${jump().keyFile}
  UserKnownHostsFile ${config()}.known
`;

const connection = Connection.openssh();

/** How each host is reached. */
const WAYS: Record<string, (stack: TerraformStack) => Partial<HostOptions>> = {
  keyed: (stack) => {
    const variable = new TerraformVariable(stack, "key", { type: "string", sensitive: true });
    const teardown = SshKey.file(jump().keyFile);
    const hostKey = HostKey.authority(authorities.keyed as string);
    return { connection, hostKey, key: SshKey.sensitive(variable.stringValue, { teardown }) };
  },
  bare: () => ({ connection, hostKey: ed25519.bare }),
  // Its ECDSA key is pinned, beside which it has a certificate of another.
  behind: () => ({
    connection,
    bastion: { address: jump().address, hostKey: ed25519.jump },
  }),
};

/** All hosts; `changes` are for the one that is bare. */
const hostsOf = (stack: TerraformStack, changes: Partial<HostOptions> = {}): Host[] => [
  ...Object.entries(WAYS).map(([name, options]) =>
    declared(at.fleet.host(name), {
      timeout: Duration.minutes(1),
      ...options(stack),
      ...(name === "bare" && changes),
    }),
  ),
  new Host("aliased", {
    address: "the-alias",
    connection: Connection.openssh({ configFile: config() }),
  }),
];

const stackWith =
  (edited: string, changes: Partial<HostOptions> = {}, environment: Record<string, string> = {}): Build =>
  (stack) => {
    new PumaService(stack, "web", {
      ...APP,
      hosts: hostsOf(stack, changes),
      environment: { EDITED: edited, ...environment },
      binds: [Bind.tcp(PORT)],
    });
  };

const value = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/env?EDITED`);
const address = (name: string): string => `null_resource.puma_web_on_${name}`;

/** The folders of those who reach these hosts, among the command lines of all. */
const foldersIn = (commands: string): string[] =>
  commands
    .split("\n")
    .filter((line) => at.hosts.some((host) => line.includes(host.address)))
    .flatMap((line) => line.match(/\/tmp\/cdktf-puma\.\w{6}/g) ?? []);
let folders: readonly string[] = [];

test("all arrive: without scp, by an ed25519 key, past a chatty profile, behind a bastion and a ProxyCommand", async () => {
  const secret = readFileSync(jump().keyFile, "utf8").split("\n")[1] as string;
  const watch = watchCommands(["web on keyed", secret, "EDITED=once\\n", "/tmp/cdktf-puma."]);
  const output = await at.workspace.apply(stackWith("once"));
  const commands = (await watch.stop()).join("\n");
  expect(await onEach(targets(), value)).toEqual(all(targets(), "once"));
  for (const name of NAMES) expect(outputOf(output, address(name))).toMatch(/\ndone: web\.service$/);
  const state = await readFile(join(at.workspace.folder, "terraform.tfstate"), "utf8");
  expect(commands).toContain("web on keyed");
  folders = foldersIn(commands);
  for (const text of [output, state, commands]) expect(text).not.toContain(secret);
  for (const text of [output, commands]) expect(text).not.toContain("EDITED=once\\n");
});

test("nothing is uploaded, and nothing is left here", async () => {
  expect(
    await onEach(targets(), (host) =>
      says(host, "ls -A /home/ops/.ssh; ls -A /tmp | grep -v -e systemd -e unix"),
    ),
  ).toEqual(all(targets(), "authorized_keys"));
  expect(folders.length).toBeGreaterThan(0);
  expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
});

test("a second apply finds nothing to do, nor does one by the engine's own ssh", async () => {
  expect(await at.workspace.apply(stackWith("once"))).toContain("No changes.");
  const engine = stackWith("once", { connection: Connection.engine() });
  expect(changesOf(await at.workspace.plan(engine))).toEqual([]);
});

test("an edit arrives; a version that does not boot leaves the old one, and the error says why", async () => {
  await at.workspace.apply(stackWith("twice"));
  expect(await onEach(targets(), value)).toEqual(all(targets(), "twice"));
  const bad = stackWith("bad", {}, { BAD: "1" });
  const text = await at.workspace.applyInVain(bad, [`-target=${address("bare")}`]);
  expect(await onEach(targets(), value)).toEqual(all(targets(), "twice"));
  expect(errorOf(text, address("bare"))).toMatch(
    /Error running command 'web on bare': exit status 1\. Output: .*FAILED on bare: /,
  );
  expect(text).not.toContain("CDKTF_PUMA_");
});

test("an error names the host and the cause, and nothing else", async () => {
  const wrong = stackWith("key", { hostKey: ed25519.jump });
  const text = await at.workspace.applyInVain(wrong, [`-target=${address("bare")}`]);
  const bare = at.fleet.host("bare").address;
  const error = errorOf(text, address("bare")).replace(/^.*provisioner\[0\]\.local-exec: /, "");
  expect(error.replace(/^.*?Error running/, "Error running").trimEnd()).toBe(
    `Error running command 'web on bare': exit status 1. Output: FAILED on bare: no connection to ops@${bare} by ssh, so nothing ` +
      `ran there: Host key for ${bare} has changed and you have requested strict checking.; Host key verification failed.`,
  );
});

test("a destroy takes each of the ways, and leaves nothing", async () => {
  await at.workspace.destroy();
  expect(await onEach(targets(), (host) => traces(host, ["web"], [PORT]))).toEqual(all(targets(), []));
});

test("without any connection, where the engine runs on the host itself", async () => {
  const own = await Workspace.open(at.workspace.engine.kind);
  const root = join(dirname(jump().keyFile), "jump", "root");
  const local: Build = (stack) => {
    const hosts = [new Host("jump", { connection: Connection.local() })];
    new PumaService(stack, "web", { ...APP, hosts, binds: [Bind.tcp(PORT)] });
  };
  try {
    await own.synth(local);
    await cp(own.folder, join(root, "home/ops/stack"), { recursive: true, dereference: true });
    await cp(own.engine.binary, join(root, "usr/local/bin/engine"), { dereference: true });
    await jump().exec("chown -R ops: /home/ops/stack");
    const engine = (words: string): Promise<unknown> =>
      jump().exec(`cd /home/ops/stack && HOME=/home/ops engine ${words} -auto-approve -no-color`, {
        user: "ops",
      });
    await engine("apply");
    expect(await get(jump(), `http://127.0.0.1:${PORT}/`)).toBe("hello from jump version 1\n");
    await engine("destroy");
    expect((await traces(jump(), ["web"], [PORT])).filter((line) => !/stack|e2e/.test(line))).toEqual([]);
  } finally {
    await own.close();
    await rm(join(root, "usr/local/bin/engine"), { force: true });
  }
});
