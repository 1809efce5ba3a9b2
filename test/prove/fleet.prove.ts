/** The command line over 50 hosts, three of which do not answer: names in ssh_config of two machines, and of none. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { Bind, Connection, Host, PumaService, PumaSocket, SshKey } from "../../lib";
import { main } from "../../lib/cli/main";
import { declared, PUMA } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";

const props = (stack: TerraformStack): object => ({
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  ...{
    user: "deploy",
    workingDirectory: "/srv/app/current",
    pumaVersion: PUMA.trixie,
    release: "2026-11-26",
  },
});

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-fleet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = setUpHosts(
  ["one", "two"].map((name) => ({ name, release: "trixie" })),
  {
    prepare: async ({ workspace, hosts }) => {
      // Each is half of the fleet at once.
      for (const host of hosts) {
        await host.write("/etc/ssh/sshd_config.d/00-many.conf", "MaxStartups 100\n");
        await host.exec("systemctl restart ssh.service || systemctl restart ssh.socket");
      }
      await workspace.apply((stack) => {
        const own = hosts.map((host) => declared(host));
        new PumaService(stack, "web", { hosts: own, ...props(stack) } as never);
      });
    },
  },
);

const NAMES = Array.from({ length: 50 }, (_, i) => `web${i + 1}`);
/** Nobody has the first: it is refused, or not answered, as the machine's network has it. The others are in no use. */
const DEAD = new Map([
  ["web7", "192.0.2.1"],
  ["web23", "198.51.100.9"],
  ["web41", "203.0.113.77"],
]);

/** Synthesizes the fleet, each host of it a name in ssh_config. */
function synthesize(): string {
  const addresses = at.hosts.map(({ address }) => address);
  const config = NAMES.map(
    (name, i) => `Host ${name}\n  HostName ${DEAD.get(name) ?? addresses[i % addresses.length]}\n`,
  );
  const configFile = join(folder, "ssh_config");
  const all = "Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n";
  writeFileSync(configFile, `${config.join("")}${all}`);
  const connection = Connection.openssh({ configFile });
  const [{ user, keyFile }] = at.hosts as [(typeof at.hosts)[number]];
  const app = new App({ outdir: join(folder, "cdktf.out") });
  const stack = new TerraformStack(app, "blog");
  const hosts = NAMES.map(
    (name) => new Host(name, { address: name, user, key: SshKey.file(keyFile), connection }),
  );
  new PumaService(stack, "web", { hosts, ...props(stack) } as never);
  app.synth();
  return join(folder, "cdktf.out");
}

test("status of 50 hosts, three of them dead, takes less than 10 seconds, and a line each", async () => {
  const output = synthesize();
  let out = "";
  const began = Date.now();
  const code = await main(["status", "--output", output], {
    out: (text) => (out += text),
    err: () => undefined,
  });
  const seconds = (Date.now() - began) / 1000;
  const lines = out.trimEnd().split("\n").slice(1);
  if (process.env.EVIDENCE)
    appendFileSync(process.env.EVIDENCE, `| ${NAMES.length} | ${DEAD.size} | ${seconds.toFixed(1)} s |\n`);
  const dead = lines.filter((line) => !/ active +2026-11-26 /.test(line));
  expect(dead.map((line) => line.split(" ")[0])).toEqual([...DEAD.keys()]);
  expect([code, lines.length]).toEqual([1, NAMES.length]);
  expect(seconds).toBeLessThan(10);
});
