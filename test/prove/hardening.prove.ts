/** What the levels of hardening take from applications that nobody here wrote: nothing that a crawl sees. docs/hardening.md. */
import { appendFileSync } from "node:fs";
import { type TerraformStack } from "cdktf";
import {
  Bind,
  type Directives,
  Duration,
  Hardening,
  HealthCheck,
  type PumaServiceProps,
  PumaSocket,
  Restart,
  Task,
} from "../../lib";
import { type FleetHost, type HostSpec, type Release } from "../../lab/fleet/fleet";
import { everywhere, onEach, says } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { CHOSEN } from "./chosen";
import { type Crawl, crawl, differences } from "./crawl";
import { installRails, RAILS, railsHost } from "./rails-host";
import { installRedmine, inRedmine, REDMINE_SECRETS, redmineHost, redmineOn } from "./redmine-host";

const LEVELS = {
  BASELINE: { hardening: Hardening.BASELINE, most: 4.0 },
  STRICT: { hardening: Hardening.STRICT, most: 1.5 },
  ISOLATED: { hardening: Hardening.ISOLATED, most: 0.8 },
};

/** The sandbox of the unit that Mastodon ships for its Puma, dist/mastodon-web.service, of November 2026. */
const MASTODON: Directives = {
  Service: {
    ...{ User: "mastodon", ProcSubset: "pid", ProtectProc: "invisible", CapabilityBoundingSet: "" },
    ...{ NoNewPrivileges: true, ProtectSystem: "strict", PrivateTmp: true, PrivateDevices: true },
    ...{ PrivateUsers: true, PrivateMounts: true, ProtectHostname: true, ProtectClock: true },
    ...{ ProtectKernelLogs: true, ProtectKernelModules: true, ProtectKernelTunables: true },
    ...{ ProtectControlGroups: true, RestrictAddressFamilies: "AF_INET AF_INET6 AF_NETLINK AF_UNIX" },
    ...{ RestrictNamespaces: true, LockPersonality: true, RestrictRealtime: true, RestrictSUIDSGID: true },
    ...{ RemoveIPC: true, SystemCallArchitectures: "native" },
    SystemCallFilter:
      "~@clock @cpu-emulation @debug @keyring @module @mount @obsolete @raw-io @reboot @resources @setuid @swap",
  },
};

/** How Debian's Ruby is told to compile as it runs. Debian 13 and 14 build it without YJIT, and RJIT ends Redmine, hardened or not. */
const JIT: Partial<Record<Release, string>> = { bookworm: "--yjit", trixie: "--rjit", forky: "--rjit" };
/** What runs beside Puma says that it can compile, sees no one's home and cannot change the system. */
const looksAround =
  (hides: boolean) =>
  ({ release }: FleetHost): string =>
    [
      "grep -q '^NoNewPrivs:.1' /proc/self/status && grep -q '^Seccomp:.2' /proc/self/status",
      "! touch /usr/sandbox 2>/dev/null",
      ...(hides ? ["! ls /home/ops 2>/dev/null"] : []),
      `ruby ${JIT[release] ?? ""} -e '5000.times { |i| Integer.sqrt(i) }'`,
    ].join(" && ");

/** An application, and what it says of itself. */
interface App {
  readonly spec: HostSpec;
  readonly name: string;
  readonly install: (host: FleetHost) => Promise<unknown>;
  readonly props: (host: FleetHost) => Partial<PumaServiceProps> & { workingDirectory: string };
  readonly writes: string[];
  /** The session of somebody who may see all. */
  readonly session: (host: FleetHost) => Promise<Record<string, string>>;
}

const OF_RAILS: App = {
  spec: railsHost("bullseye"),
  name: "Rails",
  install: installRails,
  props: () => RAILS,
  writes: ["log", "tmp", "db"].map((folder) => `/srv/planks/${folder}`),
  session: () => Promise.resolve({}),
};

const ofRedmine = (release: Exclude<Release, "bullseye">): App => ({
  spec: redmineHost(release),
  name: "Redmine",
  install: async (host) => {
    await installRedmine(host);
    await host.write(
      "/tmp/admin.rb",
      `User.find_by_login("admin").update_columns(must_change_passwd: false)\n`,
    );
    await host.exec(inRedmine("rails runner /tmp/admin.rb"));
    await openSocket(host);
  },
  props: (host) => {
    const said = redmineOn(host);
    return {
      ...said,
      environment: {
        ...said.environment,
        SECRET_KEY_BASE: REDMINE_SECRETS.SECRET_KEY_BASE,
        ...(release === "bookworm" && { RUBYOPT: JIT[release] }),
      },
    };
  },
  writes: ["/var/lib/redmine", "/var/log/redmine", "/var/cache/redmine"],
  session: logIn,
});

const DATABASE =
  "production:\n  adapter: postgresql\n  database: redmine\n  username: redmine\n  host: /run/postgresql\n";

/** Lets the application in at PostgreSQL's socket: there is no other way from a network of its own. */
async function openSocket(host: FleetHost): Promise<void> {
  await host.write("/etc/redmine/default/database.yml", DATABASE);
  await host.exec(
    `sed -i '1i local redmine redmine trust' /etc/postgresql/*/main/pg_hba.conf && systemctl reload postgresql`,
  );
}

