import { Duration } from "../../lib";
import { waitForOneThatWaits } from "../e2e/hosts";
import type { Release } from "../../lab/fleet/fleet";
import { notOk, type Report } from "../../lab/load/report";
import { record } from "./evidence";
import {
  type Change,
  DeployedService,
  expectTidy,
  figures,
  type Mode,
  type Outcome,
} from "./deployed-service";
import {
  clearBreakpoint,
  HOLD,
  installBreakpoints,
  resume,
  setBreakpoint,
  waitForBreakpoint,
} from "./breakpoint";
import { lostForNoReason } from "./lost";
import { setUpServices } from "./set-up";

const ROWS: readonly (readonly [Mode, Release])[] = [
  ["hot", "bookworm"],
  ["hot", "trixie"],
  ["overlap", "trixie"],
  ["overlap", "forky"],
];

const version = (VERSION: string, props: Change["props"] = {}): Change => ({
  environment: { VERSION },
  props,
});

/** Two people with the same stack, each with a state of their own, so that nothing but the host tells one of the other. */
describe.each(ROWS)("two applies at once (%s, %s)", (mode, on) => {
  let one: DeployedService;
  let two: DeployedService;
  setUpServices([on], {
    mode,
    prepare: async (service) => {
      one = service;
      two = await one.another();
      await one.reset();
      await installBreakpoints(one.host);
    },
  });
  afterAll(() => two?.close());

  /** The second one begins while the first is held in its middle, by default until the second waits for it. */
  async function atOnce(
    first: Change,
    second: Change,
    until: (second: Promise<Outcome>) => Promise<unknown> = () => waitForOneThatWaits(one.host),
  ): Promise<[Outcome, Outcome, Report]> {
    const load = await one.load();
    await setBreakpoint(one.host, "restarting", HOLD);
    const firstApply = one.apply(first);
    await waitForBreakpoint(one.host);
    const secondApply = two.apply(second);
    await until(secondApply);
    await resume(one.host);
    const outcomes = [await firstApply, await secondApply] as const;
    await clearBreakpoint(one.host);
    return [...outcomes, await load.stop()];
  }

  function expectServed(name: string, report: Report, serves: string): void {
    record({ name, mode, release: on, serves, report });
    const seen = figures(report);
    expect([report.refused, seen]).toEqual([0, seen]);
    if (mode === "overlap") expect([lostForNoReason(on, report), notOk(report), seen]).toEqual([0, 0, seen]);
  }

  test("of the same content: the second waits, and finds nothing to do", async () => {
    const [first, second, report] = await atOnce(version("2"), version("2"));
    expect([first.failed, second.failed]).toEqual([false, false]);
    expect(first.said).toContain("done: web.socket web.service");
    expect(second.said).toMatch(
      /waiting for another run to end: cdktf-puma apply of web on .* by ops from .* since/,
    );
    expect(second.said).toContain("nothing to do: web.socket web.service as they should be");
    expect(await one.version()).toBe("2");
    expectServed("two applies of the same content", report, "2");
    await expectTidy(one.host);
  });

  test("of different content: one after the other, and the last one stays", async () => {
    const [first, second, report] = await atOnce(version("3"), version("4"));
    expect([first.failed, second.failed]).toEqual([false, false]);
    expect(second.said).toMatch(
      /waiting for another run to end[^]*last run: .* from [0-9a-f]+ to [0-9a-f]+[^]*done:/,
    );
    expect(await one.version()).toBe("4");
    expectServed("two applies of different content", report, "4");
    await expectTidy(one.host);
  });

  test("a second one that may not wait so long says who holds the host", async () => {
    const [first, second, report] = await atOnce(
      version("5"),
      version("6", { lockTimeout: Duration.seconds(2) }),
      (failed) => failed,
    );
    expect([first.failed, second.failed]).toEqual([false, true]);
    expect(second.said).toMatch(
      /FAILED on .*: another run did not end within 2s: cdktf-puma apply of web on .* since/,
    );
    expect(await one.version()).toBe("5");
    expectServed("a second apply that may not wait", report, "5");
    await expectTidy(one.host);
  });
});
