import { TerraformVariable } from "cdktf";
import { Duration } from "../../lib/values/duration";
import { errorOf, newStack } from "../stack";

test.each([
  [Duration.milliseconds(1500), "1500ms", 2, 1500],
  [Duration.milliseconds(3000), "3s", 3, 3000],
  [Duration.seconds(7), "7s", 7, 7000],
  [Duration.seconds(0.25), "250ms", 1, 250],
  [Duration.seconds(16.1), "16100ms", 17, 16_100],
  [Duration.seconds(1.005), "1005ms", 2, 1005],
  [Duration.minutes(0.35), "21s", 21, 21_000],
  [Duration.seconds(120), "2min", 120, 120_000],
  [Duration.minutes(11), "11min", 660, 660_000],
  [Duration.minutes(1.5), "90s", 90, 90_000],
])("%s is written %s, and is %i s, %i ms", (duration, text, seconds, milliseconds) => {
  expect(duration.toString()).toBe(text);
  expect(duration.toSeconds()).toBe(seconds);
  expect(duration.toMilliseconds()).toBe(milliseconds);
});

describe.each(["milliseconds", "seconds", "minutes"] as const)("Duration.%s", (factory) => {
  test.each([0, -1, NaN, Infinity, 1e-9, 0.000_004, 1e20])("refuses %d", (amount) => {
    expect(() => Duration[factory](amount)).toThrow(
      `Duration.${factory}: must be more than 0 and a whole number of milliseconds, got ${amount}`,
    );
  });

  test("refuses what is no number", () => {
    expect(errorOf(() => Duration[factory]("5" as unknown as number))).toContain(`milliseconds, got "5"`);
  });

  test("refuses a token", () => {
    const { numberValue } = new TerraformVariable(newStack(), "seconds", { type: "number" });
    expect(errorOf(() => Duration[factory](numberValue))).toBe(
      `Duration.${factory}: must be known at synth, got a Terraform token; ` +
        `tokens are welcome in hosts and in the values of 'environment' and 'args'`,
    );
  });
});
