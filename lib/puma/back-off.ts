import { type Directives } from "./directives";

/** The longest wait is what a request waits at most once the cause is gone: longer than that no proxy does either. */
const WAITS = ["RestartSteps=5", "RestartMaxDelaySec=30"];

/**
 * The lines of [Service] by which systemd waits 1 to 30 seconds between the starts of a Puma that crashes. It knows them from
 * 254 on, so they are in no unit: the host adds them where it can. What is said raw is left to that.
 */
export function backOffLines({ Service: raw = {} }: Directives): string[] {
  const saysWaits = ["RestartSec", "RestartSteps", "RestartMaxDelaySec"].some((name) => name in raw);
  return saysWaits ? [] : WAITS;
}
