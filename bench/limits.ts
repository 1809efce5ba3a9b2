import {
  type Check,
  growthChecks,
  isKept,
  rollingChecks,
  stateChecks,
  synthChecks,
  unchangedChecks,
} from "./checks";
import { newHostsChecks } from "./new-hosts";

/** What synth, plans and the state cost beside their limits: tells each as it comes; whether none is exceeded. */
export async function checkLimits(tell: (check: Check) => void): Promise<boolean> {
  let kept = true;
  const all = [synthChecks, growthChecks, rollingChecks, unchangedChecks, stateChecks, newHostsChecks];
  for (const checks of all) {
    for await (const check of checks()) {
      tell(check);
      kept &&= isKept(check);
    }
  }
  return kept;
}
