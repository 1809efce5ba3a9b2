/** Rollbacks that somebody asks for on the host: under load, with faults in their middle, two at once, beside an apply. */
import { appendFileSync } from "node:fs";
import { type Release, RELEASES } from "../../lab/fleet/fleet";
import { notOk } from "../../lab/load/report";
import { eventually, says } from "../e2e/hosts";
import {
  clearBreakpoint,
  HOLD,
  installBreakpoints,
  KILL,
  resume,
  setBreakpoint,
  waitForBreakpoint,
} from "../faults/breakpoint";
import { type DeployedService, expectTidy, figures, type Mode, serves } from "../faults/deployed-service";
import { lostForNoReason } from "../faults/lost";
import { setUpServices } from "../faults/set-up";

const ROWS: readonly (readonly [Release, Mode])[] = RELEASES.map((release) => [
  release,
  release === "bullseye" ? "hot" : "overlap",
]);

/** Whether programs are in /usr/bin, where a breakpoint looks for them. */
const canBeCut = (release: Release): boolean => release !== "bullseye";

const STATE = "/var/lib/cdktf-puma/web";

/** What is seen, for the table of the evidence. */
function tell(row: readonly string[]): void {
  const line = `| ${row.join(" | ")} |\n`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, line);
  else process.stderr.write(line);
}

