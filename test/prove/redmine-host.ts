/**
 * Hosts with an application that nobody here wrote: Debian's Redmine (Rails) and PostgreSQL, as their packages come.
 *
 *     const at = setUpHosts([redmineHost("trixie")], { prepare: ({ hosts }) => onEach(hosts, installRedmine) });
 *
 * On Debian 12 to 14 (Redmine 5.0, 6.0 and 6.1). Debian 11 has no package of it: there the lab's own application, in `/srv/app/current`, is what
 * there is, with Puma 4.3.
 *
 * What a service has to say of Debian's package is {@link REDMINE}, and why:
 *
 * - The Gemfile asks for the database's gem by the `adapter:` of /etc/redmine/default/database.yml, and not by DATABASE_URL: that file has
 *   to be there, and the rest of it may be a secret.
 * - `Gemfile.lock` is a link to /var/lib/redmine, and Bundler writes it anew at the first start after a change of adapter or gems, also as
 *   `apt` upgrades something: a sandbox has to leave that file writable, or the first start has to be before it.
 * - `REDMINE_INSTANCE` is what makes it log, cache and keep files where its package lets www-data write, below /var: without it
 *   it wants /usr/share/redmine. `SCHEMA=/dev/null` keeps a migration from writing db/schema.rb there.
 * - Puma is in the Gemfile of Redmine 6, so `bundle exec` finds it; in that of 5.0 it is not, so there Puma is Debian's own command.
 * - www-data has no home: Bundler says so at each start, and takes a folder in /tmp.
 */
import { PumaCommand, type PumaServiceProps } from "../../lib";
import { type FleetHost, type HostSpec, type Release } from "../../lab/fleet/fleet";
import { PUMA } from "../e2e/hosts";

/** The releases that have it. */
export type RedmineRelease = Exclude<Release, "bullseye">;

/** A host that has the packages. PostgreSQL runs once it has booted; there is no database yet. */
export function redmineHost(release: RedmineRelease, name: string = release): HostSpec {
  // Without dbconfig, nobody asks for a database as the package is installed.
  return { name, release, packages: ["dbconfig-no-thanks", "redmine", "redmine-pgsql", "postgresql"] };
}

const PASSWORD = "correct horse battery staple";

/** What is secret of it: to be variables of the process. */
export const REDMINE_SECRETS = {
  DATABASE_URL: `postgresql://redmine:${encodeURIComponent(PASSWORD)}@127.0.0.1/redmine`,
  SECRET_KEY_BASE: "0123456789abcdef".repeat(8),
} as const;

const ENVIRONMENT = { RAILS_ENV: "production", REDMINE_INSTANCE: "default", SCHEMA: "/dev/null" } as const;

/** What each service of it says. It serves `/login`, `/projects` and `/issues/1`, among others. */
export function redmineOn({ release }: FleetHost): Partial<PumaServiceProps> & { workingDirectory: string } {
  return {
    user: "www-data",
    workingDirectory: "/usr/share/redmine",
    command: release === "bookworm" ? PumaCommand.executable("/usr/bin/puma") : PumaCommand.bundler(),
    configFile: false,
    pumaVersion: PUMA[release],
    environment: { ...ENVIRONMENT },
    // Loaded once for all workers, whose own time to boot is limited.
    args: ["--preload"],
  };
}

/** Makes an empty database and says where it is; what is secret of that comes by the service. */
export async function makeDatabase(host: FleetHost): Promise<void> {
  const sql = `CREATE ROLE redmine LOGIN PASSWORD '${PASSWORD}';\nCREATE DATABASE redmine OWNER redmine;\n`;
  await host.exec(
    "until pg_isready --quiet; do sleep 0.2; done; runuser -u postgres -- psql -v ON_ERROR_STOP=1",
    {
      input: sql,
    },
  );
  await host.write("/etc/redmine/default/database.yml", "production:\n  adapter: postgresql\n");
}

/** A project and an issue in it that anybody may read, `/issues/1`. */
const DATA = `
Redmine::DefaultData::Loader.load("en")
project = Project.create!(name: "Bridge", identifier: "bridge", trackers: Tracker.all.to_a)
Issue.create!(project: project, tracker: project.trackers.first, author: User.find_by_login("admin"),
  priority: IssuePriority.first, subject: "The planks creak", description: "h1. Under load\\n\\n* one\\n* two")
`;

/** A command of the application's own, as its user. */
export function inRedmine(command: string): string {
  const environment = Object.entries({ ...ENVIRONMENT, ...REDMINE_SECRETS, HOME: "/tmp" });
  const variables = environment.map(([name, value]) => `${name}='${value}'`).join(" ");
  return `cd /usr/share/redmine && runuser -u www-data -- env ${variables} bundle exec ${command}`;
}

/** Fills a database that has been migrated. */
export async function fillRedmine(host: FleetHost): Promise<void> {
  await host.write("/tmp/data.rb", DATA);
  await host.exec(inRedmine("rails runner /tmp/data.rb"));
}

/** All of it: the database, its tables and what is in them. */
export async function installRedmine(host: FleetHost): Promise<void> {
  await makeDatabase(host);
  await host.exec(inRedmine("rake db:migrate"));
  await fillRedmine(host);
}
