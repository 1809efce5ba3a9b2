import { Duration, HealthCheck, PumaCommand } from "../../lib";
import type { FleetHost, Release } from "../../lab/fleet/fleet";
import type { Change, Mode } from "./deployed-service";

/** A change that cannot succeed, and what becomes of it: written down before it was tried. */
export interface BadVersion {
  readonly name: string;
  /** Where the short run tries it. */
  readonly on: Readonly<Record<Mode, Release>>;
  /** The modes in which the short run tries it. */
  readonly short: readonly Mode[];
  /** What is done on the host beforehand, as root. */
  readonly prepare?: string;
  readonly change: Change;
  /** What undoes the preparation. */
  readonly restore?: string;
  /** What the script says of it. */
  readonly says: Readonly<Record<Mode, readonly string[]>>;
  /** The modes in which the running Puma is touched. */
  readonly touches: readonly Mode[];
}

const both = (...says: string[]): Record<Mode, readonly string[]> => ({ hot: says, overlap: says });

const REHEARSED = ["in a rehearsal that no request of a user met", "nothing was changed"];
const BACK = "web is back to what it was";
const UNTOUCHED = "nothing was changed";
const environment = (DEFECT: string): Record<string, string> => ({ VERSION: "bad", DEFECT });

/** A small file system that is full stands over a folder, with the folder's content in it. */
const full = (folder: string): string => `
  cp -a ${folder} /root/kept && mount -t tmpfs -o size=256k tmpfs ${folder} && cp -a /root/kept/. ${folder}/
  dd if=/dev/zero of=${folder}/.full bs=4k 2>/dev/null || :`;

const empty = (folder: string): string => `umount ${folder}; rm -rf /root/kept`;

const SQUATTER = `
  systemd-run --quiet --unit=squatter ruby -rsocket -e 'TCPServer.new(9500); sleep'
  until grep -q :251C /proc/net/tcp*; do sleep 0.05; done`;

