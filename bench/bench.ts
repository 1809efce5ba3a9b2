/** `npm run bench`: whether a synth with this library takes at most 1.5 times what hand-written resources take. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROUNDS = 7;
const LIMIT = 1.5;

/** The milliseconds that a program of this folder measures, in a process of its own. */
function measure(program: string): number {
  const args = [require.resolve("tsx/cli"), join(__dirname, program)];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

const baseline: number[] = [];
const library: number[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  baseline.push(measure("baseline.ts"));
  library.push(measure("synth.ts"));
  const [mine, theirs] = [library, baseline].map((times) => (times.at(-1) as number).toFixed(0));
  console.log(`round ${round}: hand-written ${theirs} ms, cdktf-puma ${mine} ms`);
}

const ratio = median(library) / median(baseline);
const medians = `hand-written ${median(baseline).toFixed(0)} ms, cdktf-puma ${median(library).toFixed(0)} ms`;
console.log(`1,000 hosts, medians: ${medians}, ratio ${ratio.toFixed(2)} (at most ${LIMIT})`);
if (ratio > LIMIT) process.exitCode = 1;
