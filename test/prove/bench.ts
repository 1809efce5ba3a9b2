import { type Check, isKept } from "../../bench/checks";
import { checkLimits } from "../../bench/limits";

const TEXT = `## What synth, plans and the state cost

Synth and plans in seconds of processors, medians of runs that take turns, and a plan without changes also in seconds that
pass, the least of runs that take turns; hosts that nothing is installed on. *By hand* are
resources that somebody wrote with the CDK alone, the units once in locals, and one provisioner for each host. *Rolling* is in
batches of a quarter. What nothing is promised of is the engine's: it keeps of each resource all that this one waited for,
however far away.

| | figures | ratio | at most |
| --- | --- | --- | --- |
`;

/** Measures what `npm run bench -- limits` does; whether no limit is exceeded. */
export async function proveBench(tell: (text: string) => void): Promise<boolean> {
  const rows: string[] = [];
  return checkLimits((check) => {
    rows.push(row(check));
    console.log(rows.at(-1));
    tell(TEXT + rows.join("\n"));
  });
}

function row(check: Check): string {
  const { what, figures, ratio, limit = "–" } = check;
  return `| ${what} | ${figures} | ${ratio.toFixed(2)} | ${limit}${isKept(check) ? "" : " **BROKEN**"} |`;
}
