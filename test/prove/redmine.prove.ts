/**
 * An application that nobody here wrote: Debian's Redmine, declared by props alone, upgraded by its package ten times while users load its
 * pages. test/prove/redmine-host.ts says what it needs.
 */
import { appendFileSync } from "node:fs";
import {
  Bind,
  Duration,
  EphemeralVariable,
  HealthCheck,
  type PumaServiceProps,
  PumaSocket,
  Restart,
  Secrets,
  Task,
} from "../../lib";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost, type Release } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { answered, lost, notOk, type Report } from "../../lab/load/report";
import { documented } from "../documented";
import { all, everywhere, get, invocation, onEach, says } from "../e2e/hosts";
import { leaksIn } from "../e2e/leaks";
import { setUpHosts } from "../e2e/set-up";
import { CHOSEN } from "./chosen";
import { buildPackage, copyPackage, installPackage, migration } from "./redmine-deb";
import { fillRedmine, makeDatabase, REDMINE_SECRETS, redmineHost, redmineOn } from "./redmine-host";

const UPGRADES = 10;
const PAGES = ["/login", "/projects", "/issues/1"];
const VISITORS = { fresh: 2, freshPause: 1500, keepAlive: 1, pause: 1500, seconds: 7200 };
const ON = (["trixie", "forky"] as const).filter((release: Release) => CHOSEN.includes(release));

const BREAK_LOGIN =
  "sed -i 's/^  def login$/  def login; raise %(broken)/' /root/redmine/usr/share/redmine/app/controllers/account_controller.rb";

/** Upgrades that an administrator would rather not have: each is `UPGRADES` and its place here. */
const BAD = [
  {
    what: "an upgrade whose migration fails half-way",
    edit: migration(UPGRADES + 1, "create_table(:half); raise %(no more)"),
    reason: "the task .* failed with exit status 1",
  },
  {
    what: "an upgrade that does not boot",
    edit: "echo 'raise %(does not boot)' >>/root/redmine/usr/share/redmine/config/application.rb",
    reason: "the task .* failed with exit status 1",
  },
  {
    what: "an upgrade whose login page is broken",
    edit: BREAK_LOGIN,
    reason: "the health check did not pass: .*HTTP 500.*in a rehearsal",
  },
];

const at = setUpHosts(
  ON.map((release) => redmineHost(release)),
  {
    prepare: async ({ hosts, workspace }) => {
      await onEach(hosts, makeDatabase);
      const { DATABASE_URL, SECRET_KEY_BASE } = REDMINE_SECRETS;
      const variables = { TF_VAR_database_url: DATABASE_URL, TF_VAR_secret_key_base: SECRET_KEY_BASE };
      Object.assign(workspace.engine.env, variables);
    },
  },
);

const declared =
  (version: string, own: Partial<PumaServiceProps> = {}): Build =>
  (stack) => {
    const [url, keyBase] = ["database_url", "secret_key_base"].map(
      (name) => new EphemeralVariable(stack, name).stringValue,
    ) as [string, string];
    everywhere(stack, at.hosts, "redmine", (host) => ({
      ...redmineOn(host),
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      workers: 2,
      threads: { min: 3, max: 3 },
      secrets: Secrets.environment({ DATABASE_URL: url, SECRET_KEY_BASE: keyBase }, { version: "1" }),
      tasks: [Task.once(["/usr/bin/bundle", "exec", "rake", "db:migrate", "redmine:plugins:migrate"])],
      restart: Restart.overlap(),
      startTimeout: Duration.minutes(5),
      healthCheck: HealthCheck.http("/login", { timeout: Duration.seconds(20), settle: Duration.seconds(1) }),
      release: version,
      ...own,
    }));
  };

/** The build that answers, with the issue that is asked for. */
const served = async (host: FleetHost): Promise<string> => {
  const page = await get(host, "http://127.0.0.1:9292/issues/1");
  const [, build] = />Redmine( build \d+)?</.exec(page) ?? [];
  return page.includes("The planks creak") ? (build ?? " package").slice(1) : page;
};

/** What may not change: which Puma runs, what it serves, and the tables. */
const state = async (host: FleetHost): Promise<string[]> => [
  await invocation(host, "redmine.service"),
  await served(host),
  await says(
    host,
    `runuser -u postgres -- psql -At redmine -c 'SELECT count(*) FROM schema_migrations' -c '\\dt'`,
  ),
];

const install = (number: number): Promise<unknown> =>
  onEach(at.hosts, (host) => installPackage(host, number));

