import { type TerraformStack } from "cdktf";
import { Bind, PumaCommand, type PumaServiceProps } from "../../lib";
import { type FleetHost, type Release, RELEASES } from "../../lab/fleet/fleet";
import { everywhere, PUMA } from "./hosts";

/** Something that is wrong with a service or on its host, and what the run says of it. */
export interface Failure {
  readonly name: string;
  /** What is prepared on the host, as root. */
  readonly prepare?: string;
  readonly props?: Partial<PumaServiceProps>;
  /** Another user to log in as. */
  readonly user?: string;
  /** @default - all */
  readonly releases?: readonly Release[];
  readonly says: readonly string[];
}

/** A user of that name whom the fleet's key lets in, and who may not sudo. */
export const account = (name: string): string => `
  useradd --create-home --shell /bin/bash ${name}
  cp -r /home/ops/.ssh /home/${name}/ && chown -R ${name}: /home/${name}/.ssh && chmod 700 /home/${name}/.ssh`;

/** Something of another's that listens. */
const SQUATTER = `
  systemd-run --quiet --unit=squatter ruby -rsocket -e '[9500, 9510].map { |port| TCPServer.new(port) }; sleep'
  until grep -q :2526 /proc/net/tcp*; do sleep 0.05; done`;

/** What is wrong on the host or in the units, one thing each. */
export const FAILURES: readonly Failure[] = [
  {
    name: "no-user",
    props: { user: "nobody-here" },
    says: ["there is no user 'nobody-here' ('user')"],
  },
  {
    name: "no-group",
    props: { group: "no-group-here" },
    says: ["there is no group 'no-group-here' ('group')"],
  },
  {
    name: "no-directory",
    props: { workingDirectory: "/srv/none" },
    says: ["there is no directory /srv/none ('workingDirectory')"],
  },
  {
    name: "dangling",
    prepare: "ln -s /srv/releases/7 /srv/dangling",
    props: { workingDirectory: "/srv/dangling" },
    says: ["there is no directory /srv/dangling ('workingDirectory'): the link points to /srv/releases/7"],
  },
  {
    name: "closed-directory",
    prepare: "cp -r /srv/app/current/. /srv/closed && chown -R root: /srv/closed && chmod 700 /srv/closed",
    props: { workingDirectory: "/srv/closed" },
    says: ["deploy may not enter /srv/closed ('workingDirectory')"],
  },
  {
    name: "no-puma",
    props: { command: PumaCommand.binstub("bin/puma") },
    says: ["there is no /srv/app/current/bin/puma to run Puma by ('command')"],
  },
  {
    name: "not-executable",
    props: { command: PumaCommand.binstub("config.ru") },
    says: ["deploy may not execute /srv/app/current/config.ru ('command')"],
  },
  {
    name: "no-key",
    props: { binds: [Bind.ssl(9501, { key: "/etc/app/none.pem", cert: "/etc/app/cert.pem" })] },
    says: ["deploy cannot read /etc/app/none.pem ('binds')"],
  },
  {
    name: "no-environment-file",
    props: { environmentFiles: ["/etc/none"] },
    says: ["there is no /etc/none ('environmentFiles')"],
  },
  {
    name: "taken-port",
    prepare: SQUATTER,
    props: { binds: [Bind.tcp(9500)] },
    says: [
      "0.0.0.0:9500 is taken by squatter.service (process ",
      " of root: ",
      "ruby -rsocket -e [9500, 9510].map",
      "): 'systemctl stop squatter.service' ends it, or choose another one ('binds')",
    ],
  },
  {
    name: "taken-path",
    prepare: "echo mine >/run/a-file",
    props: { binds: [Bind.unix("/run/a-file")] },
    says: ["/run/a-file is in the way: it is not a socket ('binds')"],
  },
  {
    name: "no-folder-of-socket",
    props: { binds: [Bind.unix("/srv/none/puma.sock")] },
    says: ["there is no folder /srv/none where Puma could make its socket ('binds')"],
  },
  {
    name: "closed-folder-of-socket",
    props: { binds: [Bind.unix("/opt/puma.sock")] },
    says: ["deploy may not write to /opt, where Puma is to make its socket ('binds')"],
  },
  {
    name: "low-port",
    props: { binds: [Bind.tcp(80)] },
    says: ["deploy may not listen at port 80, which is one of root's"],
  },
  {
    name: "foreign",
    prepare: "printf '[Service]\\nExecStart=/bin/sleep 1000\\n' >/etc/systemd/system/foreign.service",
    says: ["/etc/systemd/system/foreign.service was not written by this stack; 'takeOver: true' replaces it"],
  },
  {
    name: "packaged",
    prepare: `printf '[Service]\\nExecStart=/bin/sleep 1000\\n' >/lib/systemd/system/packaged.service
      systemctl daemon-reload`,
    says: ["/lib/systemd/system/packaged.service, which this stack did not write; 'takeOver: true' puts"],
  },
  {
    name: "masked",
    prepare: "systemctl mask masked.service",
    says: ["masked.service is masked: somebody wants it never to start; 'systemctl unmask masked.service'"],
  },
  {
    name: "wrong-version",
    releases: ["bullseye", "bookworm"],
    props: { pumaVersion: "6.6" },
    says: ["which never tells systemd that it is ready ('pumaVersion' says 6.6)"],
  },
  {
    name: "unknown-to-systemd",
    props: { directives: { Service: { SystemCallFilter: "~no_such_call" } } },
    says: ["systemd finds in unknown-to-systemd.service", "no_such_call"],
  },
  {
    name: "no-sudo",
    prepare: account("plain"),
    user: "plain",
    props: { workingDirectory: "/srv/none" },
    says: ["plain cannot become root by sudo without a password", "there is no directory /srv/none"],
  },
  {
    name: "open-folder",
    prepare: `${account("open")}; chmod 755 /home/open/.ssh`,
    user: "open",
    says: ["other users may enter", "chmod 700"],
  },
  {
    name: "several",
    props: {
      user: "nobody-here",
      workingDirectory: "/srv/none",
      binds: [Bind.tcp(9510)],
      environmentFiles: ["/etc/none"],
    },
    says: [
      "there is no user 'nobody-here' ('user')",
      "there is no directory /srv/none ('workingDirectory')",
      "0.0.0.0:9510 is taken by squatter.service (process ",
      "there is no /etc/none ('environmentFiles')",
    ],
  },
];

/** Whether a failure is one on that release. */
export function concerns({ releases = RELEASES }: Failure, host: FleetHost): boolean {
  return releases.includes(host.release);
}

/** A service of each failure's name, on the hosts that it concerns; on a port that nobody else has. */
export function failingServices(stack: TerraformStack, hosts: readonly FleetHost[]): void {
  FAILURES.forEach((failure, i) => {
    const concerned = hosts.filter((host) => concerns(failure, host));
    everywhere(
      stack,
      concerned,
      failure.name,
      (host) => ({ binds: [Bind.tcp(9600 + i)], pumaVersion: PUMA[host.release], ...failure.props }),
      failure.user === undefined ? {} : { user: failure.user },
    );
  });
}
