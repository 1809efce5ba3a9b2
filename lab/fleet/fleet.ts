/**
 * Real hosts for tests: Debian 11 to 14, booted on this machine by systemd-nspawn with systemd as PID 1.
 *
 *     const fleet = await Fleet.start([{ name: "web1", release: "trixie" }]);
 *     const web1 = fleet.host("web1");
 *     await web1.exec("systemctl is-system-running");
 *     await fleet.stop();
 *
 * - Each host has an address that only this machine reaches, an sshd, a user `ops` who may sudo, a user `deploy`, and
 *   a small Rack app in /srv/app/current (image/app/config.ru says what it answers). It can reboot and lose power.
 * - It needs root on Debian, and no more than a few packages; {@link whatIsMissing} says what, and
 *   {@link ensurePackages} installs them.
 * - Root file systems are built at first use, 20 to 40 seconds each, and kept under ~/.cache/cdktf-puma. A host is an
 *   overlay of one, so it costs next to nothing to make and leaves it as it was.
 * - Fleets do not meet: each has a bridge, a subnet 10.213.SLOT.0/24 and names of its own.
 * - Nothing stays: not after stop(), not when this process fails, is interrupted or killed (slot.sh sees to it).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FleetHost, type HostSpec } from "./host";
import { ensurePackages } from "./install";
import { whatIsMissing } from "./requirements";
import { rootFileSystem } from "./rootfs";
import { run } from "./run";
import { Slot } from "./slot";

export { FleetHost, type ExecOptions, type HostSpec } from "./host";
export { RELEASES, type Release } from "./rootfs";

const FIRST_NUMBER = 10;
const MOST_HOSTS = 200;

/** Several hosts that are started and stopped together. */
export class Fleet {
  private stopped?: Promise<void>;

  private constructor(
    readonly hosts: FleetHost[],
    private readonly slot: Slot,
  ) {}

  /** Boots all hosts at once; resolves when one can log in to each. Throws, and leaves nothing, where one fails. */
  static async start(specs: HostSpec[]): Promise<Fleet> {
    checkNames(specs.map((spec) => spec.name));
    await ensurePackages();
    const missing = whatIsMissing();
    if (missing) throw new Error(missing);
    const roots = await buildRoots(specs);
    allowManyHosts();
    const slot = await Slot.claim();
    try {
      const hosts = await makeHosts(specs, roots, slot);
      await Promise.all(hosts.map((host) => host.boot()));
      return new Fleet(hosts, slot);
    } catch (error) {
      await slot.release();
      throw error;
    }
  }

  /** The host of that name. */
  host(name: string): FleetHost {
    const host = this.hosts.find((candidate) => candidate.name === name);
    if (!host) throw new Error(`no host '${name}' in the fleet: ${this.hosts.map((h) => h.name).join(", ")}`);
    return host;
  }

  /** Removes every process, mount, network device and folder of the fleet. A second call waits for the first. */
  async stop(): Promise<void> {
    this.stopped ??= this.slot.release();
    await this.stopped;
  }
}

function checkNames(names: string[]): void {
  if (names.length > MOST_HOSTS)
    throw new Error(`a fleet has at most ${MOST_HOSTS} hosts, got ${names.length}`);
  const wrong = names.find((name, i) => !/^[a-z][a-z0-9-]{0,30}$/.test(name) || names.indexOf(name) !== i);
  if (wrong !== undefined) {
    throw new Error(`host names are of a-z, 0-9 and "-", up to 31 characters, each once; got "${wrong}"`);
  }
}

/** One after the other: a build keeps two cores busy. */
async function buildRoots(specs: HostSpec[]): Promise<string[]> {
  const roots = new Map<string, string>();
  for (const spec of specs) {
    if (!roots.has(recipeOf(spec)))
      roots.set(recipeOf(spec), await rootFileSystem(spec.release, spec.packages));
  }
  return specs.map((spec) => roots.get(recipeOf(spec)) as string);
}

function recipeOf({ release, packages = [] }: HostSpec): string {
  return [release, ...packages].join(" ");
}

async function makeHosts(specs: HostSpec[], roots: readonly string[], slot: Slot): Promise<FleetHost[]> {
  const keyFile = join(slot.folder, "id_ed25519");
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "fleet", "-f", keyFile]);
  const hosts = specs.map((spec, i) => new FleetHost(spec, FIRST_NUMBER + i, slot, keyFile));
  for (const [i, { name }] of specs.entries()) await slot.addHost(name, FIRST_NUMBER + i, roots[i] as string);
  await Promise.all(hosts.map((host) => host.personalize(hosts)));
  return hosts;
}

/** Each systemd takes several inotify instances of root's, of which the kernel allows 128 unless told. */
function allowManyHosts(): void {
  const limit = "/proc/sys/fs/inotify/max_user_instances";
  if (Number(readFileSync(limit, "utf8")) < 4096) writeFileSync(limit, "4096");
}