const sum = (reports: readonly Report[], of: (report: Report) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

/** What users saw of a host, for the table of the evidence; how many pages did not load. */
function tell(release: Release, what: string, reports: readonly Report[]): number {
  const reset = sum(reports, (report) => report.resetReused);
  const failed = sum(reports, (report) => report.refused + notOk(report) + lost(report)) - reset;
  const longest = Math.max(...reports.map((report) => report.longest));
  const row = [release, what, sum(reports, answered), failed, reset, `${longest} ms`];
  appendFileSync(process.env.EVIDENCE ?? "/dev/stderr", `| ${row.join(" | ")} |\n`);
  return failed;
}

/** Loads pages of each host while something is done. */
async function under(what: string, work: () => Promise<unknown>): Promise<void> {
  const visit = ({ address }: FleetHost): Promise<Load[]> =>
    Promise.all(PAGES.map((path) => Load.start({ address, path, ...VISITORS })));
  const loads = await onEach(at.hosts, visit);
  const seen = (host: FleetHost): Promise<Report[]> =>
    Promise.all((loads[host.name] as Load[]).map((load) => load.stop()));
  await work().finally(() => onEach(at.hosts, seen));
  for (const host of at.hosts) {
    const reports = await seen(host);
    expect([tell(host.release, what, reports), reports]).toEqual([0, reports]);
    expect(sum(reports, answered)).toBeGreaterThan(20);
  }
}

test("the first apply makes the tables by a task, and serves; what is secret is in no file of the engine", async () => {
  const output = await at.workspace.apply(declared("package"));
  expect(output).toContain("running the task /usr/bin/bundle exec rake db:migrate");
  await onEach(at.hosts, fillRedmine);
  expect(await onEach(at.hosts, served)).toEqual(all(at.hosts, "package"));
  const secrets = Object.values(REDMINE_SECRETS).map((value) => Buffer.from(value));
  expect(await leaksIn(at.workspace.folder, secrets)).toEqual([]);
}, 900_000);

test("ten upgrades of the package under load, five of them with a migration, lose no page", async () => {
  await onEach(at.hosts, copyPackage);
  await under(`${UPGRADES} upgrades`, async () => {
    for (let number = 1; number <= UPGRADES; number++) {
      const edit = number % 2 === 0 ? migration(number, `create_table(:build${number})`) : undefined;
      await onEach(at.hosts, (host) => buildPackage(host, number, edit));
      await install(number);
      await at.workspace.apply(declared(`build ${number}`));
      expect(await onEach(at.hosts, served)).toEqual(all(at.hosts, `build ${number}`));
    }
  });
  for (const [, , tables] of Object.values(await onEach(at.hosts, state)))
    expect(tables).toContain(`|build${UPGRADES}|`);
}, 7_200_000);

test.each(BAD)(
  "$what changes nothing, and nor does the way back",
  async ({ what, edit, reason }) => {
    const number = UPGRADES + 1 + BAD.findIndex((one) => one.what === what);
    const before = await onEach(at.hosts, state);
    await onEach(at.hosts, (host) => buildPackage(host, number, edit, true));
    await under(what, async () => {
      await install(number);
      const output = await at.workspace.applyInVain(declared(`build ${number}`));
      for (const { name } of at.hosts) expect(output).toMatch(new RegExp(`FAILED on ${name}: ${reason}`));
      expect(await onEach(at.hosts, state)).toEqual(before);
    });
    await under(`${what}: its package is taken back`, async () => {
      await install(UPGRADES);
      await at.workspace.apply(declared(`build ${UPGRADES}`));
      expect(await onEach(at.hosts, state)).toEqual(before);
    });
  },
  1_800_000,
);

test("the build of before comes back by its package", async () => {
  await under("back to the build before", async () => {
    await install(UPGRADES - 1);
    await at.workspace.apply(declared(`build ${UPGRADES - 1}`));
    expect(await onEach(at.hosts, served)).toEqual(all(at.hosts, `build ${UPGRADES - 1}`));
  });
}, 1_800_000);

const PLACE = documented("docs/redmine.md", "What a package overwrites");
const NEW_VIEW = `echo 'new words' >>/root/redmine/usr/share/redmine/app/views/welcome/robots.text.erb`;

describe("where each version has a folder of its own", () => {
  const own = { workingDirectory: "/usr/share/redmine-current" };
  const [broken, good] = [UPGRADES + 10, UPGRADES + 11];
  const upgrade = async (number: number, edit: string): Promise<void> => {
    await onEach(at.hosts, async (host) => {
      await buildPackage(host, number, edit, true);
      await installPackage(host, number);
      await host.exec(PLACE);
    });
  };
  const robots = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9292/robots.txt");

  test("what runs keeps its views through a bad upgrade, and a rollback brings back the code", async () => {
    await onEach(at.hosts, async (host) => {
      await copyPackage(host);
      await host.exec(PLACE);
    });
    await at.workspace.apply(declared("own", own));
    const before = await onEach(at.hosts, state);
    await under("a broken login page, in a folder of its own", async () => {
      await upgrade(broken, `${BREAK_LOGIN} && ${NEW_VIEW}`);
      await at.workspace.applyInVain(declared(`build ${broken}`, own));
      expect(await onEach(at.hosts, state)).toEqual(before);
      for (const text of Object.values(await onEach(at.hosts, robots))) {
        expect(text).toContain("Disallow: ");
        expect(text).not.toContain("new words");
      }
    });
    await under("a rollback to the folder of before", async () => {
      await upgrade(good, NEW_VIEW);
      await at.workspace.apply(declared(`build ${good}`, own));
      expect(await onEach(at.hosts, served)).toEqual(all(at.hosts, `build ${good}`));
      await onEach(at.hosts, (host) => host.exec("cdktf-puma rollback redmine"));
      const now = await onEach(at.hosts, served);
      expect(now).toEqual(
        Object.fromEntries(Object.entries(before).map(([name, [, build]]) => [name, build])),
      );
    });
  }, 1_800_000);
});
