/** A fleet that an older version of this library installed is taken over in one apply, which closes each socket once. */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import * as library from "../../lib";
import { changesOf, outputOf } from "../../lab/engine/output";
import type { Build } from "../../lab/engine/workspace";
import { type FleetHost, RELEASES } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { answered, lost, notOk, type Report } from "../../lab/load/report";
import {
  all,
  eventually,
  get,
  invocation,
  logins,
  oneOfEach,
  onEach,
  PUMA,
  says,
  traces,
} from "../e2e/hosts";
import { setUpHosts, type TestHosts } from "../e2e/set-up";

type Library = typeof library;

/** The last commit before hosts were told by settings with a prefix. */
const OLD = "6c955e8";
const ROOT = join(__dirname, "../..");

/** The old library, out of the repository's history, in a folder from which it finds the packages that it imports. */
function oldLibrary(): { old: Library; folder: string } {
  mkdirSync(join(ROOT, "cdktf.out"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "cdktf.out", `library-${OLD}-`));
  const archive = execFileSync("git", ["archive", OLD, "lib"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "ignore"],
  });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- there is nothing to import before now
  return { old: require(join(folder, "lib")) as Library, folder };
}

function checkHistory(): void {
  try {
    execFileSync("git", ["cat-file", "-e", `${OLD}^{commit}`], { cwd: ROOT, stdio: "ignore" });
  } catch {
    throw new Error(
      `this test takes commit ${OLD} out of the history, which is not there: git fetch --unshallow`,
    );
  }
}

/** What a service is to say, beside what all of them say. */
type Edit = (host: FleetHost, service: string) => Record<string, string>;

const SERVICES = [
  { name: "web", port: 9292 },
  { name: "shop", port: 9293 },
] as const;

/** Before Puma 5 nothing overlaps. */
const overlaps = ({ release }: FleetHost, service: string): boolean =>
  service === "shop" && release !== "bullseye";

/** How a service changes, in the words of a library: the old one has others. */
function changing({ Duration, HealthCheck, Restart }: Library, overlaps: boolean): object {
  const settle = Duration.seconds(1);
  if (Restart === undefined) return { onChange: overlaps ? "overlap" : "hot", settle };
  return {
    restart: overlaps ? Restart.overlap() : Restart.hot(),
    healthCheck: HealthCheck.answers({ settle }),
  };
}

/** A service that is restarted hot and one that overlaps on each host, as a program says it to either library. */
function services(at: TestHosts, library: Library, edit: Edit): Build {
  const { Bind, Host, PumaService, PumaSocket, SshKey } = library;
  return (stack: TerraformStack) => {
    for (const host of at.hosts) {
      const { name, release, address, user, keyFile, hostKey } = host;
      const target = new Host(name, { address, user, key: SshKey.file(keyFile), hostKey });
      for (const service of SERVICES) {
        const socket = new PumaSocket(stack, `${service.name}-socket-${name}`, {
          binds: [Bind.tcp(service.port)],
        });
        new PumaService(stack, `${service.name}-${name}`, {
          name: service.name,
          hosts: [target],
          socket,
          pumaVersion: PUMA[release],
          user: "deploy",
          workingDirectory: "/srv/app/current",
          environment: edit(host, service.name),
          ...changing(library, overlaps(host, service.name)),
        });
      }
    }
  };
}

const FAILED = "bookworm";
const BY_HAND = "trixie";

const version =
  (EDITED: string): Edit =>
  () => ({ EDITED });
const badOnOne: Edit = ({ name }, service) => ({
  EDITED: "1",
  ...(name === FAILED && service === "web" && { BAD: "1" }),
});

const onBoth = async (work: (name: string, port: number) => Promise<string>): Promise<string> =>
  (await Promise.all(SERVICES.map(({ name, port }) => work(name, port)))).join(" ");

const served = (host: FleetHost): Promise<string> =>
  onBoth((_, port) => get(host, `http://127.0.0.1:${port}/env?EDITED`));

const sockets = (host: FleetHost): Promise<string> => onBoth((name) => invocation(host, `${name}.socket`));

const records = (host: FleetHost): Promise<string> =>
  onBoth((name) => says(host, `sed -n 1p /var/lib/cdktf-puma/${name}/record`));

/** What the new line of a socket cost, for docs/evidence.md. */
function tell({ release }: FleetHost, report: Report): void {
  const { refused, longest } = report;
  const ok = answered(report) - notOk(report);
  const line = `| ${[PUMA[release], ok, refused, lost(report), `${longest} ms`].join(" | ")} |`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `${line}\n`);
  else process.stderr.write(`${line}\n`);
}

let old: Library;
let folder: string | undefined;

beforeAll(() => {
  checkHistory();
  ({ old, folder } = oldLibrary());
});

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

