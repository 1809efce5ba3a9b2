import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../lab/fleet/run";
import { Fleet, type FleetHost, type Release, RELEASES } from "../../lab/fleet/fleet";
import { eachDay } from "../e2e/hosts";

const VERSIONS: Record<Release, { puma: string; systemd: string }> = {
  bullseye: { puma: "4.3", systemd: "247" },
  bookworm: { puma: "5.6", systemd: "252" },
  trixie: { puma: "6.6", systemd: "257" },
  forky: { puma: "8.0", systemd: "262" },
};

const SSH = ["-o", "BatchMode=yes", "-o", "HostKeyAlgorithms=ecdsa-sha2-nistp256", "-o", "LogLevel=ERROR"];

/** Each day the oldest and the newest. */
const HOSTS = eachDay(["bullseye", "forky"] as const, RELEASES);

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.start(HOSTS.map((release) => ({ name: `${release}-1`, release })));
}, 900_000);

afterAll(async () => {
  await fleet?.stop();
});

async function ssh(host: FleetHost, command: string): Promise<string> {
  const known = `${host.keyFile}.${host.name}`;
  const pin = `printf '%s %s\\n' "$1" "$2" >"$3"`;
  await run("sh", ["-c", pin, "sh", host.address, host.hostKey, known]);
  const args = [
    "-i",
    host.keyFile,
    "-o",
    `UserKnownHostsFile=${known}`,
    ...SSH,
    `${host.user}@${host.address}`,
    command,
  ];
  return (await run("ssh", args)).stdout;
}

/** Runs Puma for as long as `work` takes, as a transient service like a real one. */
async function withPuma<T>(host: FleetHost, binds: string[], work: () => Promise<T>): Promise<T> {
  const flags = binds.map((bind) => `-b '${bind}'`).join(" ");
  const setup = `-p User=deploy -p WorkingDirectory=${host.app} -p 'Environment=GREETING="a\\nb"'`;
  await host.exec(`systemd-run --quiet --unit=probe ${setup} ${host.app}/sbin/puma ${flags}`);
  try {
    return await work();
  } finally {
    await host.exec("systemctl kill -s KILL probe; systemctl reset-failed probe", { allowFailure: true });
  }
}

const fetchFrom = (host: FleetHost, url: string): Promise<string> =>
  host
    .exec(`curl -ksS --retry 50 --retry-delay 1 --retry-connrefused ${url}`)
    .then((result) => result.stdout);

describe.each(HOSTS)("a host on %s", (release) => {
  let host: FleetHost;
  beforeAll(() => {
    host = fleet.host(`${release}-1`);
  });

  test("is what it says it is", async () => {
    expect(await host.exec("cat /proc/1/comm; hostname")).toMatchObject({
      stdout: `systemd\n${release}-1\n`,
      stderr: "",
    });
    expect((await host.exec("systemctl --version")).stdout).toContain(`systemd ${VERSIONS[release].systemd}`);
    expect((await host.exec("puma --version")).stdout).toMatch(
      new RegExp(`version ${VERSIONS[release].puma}\\.`),
    );
    expect((await host.exec("systemctl is-system-running --wait")).stdout).toBe("running\n");
  });

  test("lets ops in, with the pinned key, and lets it sudo without a word", async () => {
    expect(await ssh(host, "id -un; sudo -n id -un 2>&1")).toBe("ops\nroot\n");
  });

  test("runs scripts, as users, and tells how they fail", async () => {
    expect((await host.exec("id -un; pwd; cat", { user: "deploy", input: "in" })).stdout).toBe(
      "deploy\n/\nin",
    );
    expect(await host.exec("echo no >&2; exit 7", { allowFailure: true })).toMatchObject({
      code: 7,
      stderr: "no\n",
    });
    await expect(host.exec("echo no >&2; exit 7")).rejects.toThrow(/exit code 7[^]*no\n/);
  });

  test("has an app that answers over tcp, ssl and a unix socket", async () => {
    const ssl = "ssl://0.0.0.0:9293?key=/etc/app/key.pem&cert=/etc/app/cert.pem";
    const greeting = `hello from ${release}-1 version 1\n`;
    await withPuma(host, ["tcp://0.0.0.0:9292", ssl, "unix:///tmp/app.sock"], async () => {
      expect(await fetchFrom(host, "http://127.0.0.1:9292/")).toBe(greeting);
      expect(await fetchFrom(host, "https://127.0.0.1:9293/")).toBe(greeting);
      expect(await fetchFrom(host, "--unix-socket /tmp/app.sock http://app/")).toBe(greeting);
      const outside = await fetch(`http://${host.address}:9292/env?GREETING`);
      expect(await outside.text()).toBe("a\nb");
      expect((await fetch(`http://${host.address}:9292/status?503`)).status).toBe(503);
      const argv = JSON.parse(await fetchFrom(host, "http://127.0.0.1:9292/argv")) as string[];
      expect(Buffer.from(argv[4] as string, "base64").toString()).toBe(ssl);
      const main = (await host.exec("systemctl show -p MainPID --value probe")).stdout.trim();
      expect(await fetchFrom(host, "http://127.0.0.1:9292/pid")).toBe(main);
    });
  });

  test("starts Puma by bundle exec", async () => {
    const script = `cd ${host.app} && bundle exec puma --version`;
    expect((await host.exec(script, { user: "deploy" })).stdout).toContain(VERSIONS[release].puma);
  });

  test("keeps its files, and nothing else, over a reboot and a power cut", async () => {
    await host.write("/etc/kept/it's here", "kept", 0o600);
    for (const interrupt of [() => host.reboot(), () => host.powerCut().then(() => host.boot())]) {
      await host.exec("sleep 1000 >/dev/null 2>&1 & touch /run/lost");
      await interrupt();
      expect(await host.read("/etc/kept/it's here")).toBe("kept");
      expect((await host.exec("pidof sleep || ls /run/lost", { allowFailure: true })).code).not.toBe(0);
      expect(await ssh(host, "hostname")).toBe(`${release}-1\n`);
    }
  });
});