const originOf = ({ address }: FleetHost): string => `http://${address}:9292`;
const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.replace(/;.*/, ""))
    .join("; ");

/** As Redmine's administrator, by its form. */
async function logIn(host: FleetHost): Promise<Record<string, string>> {
  const form = await fetch(`${originOf(host)}/login`);
  const [, token = ""] = /name="authenticity_token" value="([^"]*)"/.exec(await form.text()) ?? [];
  const body = new URLSearchParams({ authenticity_token: token, username: "admin", password: "admin" });
  const headers = { cookie: cookiesOf(form) };
  const answer = await fetch(`${originOf(host)}/login`, {
    method: "POST",
    body,
    headers,
    redirect: "manual",
  });
  expect([answer.status, answer.headers.get("location")]).toEqual([
    302,
    expect.stringMatching(/\/my\/page$/),
  ]);
  return { cookie: cookiesOf(answer) };
}

const exposureOf = async (host: FleetHost, unit: string): Promise<number> => {
  const told = await says(host, `systemd-analyze security --no-pager ${unit} | tail -1`);
  return Number(/exposure level for \S+: ([\d.]+)/.exec(told)?.[1]);
};

async function exposureOfMastodon(host: FleetHost): Promise<number> {
  const lines = Object.entries(MASTODON.Service ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  await host.write(
    "/etc/systemd/system/mastodon-web.service",
    ["[Service]", "ExecStart=/bin/true", ...lines, ""].join("\n"),
  );
  await says(host, "systemctl daemon-reload");
  return exposureOf(host, "mastodon-web.service");
}

const APPS: Record<Release, App> = {
  bullseye: OF_RAILS,
  bookworm: ofRedmine("bookworm"),
  trixie: ofRedmine("trixie"),
  forky: ofRedmine("forky"),
};

const appOf = ({ release }: FleetHost): App => APPS[release];
const at = setUpHosts(
  CHOSEN.map((release) => APPS[release].spec),
  { prepare: ({ hosts }) => onEach(hosts, (host) => appOf(host).install(host)) },
);

const declared =
  (hardening: Hardening, level: string, looks: (host: FleetHost) => string) =>
  (stack: TerraformStack): void =>
    everywhere(stack, at.hosts, "app", (host) => ({
      ...appOf(host).props(host),
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      hardening: hardening.with({ ReadWritePaths: appOf(host).writes }),
      restart: host.release === "bullseye" ? Restart.hot() : Restart.overlap(),
      startTimeout: Duration.minutes(8),
      release: level,
      tasks: [Task.once(["/bin/sh", "-c", looks(host)])],
      healthCheck: HealthCheck.command(
        ["/bin/sh", "-c", `${looks(host)} && curl -sf http://127.0.0.1:9292/`],
        { timeout: Duration.seconds(60), settle: Duration.seconds(1) },
      ),
    }));

const crawled = async (host: FleetHost): Promise<Crawl> =>
  crawl({ origin: originOf(host), from: ["/"], headers: await appOf(host).session(host) });

const rows: (string | number)[][] = [];
/** What a crawl without hardening found, by the host's name. */
let open: Record<string, Crawl>;

/** A row of each host, and what a level's pages differ in. */
async function judge(level: string): Promise<Record<string, [differs: string[], exposure: number]>> {
  return onEach(at.hosts, async (host) => {
    const before = open[host.name] as Crawl;
    const differs = differences(before, await crawled(host));
    const exposure = await exposureOf(host, "app.service");
    rows.push([host.release, appOf(host).name, level, exposure, before.size, before.size - differs.length]);
    return [differs, exposure];
  });
}

afterAll(() => {
  const order = (row: (string | number)[]): number => CHOSEN.indexOf(row[0] as Release);
  for (const row of rows.sort((a, b) => order(a) - order(b)))
    appendFileSync(process.env.EVIDENCE ?? "/dev/stderr", `| ${row.join(" | ")} |\n`);
});

test("two crawls without hardening find the same", async () => {
  await at.workspace.apply(declared(Hardening.NONE, "NONE", () => "true"));
  // The first shows Redmine what its user visits, and that is on its pages from then on.
  await onEach(at.hosts, crawled);
  open = await onEach(at.hosts, crawled);
  for (const [differs] of Object.values(await judge("NONE"))) expect(differs).toEqual([]);
  for (const { size } of Object.values(open)) expect(size).toBeGreaterThan(20);
}, 3_600_000);

test.each(Object.entries(LEVELS))(
  "%s answers every page as none does",
  async (level, { hardening, most }) => {
    await at.workspace.apply(declared(hardening, level, looksAround(level !== "BASELINE")));
    for (const [differs, exposure] of Object.values(await judge(level)))
      expect([differs, exposure <= most]).toEqual([[], true]);
  },
  3_600_000,
);

test("Mastodon's own unit is beside them", async () => {
  const exposures = await onEach(at.hosts, exposureOfMastodon);
  for (const { name, release } of at.hosts)
    rows.push([release, "", "`mastodon-web.service`", exposures[name] ?? "", "", ""]);
  expect(Object.values(exposures).every((exposure) => exposure > 1)).toBe(true);
});
