/** `npm run bench`: what synth, plans and the state cost, beside what they would cost without this library. */
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

/** Measures all, and tells each as it comes; whether no limit is exceeded. */
export async function bench(tell: (check: Check) => void): Promise<boolean> {
  let kept = true;
  const all = [...[synthChecks, growthChecks, rollingChecks, unchangedChecks, stateChecks], newHostsChecks];
  for (const checks of all) {
    for await (const check of checks()) {
      tell(check);
      kept &&= isKept(check);
    }
  }
  return kept;
}

function print(check: Check): void {
  const { what, figures, ratio, limit } = check;
  const promise =
    limit === undefined ? "nothing promised" : `at most ${limit}${isKept(check) ? "" : ": BROKEN"}`;
  console.log(`${what}: ${figures}, ratio ${ratio.toFixed(2)} (${promise})`);
}

if (require.main === module) {
  void bench(print).then((kept) => {
    process.exitCode = kept ? 0 : 1;
  });
}