test("hosts reach each other, and nothing else", async () => {
  const [first, second] = fleet.hosts as [FleetHost, FleetHost];
  const greeting = `timeout 30 bash -c 'head -c 4 </dev/tcp/${second.name}/22'`;
  expect((await first.exec(greeting)).stdout).toBe("SSH-");
  expect((await first.exec("ip route get 192.0.2.1", { allowFailure: true })).stderr).toContain(
    "unreachable",
  );
});

/** All that a fleet could leave on this machine, a line each; what two may have by one name is told apart by numbers. */
async function traces(): Promise<string[]> {
  const script = `
    ip -oneline link | cut -d: -f1,2
    ip netns
    cat /proc/self/mounts
    # What goes meanwhile makes it fail.
    find /sys/fs/cgroup /run /var/lib -name 'cdktf-puma*' -printf '%i %B@ %p\\n' 2>/dev/null
    ps ax -o args`;
  return (await run("sh", ["-c", script])).stdout.split("\n");
}

/** The bridge, folder and lock of a fleet that is up, from the path of its key. */
async function slotOf(keyFile: string): Promise<string[]> {
  const [, number] = /cdktf-puma-(\d+)/.exec(keyFile) as RegExpExecArray;
  return (await traces()).filter((line) => new RegExp(`\\d.*puma-?${number}(\\.lock)?$`).test(line));
}

/** A name that no other host has, as another fleet may take a slot as soon as it is free. */
const uniqueName = (): string => `left-${randomBytes(6).toString("hex")}`;

/** What there is of a fleet: all that bears its host's name, and of its slot what is still the same. */
async function leftOf(name: string, slot: readonly string[]): Promise<string[]> {
  return (await traces()).filter((line) => line.includes(name) || slot.includes(line));
}

test("a fleet that has stopped left nothing", async () => {
  const name = uniqueName();
  const other = await Fleet.start([{ name, release: "trixie" }]);
  const slot = await slotOf(other.host(name).keyFile);
  expect(slot).toHaveLength(3);
  expect((await leftOf(name, slot)).length).toBeGreaterThan(slot.length + 3);
  await Promise.all([other.stop(), other.stop()]);
  expect(await leftOf(name, slot)).toEqual([]);
});

test("the next fleet removes a namespace that one which was killed has left without its folder", async () => {
  const namespace = `puma199-${uniqueName()}`;
  await run("ip", ["netns", "add", namespace]);
  const next = await Fleet.start([{ name: "next", release: "trixie" }]);
  try {
    expect((await run("ip", ["netns"])).stdout).not.toContain(namespace);
  } finally {
    await next.stop();
  }
});

test.each(["SIGINT", "SIGKILL"] as const)(
  "a fleet whose process ends by %s leaves nothing",
  async (signal) => {
    const name = uniqueName();
    const child = spawn(process.execPath, [
      "--import",
      "tsx",
      join(__dirname, "../../lab/fleet/cli.ts"),
      `${name}:trixie`,
    ]);
    const [howToReach] = (await once(child.stdout, "data")) as [Buffer];
    const [keyFile] = /\S+id_ed25519/.exec(howToReach.toString()) as RegExpExecArray;
    const slot = await slotOf(keyFile);
    expect(slot).toHaveLength(3);
    expect((await leftOf(name, slot)).length).toBeGreaterThan(slot.length + 3);
    child.kill(signal);
    await once(child, "exit");
    const deadline = Date.now() + 60_000;
    while ((await leftOf(name, slot)).length > 0 && Date.now() < deadline) await sleep(100);
    expect(await leftOf(name, slot)).toEqual([]);
  },
);