describe(`a fleet of ${OLD}`, () => {
  const at = setUpHosts(oneOfEach(RELEASES), {
    prepare: async ({ hosts }) => {
      // A version that does not boot: Puma looks for this file of its own accord.
      const config = `raise "a bad version" if ENV.key?("BAD")\n`;
      await onEach(hosts, (host) => host.write("/srv/app/current/config/puma.rb", config));
    },
  });

  test("is installed by that library", async () => {
    await at.workspace.apply(services(at, old, version("1")));
    expect(await onEach(at.hosts, served)).toEqual(all(at.hosts, "1 1"));
    expect(Object.values(await onEach(at.hosts, records)).join()).not.toContain("format=");
  }, 300_000);

  test("has a failed run behind it", async () => {
    const said = await at.workspace.applyInVain(services(at, old, badOnOne));
    expect(outputOf(said, `null_resource.puma_web_on_${FAILED}`)).toMatch(
      /^FAILED on .*[^]*back to what it was/m,
    );
    await at.workspace.apply(services(at, old, version("1")));
  }, 300_000);

  test("has a unit that somebody has edited", async () => {
    const host = at.fleet.host(BY_HAND);
    await host.exec(
      "echo 'Environment=BY_HAND=1' >>/etc/systemd/system/web.service; systemctl daemon-reload",
    );
    expect(await says(host, "tail -n 1 /etc/systemd/system/web.service")).toBe("Environment=BY_HAND=1");
  }, 60_000);

  test("is taken over in one apply: each socket is closed and opened once, and users notice no more than that", async () => {
    const before = await onEach(at.hosts, sockets);
    const start = ({ address }: FleetHost): Promise<Load> =>
      Load.start({ address, fresh: 16, keepAlive: 0, freshPause: 25 });
    const loads = await Promise.all(at.hosts.map(start));
    const said = await at.workspace
      .apply(services(at, library, version("1")))
      .finally(() => Promise.all(loads.map((load) => load.stop())));
    const reports = await Promise.all(loads.map((load) => load.stop()));
    expect(await onEach(at.hosts, served)).toEqual(all(at.hosts, "1 1"));
    for (const [i, host] of at.hosts.entries()) {
      expect(
        await onBoth((name) => says(host, `grep -c ^DeferAcceptSec=1 /etc/systemd/system/${name}.socket`)),
      ).toBe("1 1");
      expect((await sockets(host)) === before[host.name]).toBe(false);
      const run = outputOf(said, `null_resource.puma_web_on_${host.name}`);
      expect(run.match(/^restarting .*/gm)).toEqual([
        expect.stringMatching(/^restarting web.socket web.service: .*DeferAcceptSec/),
      ]);
      tell(host, reports[i] as Report);
    }
  }, 300_000);

  test("has nothing more to do then", async () => {
    const before = await onEach(at.hosts, logins);
    const changes = changesOf(await at.workspace.plan(services(at, library, version("1"))));
    // How the old one removed has another form: its removals leave the state, and nobody logs in.
    expect(changes.filter(({ address }) => !address.startsWith("terraform_data."))).toEqual([]);
    await at.workspace.apply(services(at, library, version("1")));
    expect(await onEach(at.hosts, logins)).toEqual(before);
    expect(await at.workspace.apply(services(at, library, version("1")))).toContain("No changes.");
  }, 120_000);

  test("takes an edit, in the way that each service was told, its sockets open", async () => {
    const before = await onEach(at.hosts, sockets);
    const said = await at.workspace.apply(services(at, library, version("2")));
    expect(await onEach(at.hosts, served)).toEqual(all(at.hosts, "2 2"));
    expect(await onEach(at.hosts, sockets)).toEqual(before);
    for (const host of at.hosts) {
      for (const { name } of SERVICES) {
        const run = outputOf(said, `null_resource.puma_${name}_on_${host.name}`);
        expect(run).toContain(`${name}.service changed: Environment`);
        expect(run.includes("stands in")).toBe(overlaps(host, name));
      }
    }
  }, 300_000);

  test("has records of the new form then, and a copy of what was edited", async () => {
    expect(await onEach(at.hosts, records)).toEqual(all(at.hosts, "format=1 format=1"));
    const copies = await onEach(at.hosts, (host) => says(host, "grep -l BY_HAND /var/backups/cdktf-puma/*"));
    expect(copies).toEqual({ ...all(at.hosts, ""), [BY_HAND]: "/var/backups/cdktf-puma/web.service" });
  }, 60_000);

  test("has nothing more to do", async () => {
    expect(await at.workspace.apply(services(at, library, version("2")))).toContain("No changes.");
  }, 60_000);

  test("is removed by this library", async () => {
    await at.workspace.destroy();
    const left = (host: FleetHost): Promise<string[]> => traces(host, ["web", "shop"], [9292, 9293]);
    await onEach(at.hosts, (host) => host.exec("rm -rf /var/backups/cdktf-puma"));
    const units = Object.values(await onEach(at.hosts, left)).map((lines) =>
      lines.filter((line) => !/\.ssh\//.test(line)),
    );
    expect(units).toEqual(at.hosts.map(() => []));
  }, 120_000);
});

describe(`a host on which a run of ${OLD} was cut off`, () => {
  const at = setUpHosts(oneOfEach(["trixie"]));

  test("is left in the middle of it", async () => {
    const host = at.fleet.host("trixie");
    await at.workspace.apply(services(at, old, version("1")));
    const slow: Edit = () => ({ EDITED: "2", BOOT_SECONDS: "5" });
    const apply = at.workspace.applyInVain(services(at, old, slow));
    const touched = async (): Promise<boolean> =>
      (await says(host, "cat /var/lib/cdktf-puma/web/before/touched")) === "service";
    await eventually("the restart", touched, 60);
    await host.exec("systemctl kill --signal=KILL cdktf-puma-web.service");
    await apply;
    expect(await says(host, "ls /var/lib/cdktf-puma/web/before/files")).toBe("web.service\nweb.socket");
  }, 300_000);

  test("is taken on from there", async () => {
    const host = at.fleet.host("trixie");
    await at.workspace.apply(services(at, library, version("3")));
    expect([await served(host), await records(host)]).toEqual(["3 3", "format=1 format=1"]);
    expect(await says(host, "ls -d /var/lib/cdktf-puma/*/before*")).toBe("");
  }, 120_000);
});