describe.each(ROWS)("on %s (%s)", (release, mode) => {
  let web: DeployedService;
  setUpServices([release], {
    mode,
    prepare: async (service) => {
      web = service;
      await web.host.exec("cd /srv/app/releases && for n in 2 3; do cp -a 1 $n; done");
      if (canBeCut(release)) await installBreakpoints(web.host);
    },
  });

  /** What somebody types on the host, what it prints, and its exit code in the last line. */
  const asked = (word: string): Promise<string> => says(web.host, `cdktf-puma ${word} web 2>&1; echo $?`);

  /** The units by the version that they make the application say, and the code by the release that it stands in. */
  const whole = async (): Promise<string> => {
    const pid = "$(systemctl show --property=MainPID --value web.service)";
    const code = await says(web.host, `basename "$(readlink /proc/${pid}/cwd)"`);
    return `units ${await serves(web)}, code ${code}`;
  };

  /** Version 1 and 2 are healthy, each by its units and its code, and 2 runs. */
  let turn = 0;
  async function twoVersions(): Promise<void> {
    turn += 1;
    await clearBreakpoint(web.host);
    for (const VERSION of ["1", "2"]) {
      await web.host.exec(`ln -sfn releases/${VERSION} /srv/app/current`);
      const { failed, text } = await web.apply({
        environment: { VERSION },
        props: { release: `${VERSION}.${turn}` },
      });
      if (failed) throw new Error(text);
    }
    expect(await whole()).toBe("units 2, code 2");
  }
  beforeEach(twoVersions, 240_000);

  test("units and code come back under load, and no new connection is lost", async () => {
    await web.host.exec("rm /srv/app/current");
    const load = await web.load();
    expect(await asked("rollback")).toMatch(/\ndone: web.socket web.service\n0$/);
    const report = await load.stop();
    const seen = figures(report);
    tell([
      release,
      mode,
      "a rollback, the link gone",
      await whole(),
      String(report.refused),
      `${report.longest} ms`,
    ]);
    expect([await whole(), report.refused, notOk(report), seen]).toEqual(["units 1, code 1", 0, 0, seen]);
    expect([lostForNoReason(release, report), seen]).toEqual([0, seen]);
    expect(await asked("rollback")).not.toMatch(/\n0$/);
    expect(await asked("restart")).toMatch(/\n0$/);
    expect(await whole()).toBe("units 1, code 1");
    await web.host.exec("ln -sfn releases/3 /srv/app/current");
    expect(await asked("restart")).toMatch(/\n0$/);
    expect(await whole()).toBe("units 1, code 3");
    await expectTidy(web.host);
  }, 240_000);

  test("code that does not boot any more is refused, and the one that ran serves", async () => {
    await web.host.exec(
      "cd /srv/app/releases/1 && cp config.ru /root/ && echo 'raise %q(no more)' >config.ru",
    );
    const load = await web.load();
    const said = await asked("rollback");
    const report = await load.stop();
    await web.host.exec("cp /root/config.ru /srv/app/releases/1/config.ru");
    expect(said).toMatch(/no more[^]*\n {2}(nothing was changed|web is back to what it was)\n[^]*\n1$/);
    tell([
      release,
      mode,
      "one to code that does not boot",
      await whole(),
      String(report.refused),
      `${report.longest} ms`,
    ]);
    expect([await whole(), report.refused]).toEqual(["units 2, code 2", 0]);
    await expectTidy(web.host);
  }, 240_000);

  const STEPS = ["web.service: installing", "reloading systemd", "restarting", "keeping what is there now"];
  const FAULTS = ["kill -9", "power cut"] as const;
  const CUTS = STEPS.flatMap((step) => FAULTS.map((fault) => [fault, step] as const));

  async function cut(word: string, step: string, fault: (typeof FAULTS)[number]): Promise<void> {
    await setBreakpoint(web.host, step, fault === "kill -9" ? KILL : HOLD);
    const run = asked(word);
    await waitForBreakpoint(web.host);
    if (fault === "power cut") {
      await web.host.powerCut();
      await web.host.boot();
    }
    await run.catch(() => "");
    await web.waitForRunToEnd();
    await clearBreakpoint(web.host);
  }

  (canBeCut(release) ? test : test.skip).each(CUTS)(
    "a rollback that meets a %s at '%s': one version serves, and the next one goes on",
    async (fault, step) => {
      await cut("rollback", step, fault);
      const between = await serves(web);
      expect(await asked("rollback")).toMatch(/\ndone: web.socket web.service\n0$/);
      tell([
        release,
        mode,
        `a rollback that meets a ${fault} at "${step}", and one more`,
        `version ${between}, then ${await whole()}`,
        "",
        "",
      ]);
      expect([await serves(web), await whole()]).toEqual(["1", "units 1, code 1"]);
      await expectTidy(web.host);
    },
    240_000,
  );

  (canBeCut(release) ? test : test.skip).each(FAULTS)(
    "a restart that meets a %s: a rollback is the way back from it",
    async (fault) => {
      await web.host.exec("ln -sfn releases/3 /srv/app/current");
      await cut("restart", "restarting", fault);
      expect(await asked("rollback")).toMatch(/what the run had begun that was cut off is undone[^\n]*\n0$/);
      tell([release, mode, `a restart that meets a ${fault}, and a rollback`, await whole(), "", ""]);
      expect(await whole()).toBe("units 2, code 2");
      await expectTidy(web.host);
    },
    240_000,
  );

  test("two at once are one step", async () => {
    const both = await says(
      web.host,
      "cdktf-puma rollback web >/run/one 2>&1 & cdktf-puma rollback web >/run/two 2>&1 & wait; cat /run/one /run/two",
    );
    expect(both.match(/^done: web.socket web.service$/gm)).toHaveLength(1);
    expect(both).toMatch(
      /FAILED on .*: something else came to web while this waited \(rollback root\), so nothing was changed/,
    );
    expect(await whole()).toBe("units 1, code 1");
  }, 240_000);

  (canBeCut(release) ? test : test.skip).each(["apply", "rollback"])(
    "beside an apply, the %s first: one after the other",
    async (first) => {
      const run = {
        apply: async () => (await web.apply({ environment: { VERSION: "3" }, props: { release: "3" } })).said,
        rollback: () => asked("rollback"),
      };
      const second = first === "apply" ? "rollback" : "apply";
      await setBreakpoint(web.host, "restarting", HOLD);
      const one = run[first as keyof typeof run]();
      await waitForBreakpoint(web.host);
      const other = run[second]();
      await eventually(
        "that the second waits",
        async () => (await says(web.host, "pgrep -fc 'sleep 1$' || :")) !== "0",
      );
      await resume(web.host);
      const said = { [first]: await one, [second]: await other };
      await clearBreakpoint(web.host);
      tell([release, mode, `an ${first} and then a ${second} that waits`, await whole(), "", ""]);
      if (first === "apply") {
        expect(said.rollback).toContain("something else came to web while this waited (apply ops");
        expect(await whole()).toBe("units 3, code 2");
      } else {
        expect(said.apply).toMatch(/last run: [^\n]* back to the generation of [^]*since the last apply:\n/);
        expect(await whole()).toBe("units 3, code 2");
      }
      expect(await says(web.host, `ls ${STATE}/before 2>/dev/null || :`)).toBe("");
      await expectTidy(web.host);
    },
    240_000,
  );
});
