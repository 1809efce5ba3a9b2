import { milliseconds } from "../../lib/systemd/time-span";

test.each<[string, number | undefined]>([
  ["5", 5000],
  ["90s", 90_000],
  ["1min 30s", 90_000],
  ["1min30s", 90_000],
  [" 2 hours ", 7_200_000],
  ["500ms", 500],
  ["1.5min", 90_000],
  ["1w 1d", 691_200_000],
  ["1month", 2_629_800_000],
  ["2M", 5_259_600_000],
  ["250us", 0.25],
  ["0", 0],
  ["infinity", undefined],
  ["5 parsecs", undefined],
  ["5 s!", undefined],
  [`${"1".repeat(40)}!`, undefined],
  ["-5", undefined],
  ["", undefined],
])("%s is %s milliseconds", (span, amount) => expect(milliseconds(span)).toBe(amount));
