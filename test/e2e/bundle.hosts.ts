import { Bind, type PumaServiceProps } from "../../lib";
import { Bundle } from "../../lib/deploy/bundle";
import { runScript } from "../../lib/deploy/run-script";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { type Effect, type InstalledFile } from "../../lib/deploy/managed-file";
import { Service } from "../../lib/puma/service";
import { serviceUnit } from "../../lib/puma/service-unit";
import { PropPath } from "../../lib/values/prop-path";
import { APP, get, invocation, PUMA, says } from "./hosts";
import { setUpHosts } from "./set-up";

const CONFIG = "/etc/app/puma.rb";
const SERVICE = "web.service";

/** What a run leaves on the host: its files, and what runs. */
const FINGERPRINT = `
  find /etc/systemd /var/lib/cdktf-puma /run/cdktf-puma /run/systemd/system ${CONFIG} -type f -exec sha256sum {} + 2>/dev/null | sort
  systemctl show -p InvocationID -p ActiveState -p UnitFileState web.service`;

/** A bundle as it is sent without an engine: to a host that boots, or for a dry run. */
describe("a bundle in the form of a script", () => {
  const at = setUpHosts([{ name: "a", release: "trixie" }]);

  const bundle = (props: Partial<PumaServiceProps>, files: readonly InstalledFile[]): string => {
    const all = {
      ...APP,
      pumaVersion: PUMA.trixie,
      configFile: CONFIG,
      ...props,
    };
    const service = Service.resolve(PropPath.of("PumaService", "web"), { name: "web", stack: "blog" }, all, {
      binds: [Bind.tcp(9292)],
    });
    const strategy = DeployStrategy.resolve(service, all);
    const units = new Map([[SERVICE, serviceUnit(service)]]);
    return Bundle.of(service, strategy, units, "blog").with(files).toShell();
  };

  const config = (content: string, effect: Effect = "restart"): InstalledFile => ({
    path: CONFIG,
    mode: "640",
    owner: "root:deploy",
    content,
    effect,
  });

  const run = async (script: string, action: string): Promise<{ code: number; told: string }> => {
    const host = at.hosts[0];
    if (!host) throw new Error("there is no host");
    const { code, stdout } = await host.exec(`sh -s -- a 192.0.2.1 ${action} me web web blog`, {
      input: script,
      allowFailure: true,
    });
    return { code, told: stdout };
  };

  const ask = (script: string): Promise<string> => says(at.hosts[0] as (typeof at.hosts)[0], script);

  const FIRST = "environment 'production'\n";

  test("says in a dry run what it would do, and changes nothing", async () => {
    const before = await ask(FINGERPRINT);
    const { code, told } = await run(bundle({}, [config(FIRST)]), "plan");
    expect([code, told.split("\n")]).toEqual([
      0,
      expect.arrayContaining([
        "puma.rb: would be installed",
        "web.service would be started: web.service is new",
      ]),
    ]);
    expect(await ask(FINGERPRINT)).toBe(before);
  });

  test("takes over what stands in a file's place where that is asked for, and keeps a copy", async () => {
    await ask(`echo '# of before' >${CONFIG}`);
    const refused = await run(bundle({}, [config(FIRST)]), "apply");
    expect([refused.code, refused.told]).toEqual([
      1,
      expect.stringContaining("was not written by this service"),
    ]);
    expect(await ask(`cat ${CONFIG}`)).toBe("# of before");
    expect((await run(bundle({ takeOver: true }, [config(FIRST)]), "apply")).code).toBe(0);
    expect(await ask(`stat -c '%a %U:%G' ${CONFIG}; cat ${CONFIG}`)).toBe(`640 root:deploy\n${FIRST.trim()}`);
    expect(await ask("ls /var/backups/cdktf-puma")).toBe("puma.rb");
  });

  test("restarts for a file whose effect that is, and goes back with it where Puma does not boot", async () => {
    const host = at.hosts[0] as (typeof at.hosts)[0];
    const edited = await run(bundle({}, [config(`${FIRST}threads 1, 2\n`)]), "apply");
    expect(edited.told).toContain(`restarting ${SERVICE}: ${CONFIG} changed`);
    const good = await ask(`cat ${CONFIG}`);
    const bad = await run(bundle({}, [config("workers 2\nbefore_fork { exit! 1 }\n")]), "apply");
    expect([bad.code, bad.told]).toEqual([1, expect.stringContaining("web is back to what it was")]);
    expect(await ask(`cat ${CONFIG}`)).toBe(good);
    expect(await get(host, "http://127.0.0.1:9292/")).toContain("hello");
  });

  test("restarts for none whose effect is a reload, finds what somebody edited, and has nothing to do then", async () => {
    const host = at.hosts[0] as (typeof at.hosts)[0];
    const runs = await invocation(host, SERVICE);
    const files = [config(`${FIRST}threads 1, 3\n`, "reload")];
    expect((await run(bundle({}, files), "apply")).code).toBe(0);
    await ask(`echo '# by hand' >>${CONFIG}`);
    expect((await run(bundle({}, files), "apply")).told).toContain("puma.rb: was edited on the host; a copy");
    expect((await run(bundle({}, files), "apply")).told).toContain("nothing to do");
    expect(await invocation(host, SERVICE)).toBe(runs);
  });

  test("retires a file that is no longer wanted, and in a removal all of them", async () => {
    const other = { ...config("1\n", "reload"), path: "/etc/app/other" };
    expect((await run(bundle({}, [config(FIRST), other]), "apply")).code).toBe(0);
    const told = (await run(bundle({}, [config(FIRST)]), "apply")).told;
    expect(told).toContain("/etc/app/other: no longer wanted");
    expect(await ask(`ls ${CONFIG} /etc/app/other 2>/dev/null`)).toBe(CONFIG);
    expect((await run(runScript(), "remove")).code).toBe(0);
    expect(await ask(`ls -d ${CONFIG} /var/lib/cdktf-puma /etc/systemd/system/${SERVICE} 2>/dev/null`)).toBe(
      "",
    );
  });
});
