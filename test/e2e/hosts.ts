import { setTimeout as sleep } from "node:timers/promises";
import { type TerraformStack } from "cdktf";
import {
  Duration,
  HealthCheck,
  Host,
  type HostOptions,
  PumaService,
  type PumaServiceProps,
  SshKey,
} from "../../lib";
import { type FleetHost, type Release, RELEASES } from "../../lab/fleet/fleet";
import { THOROUGH } from "../faults/evidence";

/** The Puma of each release, as its users would write it. */
export const PUMA: Record<Release, string> = {
  bullseye: "4.3",
  bookworm: "5.6",
  trixie: "6.6",
  forky: "8.0",
};

/** The releases whose Puma tells systemd when it is ready. */
export const NOTIFYING: readonly Release[] = ["trixie", "forky"];

/** A host of the fleet as the stack declares it: the pinned key, a user who may sudo. */
export function declared(host: FleetHost, options: Partial<HostOptions> = {}): Host {
  const { name, address, user, keyFile, hostKey } = host;
  return new Host(name, { address, user, key: SshKey.file(keyFile), hostKey, ...options });
}

/** What every service of these tests says. The library itself would look at a service for longer before it is content. */
export const APP = {
  user: "deploy",
  workingDirectory: "/srv/app/current",
  healthCheck: HealthCheck.answers({ settle: Duration.seconds(1) }),
} as const;

type PerHost =
  Partial<PumaServiceProps> | ((host: FleetHost, stack: TerraformStack) => Partial<PumaServiceProps>);

/** The service `name` on each host, which differs from the others in Puma's version: a PumaService for each. */
export function everywhere(
  stack: TerraformStack,
  fleet: readonly FleetHost[],
  name: string,
  props: PerHost,
  options: Partial<HostOptions> = {},
): void {
  for (const host of fleet) {
    const own = typeof props === "function" ? props(host, stack) : props;
    new PumaService(stack, `${name}-${host.name}`, {
      name,
      hosts: [declared(host, options)],
      pumaVersion: PUMA[host.release],
      ...APP,
      ...own,
    });
  }
}

/** What `work` says of each host, by the host's name; of all hosts at once. */
export async function onEach<T>(
  fleet: readonly FleetHost[],
  work: (host: FleetHost) => Promise<T>,
): Promise<Record<string, T>> {
  const entries = fleet.map(async (host) => [host.name, await work(host)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The same thing of each host. */
export function all<T>(fleet: readonly FleetHost[], value: T): Record<string, T> {
  return Object.fromEntries(fleet.map((host) => [host.name, value]));
}

/** One host of each release given, by the release's name. */
export function oneOfEach(releases: readonly Release[]): { name: string; release: Release }[] {
  return releases.map((release) => ({ name: release, release }));
}

/** What a test does each day, or all of it: that is done by `npm run prove -- releases`, which finds the files by this name. */
export function eachDay<T>(daily: T, all: T): T {
  return THOROUGH ? all : daily;
}

/** One host of each of the releases on which a test runs each day, or of all, as {@link eachDay} has it. */
export function eachDayOn(
  daily: readonly Release[],
  all: readonly Release[] = RELEASES,
): { name: string; release: Release }[] {
  return oneOfEach(eachDay(daily, all));
}

/** What a script on the host prints, without the last line break, whatever its exit code. */
export async function says(host: FleetHost, script: string): Promise<string> {
  const { stdout } = await host.exec(script, { allowFailure: true });
  return stdout.trimEnd();
}

/** What the host's own curl gets; "" where nothing answers. */
export async function get(host: FleetHost, url: string, options = ""): Promise<string> {
  return (await host.exec(`curl -ks --max-time 20 ${options} '${url}'`, { allowFailure: true })).stdout;
}

/** A property of a unit, as systemd has it. */
export async function property(host: FleetHost, unit: string, name: string): Promise<string> {
  return says(host, `systemctl show --property=${name} --value -- '${unit}'`);
}

/** What changes when a unit is started anew. */
export async function invocation(host: FleetHost, unit: string): Promise<string> {
  const properties = unit.endsWith(".socket") ? "-p InvocationID" : "-p InvocationID -p MainPID";
  return says(host, `systemctl show ${properties} -- '${unit}'`);
}

/** The inode of the socket that listens on a TCP port, which a new socket never shares. */
export async function listeningInode(host: FleetHost, port: number): Promise<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return says(host, `awk '$2 ~ /:${hex}$/ && $4 == "0A" { print $10 }' /proc/net/tcp /proc/net/tcp6`);
}

/** How often sshd has let somebody in since the host booted. */
export async function logins(host: FleetHost): Promise<number> {
  return Number(await says(host, "journalctl --quiet --boot --output=cat | grep -c '^Accepted publickey'"));
}

/** Waits for a condition; the deadline is there for what never comes, and not for what comes late on a busy machine. */
export async function eventually(
  what: string,
  condition: () => Promise<boolean>,
  seconds = 120,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} seconds`);
    // Each look at a host starts a few programs there: asked too often, it only takes longer.
    await sleep(250);
  }
}

/** Resolves when a run has begun that waits for another one's end. */
export async function waitForOneThatWaits(host: FleetHost): Promise<void> {
  // Between two questions for the lock, the script that the engine runs sleeps for a second.
  const waits = async (): Promise<boolean> =>
    (await says(host, `pgrep -u ${host.user} -fx '(.*/)?sleep 1'`)) !== "";
  await eventually("a run that waits for the lock", waits);
}

/** All that could be left of services on a host, and nothing where there is none of them. */
export async function traces(
  host: FleetHost,
  names: readonly string[],
  ports: readonly number[],
): Promise<string[]> {
  const globs = names.join("|");
  const hex = ports.map((port) => port.toString(16).toUpperCase().padStart(4, "0")).join("|");
  const script = `
    systemctl list-units --all --full --no-legend --plain | grep -E '^(${globs})[.@-]|^cdktf-puma'
    systemctl list-unit-files --no-legend | grep -E '^(${globs})[.@-]'
    find /etc/systemd /run/systemd /var/lib/cdktf-puma /run/cdktf-puma /home /tmp \\
      -regextype posix-extended -regex '.*/((${globs})[.@-][^/]*|[^/]*cdktf-puma[^/]*)' 2>/dev/null
    systemctl --failed --no-legend --plain
    awk '$4 == "0A" && $2 ~ /:(${hex || "none"})$/ { print FILENAME, $2 }' /proc/net/tcp /proc/net/tcp6
    pgrep -u deploy -a`;
  return (await says(host, script)).split("\n").filter((line) => line !== "");
}
