/**
 * `npm run bench`: what this library costs, and what it saves, beside what people use today. Writes docs/benchmarks.md and its
 * charts, part for part, and fails where a promise is broken.
 *
 *   npm run bench                 all parts: limits, plans, hosts, restarts
 *   npm run bench -- hosts        one part
 *   npm run bench -- plans 100    one part, of so many hosts at most
 */
import { type Check, isKept } from "./checks";
import { benchHosts } from "./hosts/hosts";
import { checkLimits } from "./limits";
import { Page } from "./page";
import { checkParts } from "./parts";
import { benchPlans } from "./plans";
import { benchRestarts } from "./restarts/restarts";

/** Measures one part, with at most so many hosts, and tells its text as often as it has more of it; whether each promise was kept. */
type Part = (tell: (text: string) => void, most: number) => Promise<boolean>;

const PARTS: Readonly<Record<string, Part>> = {
  limits: () => checkLimits(print),
  plans: benchPlans,
  hosts: benchHosts,
  restarts: benchRestarts,
};

const INTRODUCTION = `# Benchmarks

Written by \`npm run bench\`, charts and all: no line of this file is written by hand. What each figure stands beside is what people use
today, on the same machine, in the same run, in turns. The limits of synth, plans and the state are in
[evidence.md](evidence.md#what-synth-plans-and-the-state-cost).
`;

function print(check: Check): void {
  const { what, figures, ratio, limit } = check;
  const promise =
    limit === undefined ? "nothing promised" : `at most ${limit}${isKept(check) ? "" : ": BROKEN"}`;
  console.log(`${what}: ${figures}, ratio ${ratio.toFixed(2)} (${promise})`);
}

async function main(words: readonly string[]): Promise<void> {
  checkParts(
    words.filter((word) => !/^\d+$/.test(word)),
    Object.keys(PARTS),
  );
  const chosen = Object.keys(PARTS).filter((part) => words.includes(part));
  const most = Number(words.find((word) => /^\d+$/.test(word)) ?? Infinity);
  const command = ["npm run bench", ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
  const page = new Page("benchmarks.md", INTRODUCTION);
  let kept = true;
  for (const part of chosen.length > 0 ? chosen : Object.keys(PARTS)) {
    kept = (await (PARTS[part] as Part)((text) => page.write(part, text, command), most)) && kept;
  }
  console.log(kept ? "no promise that was measured was broken" : "a promise was BROKEN");
  process.exitCode = kept ? 0 : 1;
}

void main(process.argv.slice(2));
