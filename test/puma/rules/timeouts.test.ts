import { secondsOf } from "../../../lib/puma/rules/timeouts";
import { warnings } from "./refused";

test.each<[string, number | undefined]>([
  ["5", 5],
  ["90s", 90],
  ["1min 30s", 90],
  ["1min30s", 90],
  ["2 hours", 7200],
  ["500ms", 0.5],
  ["1.5min", 90],
  ["infinity", undefined],
  ["0", undefined],
  ["5 parsecs", undefined],
  ["-5", undefined],
  ["", undefined],
])("%s is %s seconds", (span, seconds) => expect(secondsOf(span)).toBe(seconds));

const stop = (TimeoutStopSec: string | number, workers?: number) =>
  warnings({ service: { workers, directives: { Service: { TimeoutStopSec } } } });

test.each(["5", 29, "29s", "500ms"])("TimeoutStopSec=%s is less than what workers are given", (value) => {
  expect(stop(value, 2)).toEqual([
    `PumaService 'web' 'directives.Service.TimeoutStopSec': is ${value}, but Puma gives a worker 30s to end its requests ` +
      "(worker_shutdown_timeout): what takes longer is cut off; say less in Puma's configuration file, or more here",
  ]);
});

test.each<[string | number, number | undefined]>([
  ["30", 2],
  ["1min", 2],
  ["infinity", 2],
  ["5", 0],
  ["5", undefined],
])("TimeoutStopSec=%s is enough for %s workers, or nobody knows", (value, workers) => {
  expect(stop(value, workers)).toEqual([]);
});
