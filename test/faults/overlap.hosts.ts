import { oneOfEach } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { answered, notOk } from "../../lab/load/report";
import { restartUnderLoad } from "./restarts";
import { figures } from "./deployed-service";
import { lostForNoReason } from "./lost";

/** The short form of what `npm run prove` does on three releases for ten restarts. */
const at = setUpHosts(oneOfEach(["bookworm", "trixie"]));

const LOAD = { fresh: 4, keepAlive: 4, pause: 100 };
/** Long enough that an answer of a busy machine comes sooner. */
const BOOT = 6;

test("an overlapping restart makes no request fail or wait for a boot", async () => {
  const report = await restartUnderLoad(at.fleet.host("trixie"), {
    mode: "overlap",
    times: 1,
    bootSeconds: BOOT,
    load: LOAD,
  });
  const seen = figures(report);
  process.stderr.write(`overlap: ${seen}\n`);
  expect(answered(report)).toBeGreaterThan(100);
  expect([report.refused, lostForNoReason("trixie", report), notOk(report), seen]).toEqual([0, 0, 0, seen]);
  expect(report.longest).toBeLessThan(BOOT * 1000);
});

/** On Debian 12, whose Puma tells systemd nothing: that each worker serves has to be seen. */
test("nor does one of a Puma with workers", async () => {
  const restarts = { mode: "overlap", times: 1, bootSeconds: BOOT, load: LOAD, workers: 2 } as const;
  const report = await restartUnderLoad(at.fleet.host("bookworm"), restarts);
  const seen = figures(report);
  process.stderr.write(`overlap with workers: ${seen}\n`);
  expect(answered(report)).toBeGreaterThan(100);
  expect([report.refused, lostForNoReason("bookworm", report), notOk(report), seen]).toEqual([0, 0, 0, seen]);
  expect(report.longest).toBeLessThan(BOOT * 1000);
});

test("beside it, a hot restart makes them wait", async () => {
  const report = await restartUnderLoad(at.fleet.host("trixie"), {
    mode: "hot",
    times: 1,
    bootSeconds: BOOT,
    load: LOAD,
  });
  process.stderr.write(`hot: ${figures(report)}\n`);
  expect(report.refused).toBe(0);
  expect(report.longest).toBeGreaterThan(BOOT * 1000);
});
