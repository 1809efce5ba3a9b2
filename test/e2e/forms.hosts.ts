import { Bind, PumaCommand, type PumaServiceProps, PumaSocket, type PumaSocketProps } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import {
  all,
  eachDayOn,
  eventually,
  everywhere,
  get,
  listeningInode,
  onEach,
  property,
  says,
  traces,
} from "./hosts";
import { setUpHosts } from "./set-up";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";

/** config/puma.rb as Rails 7.0 generates it, but for its comments. */
const RAILS_PUMA_RB = `
max_threads_count = ENV.fetch("RAILS_MAX_THREADS") { 5 }
min_threads_count = ENV.fetch("RAILS_MIN_THREADS") { max_threads_count }
threads min_threads_count, max_threads_count
worker_timeout 3600 if ENV.fetch("RAILS_ENV", "development") == "development"
port ENV.fetch("PORT") { 3000 }
environment ENV.fetch("RAILS_ENV") { "development" }
pidfile ENV.fetch("PIDFILE") { "tmp/pids/server.pid" }
plugin :tmp_restart
`;

/** Of another's, with a name that ends in ours, and wrong in more than one way. */
const FOREIGN = `
[Service]
ExecStart=sleep 1000
Nonsense=yes
`;

const folder = (name: string): string => `/srv/${name}`;
const bundlers: Record<string, string> = {};

type Form = (host: FleetHost, socket: (props: PumaSocketProps) => PumaSocket) => Partial<PumaServiceProps>;

const bundler = (host: FleetHost): PumaCommand =>
  PumaCommand.bundler({ bundlerVersion: bundlers[host.name] });
const RAILS = { configFile: "config/puma.rb" };
const railsEnvironment = (PORT: string): Record<string, string> => ({
  RAILS_ENV: "production",
  RAILS_MAX_THREADS: "3",
  PORT,
});

const FORMS: Record<string, Form> = {
  bundled: (host) => ({ command: bundler(host), binds: [Bind.tcp(9301)] }),
  "bundled-activated": (host, socket) => ({
    command: bundler(host),
    socket: socket({ binds: [Bind.tcp(9302)] }),
  }),
  rails: () => ({ ...RAILS, environment: railsEnvironment("9303") }),
  "rails-activated": (_, socket) => ({
    socket: socket({ binds: [Bind.tcp(9304)] }),
    environment: railsEnvironment("9399"),
  }),
  "unix-own": () => ({
    binds: [
      Bind.tcp(9305),
      Bind.unix("/srv/unix-own/mode.sock", { mode: "0640" }),
      Bind.unix("/srv/unix-own/umask.sock", { umask: "0027" }),
    ],
  }),
  "unix-activated": (_, socket) => ({
    socket: socket({
      binds: [Bind.tcp(9306), Bind.unix("/run/unix-activated.sock")],
      user: "deploy",
      group: "www-data",
      mode: "0620",
    }),
  }),
  advised: ({ release }, socket) => ({
    socket: socket({ binds: [Bind.tcp(9307), Bind.unix("/var/run/advised.sock")] }),
    directives: {
      Service: {
        StandardOutput: "syslog",
        ...(release !== "forky" && { MemoryLimit: "1G", CPUShares: 512 }),
      },
    },
  }),
  ours: () => ({
    binds: [Bind.tcp(9308)],
    directives: { Unit: { After: ["not-ours.service"], Wants: ["not-ours.service"] } },
  }),
};

const NAMES = Object.keys(FORMS);
const PORTS = NAMES.map((_, i) => 9301 + i);
/** The oldest Bundler, which needs a flag, and a systemd that advises against most of what the old ones took. */
const at = setUpHosts(eachDayOn(["bullseye", "trixie"]), {
  prepare: async () => {
    await onEach(at.hosts, prepareHost);
    applied = await at.workspace.apply(stackWith);
  },
});
let applied: string;

async function prepareHost(host: FleetHost): Promise<void> {
  bundlers[host.name] = (await says(host, "bundle --version")).replace(/^.* /, "");
  for (const name of NAMES) {
    await host.exec(`cp -r ${host.app}/. ${folder(name)} && mkdir -p ${folder(name)}/tmp/pids`);
    if (name.startsWith("rails")) await host.write(`${folder(name)}/config/puma.rb`, RAILS_PUMA_RB);
    await host.exec(`chown -R deploy: ${folder(name)}`);
  }
  await host.write("/etc/systemd/system/not-ours.service", FOREIGN);
}

const stackWith: Build = (stack) => {
  for (const [name, form] of Object.entries(FORMS))
    everywhere(stack, at.hosts, name, (host) => ({
      workingDirectory: folder(name),
      ...form(host, (props) => new PumaSocket(stack, `socket-${name}-${host.name}`, props)),
    }));
};

const unitOf = (host: FleetHost, name: string): Promise<string> =>
  host.read(`/etc/systemd/system/${name}.service`);

