import { Duration } from "../../lib";
import { Rollout, type RollingOptions } from "../../lib/deploy/rollout";

const HOSTS = ["a", "b", "c", "d", "e"];

test.each<[string, Rollout, string[][]]>([
  ["all at once", Rollout.allAtOnce(), [HOSTS]],
  ["one by one", Rollout.rolling({ batchSize: 1 }), [["a"], ["b"], ["c"], ["d"], ["e"]]],
  ["two by two", Rollout.rolling({ batchSize: 2 }), [["a", "b"], ["c", "d"], ["e"]]],
  ["a share, rounded up", Rollout.rolling({ batchSize: "25%" }), [["a", "b"], ["c", "d"], ["e"]]],
  ["a small share", Rollout.rolling({ batchSize: "1%" }), [["a"], ["b"], ["c"], ["d"], ["e"]]],
  ["a canary first", Rollout.rolling({ canaries: 1, batchSize: 3 }), [["a"], ["b", "c", "d"], ["e"]]],
  ["nothing but canaries", Rollout.rolling({ canaries: 9, batchSize: 3 }), [HOSTS]],
])("%s", (_, rollout, batches) => {
  expect(rollout._batches(HOSTS)).toEqual(batches);
});

test("the pause is in seconds", () => {
  expect(Rollout.rolling({ batchSize: 1, pause: Duration.minutes(2) })._pause).toBe(120);
  expect(Rollout.rolling({ batchSize: 1 })._pause).toBe(0);
});

test.each<[RollingOptions, string]>([
  [{ batchSize: 0 }, "'batchSize': must be a whole number between 1 and 100000, got 0"],
  [{ batchSize: NaN }, "'batchSize': must be a whole number between 1 and 100000, got NaN"],
  [
    { batchSize: "0%" },
    "'batchSize': must be a number of hosts, or a share from more than 0% to 100%, got \"0%\"",
  ],
  [{ batchSize: "101%" }, 'got "101%"'],
  [{ batchSize: 1, canaries: -1 }, "'canaries': must be a whole number between 0 and 1000, got -1"],
])("%j is refused", (options, message) => {
  expect(() => Rollout.rolling(options)).toThrow("Rollout.rolling ");
  expect(() => Rollout.rolling(options)).toThrow(message);
});
