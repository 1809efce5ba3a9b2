import { warnings } from "./refused";

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
  ["0", 2],
  ["5", 0],
  ["5", undefined],
])("TimeoutStopSec=%s is enough for %s workers, or nobody knows", (value, workers) => {
  expect(stop(value, workers)).toEqual([]);
});