export const BAD_VERSIONS: readonly BadVersion[] = [
  {
    name: "does not boot",
    on: { hot: "bookworm", overlap: "trixie" },
    short: ["hot"],
    change: { environment: environment("raise") },
    says: {
      hot: [BACK, "this version does not boot"],
      overlap: [...REHEARSED, "this version does not boot"],
    },
    touches: ["hot"],
  },
  {
    name: "boots and crashes after 3 s",
    on: { hot: "trixie", overlap: "forky" },
    short: ["overlap"],
    change: {
      environment: environment("crash"),
      props: { healthCheck: HealthCheck.answers({ settle: Duration.seconds(6) }) },
    },
    says: { hot: [BACK, "Puma ended"], overlap: [...REHEARSED, "Puma ended"] },
    touches: ["hot"],
  },
  {
    name: "answers 500",
    on: { hot: "forky", overlap: "bookworm" },
    short: ["overlap"],
    change: {
      environment: environment("500"),
      props: { healthCheck: HealthCheck.http("/up", { retries: 2, settle: Duration.seconds(1) }) },
    },
    says: {
      hot: [BACK, "the health check did not pass: HTTP 500"],
      overlap: [...REHEARSED, "the health check did not pass: HTTP 500"],
    },
    touches: ["hot"],
  },
  {
    name: "never gets ready",
    on: { hot: "bookworm", overlap: "trixie" },
    short: ["hot"],
    change: { environment: environment("hang"), props: { startTimeout: Duration.seconds(5) } },
    says: { hot: [BACK, "FAILED on"], overlap: [...REHEARSED, "the new version did not start"] },
    touches: ["hot"],
  },
  {
    name: "boots as a stand-in, and not as the service",
    on: { hot: "forky", overlap: "trixie" },
    short: ["overlap"],
    change: { environment: environment("service") },
    says: both(BACK, "not as the service itself"),
    touches: ["hot", "overlap"],
  },
  {
    name: "a unit that does not verify",
    on: { hot: "trixie", overlap: "bookworm" },
    short: [],
    change: {
      environment: environment(""),
      props: { directives: { Service: { SystemCallFilter: "~no_such_call" } } },
    },
    says: both(UNTOUCHED, "systemd finds in web.service", "no_such_call"),
    touches: [],
  },
  {
    name: "an executable that is missing",
    on: { hot: "forky", overlap: "forky" },
    short: [],
    change: { environment: environment(""), props: { command: PumaCommand.binstub("bin/none") } },
    says: both(UNTOUCHED, "there is no /srv/app/current/bin/none to run Puma by ('command')"),
    touches: [],
  },
  {
    name: "a port that is taken",
    on: { hot: "bookworm", overlap: "trixie" },
    short: [],
    prepare: SQUATTER,
    change: { environment: environment(""), ports: [9500] },
    restore: "systemctl stop squatter",
    says: both(UNTOUCHED, "0.0.0.0:9500 is taken by squatter.service (process "),
    touches: [],
  },
  {
    name: "a full /var/lib/cdktf-puma",
    on: { hot: "trixie", overlap: "forky" },
    short: ["hot"],
    prepare: full("/var/lib/cdktf-puma"),
    change: { environment: environment("") },
    restore: empty("/var/lib/cdktf-puma"),
    says: both(UNTOUCHED, "there is no room left in /var/lib/cdktf-puma"),
    touches: [],
  },
  {
    name: "a full /etc/systemd/system",
    on: { hot: "forky", overlap: "bookworm" },
    short: [],
    prepare: full("/etc/systemd/system"),
    change: { environment: environment("") },
    restore: empty("/etc/systemd/system"),
    says: both(UNTOUCHED, "there is no room left in /etc/systemd/system"),
    touches: [],
  },
  {
    name: "a full /run",
    on: { hot: "bookworm", overlap: "trixie" },
    short: [],
    prepare:
      "mkdir -p /run/cdktf-puma; mount -t tmpfs -o size=4k tmpfs /run/cdktf-puma; dd if=/dev/zero of=/run/cdktf-puma/.full bs=4k 2>/dev/null || :",
    change: { environment: environment("") },
    restore: "umount /run/cdktf-puma; rmdir /run/cdktf-puma",
    says: both(UNTOUCHED, "there is no room left in /run/cdktf-puma"),
    touches: [],
  },
  {
    name: "a read-only /etc",
    on: { hot: "trixie", overlap: "forky" },
    short: ["overlap"],
    prepare: "mount --bind /etc /etc && mount -o remount,bind,ro /etc",
    change: { environment: environment("") },
    restore: "umount /etc",
    says: both(UNTOUCHED, "/etc/systemd/system is read-only"),
    touches: [],
  },
  {
    name: "`current` points to bad code",
    on: { hot: "trixie", overlap: "bookworm" },
    short: ["hot", "overlap"],
    prepare: `
      cp -a /srv/app/releases/1 /srv/app/releases/2; echo bad >/srv/app/releases/2/VERSION
      echo raise >/srv/app/releases/2/DEFECT; ln -sfn releases/2 /srv/app/current`,
    change: { props: { release: "2" } },
    restore: "ln -sfn releases/1 /srv/app/current; rm -rf /srv/app/releases/2",
    says: {
      hot: [
        "/srv/app/current now points to /srv/app/releases/2: starting the release that ran before, /srv/app/releases/1",
        BACK,
      ],
      overlap: REHEARSED,
    },
    touches: ["hot"],
  },
  {
    name: "sudo that is revoked",
    on: { hot: "forky", overlap: "trixie" },
    short: [],
    prepare: "mv /etc/sudoers.d/ops /root/ops",
    change: { environment: environment("") },
    restore: "mv /root/ops /etc/sudoers.d/ops",
    says: both("FAILED on", "ops cannot become root by sudo without a password"),
    touches: [],
  },
];

/** The same host, whatever was done to it. */
export async function restore(host: FleetHost, { restore }: BadVersion): Promise<void> {
  if (restore) await host.exec(restore);
}