test("each form answers", async () => {
  const answers = await onEach(at.hosts, (host) =>
    Promise.all(PORTS.map((port) => get(host, `http://127.0.0.1:${port}/`))),
  );
  expect(answers).toEqual(
    Object.fromEntries(at.hosts.map(({ name }) => [name, PORTS.map(() => `hello from ${name} version 1\n`)])),
  );
});

test("bundle exec passes sockets on, by its flag where it needs one", async () => {
  expect(bundlers.bullseye).toMatch(/^2\.[12]\./);
  for (const host of at.hosts) {
    const flag = host.name === "bullseye" ? "--keep-file-descriptors " : "";
    expect(await unitOf(host, "bundled-activated")).toContain(`/usr/bin/bundle exec ${flag}puma -b`);
    expect(await unitOf(host, "bundled")).toContain("/usr/bin/bundle exec puma -b");
    const inode = await listeningInode(host, 9302);
    expect(inode).toMatch(/^\d+$/);
    const held = `ls -l /proc/1/fd /proc/$(systemctl show -p MainPID --value bundled-activated)/fd`;
    expect((await says(host, held)).match(new RegExp(`socket:\\[${inode}\\]`, "g"))).toHaveLength(2);
  }
});

describe.each([
  ["without a socket", "rails", 9303],
  ["with a socket", "rails-activated", 9304],
])("Rails' stock config/puma.rb, %s", (_, name, port) => {
  test("is taken for threads and pidfile, and for a port where there is no socket", async () => {
    for (const host of at.hosts) {
      const main = await property(host, `${name}.service`, "MainPID");
      expect(await host.read(`${folder(name)}/tmp/pids/server.pid`)).toMatch(new RegExp(`^${main}\\s*$`));
      const journal = await says(host, `journalctl --quiet --output=cat --unit=${name}`);
      expect(journal).toMatch(/min threads: 3\b/i);
      expect(journal).toMatch(/max threads: 3\b/i);
      expect(await listeningInode(host, 9399)).toBe("");
      expect(await listeningInode(host, 3000)).toBe("");
    }
  });

  test("restarts in its place when tmp/restart.txt is touched", async () => {
    const before = await onEach(at.hosts, (host) => property(host, `${name}.service`, "MainPID"));
    await onEach(at.hosts, async (host) => {
      await host.exec(`cd ${folder(name)} && echo 2 >VERSION && touch tmp/restart.txt`);
      const answer = `hello from ${host.name} version 2\n`;
      await eventually(answer, async () => (await get(host, `http://127.0.0.1:${port}/`)) === answer);
    });
    expect(await onEach(at.hosts, (host) => property(host, `${name}.service`, "MainPID"))).toEqual(before);
  });
});

test("a unix socket is whose it should be, and only for whom it should be", async () => {
  const files = "/srv/unix-own/mode.sock /srv/unix-own/umask.sock /run/unix-activated.sock";
  expect(await onEach(at.hosts, (host) => says(host, `stat -c '%a %U %G' ${files}`))).toEqual(
    all(at.hosts, "640 deploy deploy\n750 deploy deploy\n620 deploy www-data"),
  );
  for (const file of files.split(" "))
    expect(await onEach(at.hosts, (host) => get(host, "http://web/", `--unix-socket ${file}`))).toEqual(
      Object.fromEntries(at.hosts.map(({ name }) => [name, `hello from ${name} version 1\n`])),
    );
});

test("what systemd only advises is shown, and hinders nobody", () => {
  for (const { name, release } of at.hosts) {
    const output = outputOf(applied, `null_resource.puma_advised_on_${name}`);
    expect(output).toMatch(/^note: systemd finds in advised\.service: .*type syslog is obsolete/m);
    if (["bookworm", "trixie"].includes(release))
      expect(output).toMatch(/^note: .*please use MemoryMax= instead/m);
    expect(output).toMatch(/^done: /m);
  }
});

test("what systemd finds in another unit is no business of ours", async () => {
  const verify = "systemd-analyze verify --man=no /etc/systemd/system/ours.service 2>&1";
  for (const host of at.hosts) {
    expect(await says(host, verify)).toMatch(/not-ours\.service.*(Nonsense|not absolute|sleep)/);
    expect(await property(host, "ours.service", "ActiveState")).toBe("active");
  }
});

test("a destroy leaves none of them, and what it did not put there", async () => {
  const left = (host: FleetHost): Promise<string[]> => traces(host, NAMES, PORTS);
  for (const host of at.hosts) expect((await left(host)).length).toBeGreaterThan(4 * NAMES.length);
  await at.workspace.destroy();
  await onEach(at.hosts, (host) =>
    eventually("nothing is left", async () => (await left(host)).length === 0),
  );
  expect(await onEach(at.hosts, (host) => says(host, "ls /run/*.sock"))).toEqual(all(at.hosts, ""));
  expect(await onEach(at.hosts, (host) => unitOf(host, "not-ours"))).toEqual(all(at.hosts, FOREIGN));
});
