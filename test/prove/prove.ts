/**
 * `npm run prove`: what takes longer than `npm test` may. Writes its figures to docs/evidence.md as they come.
 *
 *   npm run prove                     all parts, in the order of PARTS
 *   npm run prove -- restarts trixie  one part, one release
 */
import { Page } from "../../bench/page";
import { checkParts } from "../../bench/parts";
import { type Release, RELEASES } from "../../lab/fleet/fleet";
import { proveBench } from "./bench";
import { proveConsumers } from "./consumers";
import { proveFaults } from "./faults";
import { proveHostile } from "./hostile";
import { proveJumpHost } from "./jump-host";
import { proveMatrix } from "./matrix";
import { proveReleases } from "./releases";
import { proveRenames } from "./renames";
import { proveRestarts } from "./restarts";
import { proveScale } from "./scale";
import { proveTested, TESTED } from "./tested";

const PARTS = [
  "restarts",
  "faults",
  "releases",
  "renames",
  "hostile",
  ...Object.keys(TESTED),
  "scale",
  "jump-host",
  "consumers",
  "matrix",
  "bench",
];

const INTRODUCTION = `# Evidence

Written by \`npm run prove\`, which puts real hosts under load: no line of this file is written by hand.
`;

const PAGE = new Page("evidence.md", INTRODUCTION);

async function main(words: string[]): Promise<void> {
  const command = ["npm run prove", ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
  const write = (part: string, text: string): void => PAGE.write(part, text, command);
  checkParts(words, [...PARTS, ...RELEASES]);
  const chosen = PARTS.filter((part) => words.includes(part));
  const parts = chosen.length > 0 ? chosen : PARTS;
  const named = RELEASES.filter((release) => words.includes(release));
  let kept = true;
  if (parts.includes("restarts")) {
    kept = await proveRestarts(some(named, RELEASES), (release, text) =>
      write(`restarts on ${release}`, text),
    );
  }
  if (parts.includes("faults")) kept = (await proveFaults((text) => write("faults", text))) && kept;
  if (parts.includes("releases")) kept = proveReleases((text) => write("releases", text)) && kept;
  if (parts.includes("renames")) kept = (await proveRenames((text) => write("renames", text))) && kept;
  for (const release of parts.includes("hostile") ? some<Release>(named, ["trixie"]) : []) {
    kept = (await proveHostile(release, (text) => write(`hostile on ${release}`, text))) && kept;
  }
  for (const part of parts.filter((part) => part in TESTED))
    kept = proveTested(part, named, (text) => write(part, text)) && kept;
  if (parts.includes("scale")) kept = (await proveScale((text) => write("scale", text))) && kept;
  if (parts.includes("jump-host")) kept = (await proveJumpHost((text) => write("jump-host", text))) && kept;
  if (parts.includes("consumers")) kept = proveConsumers((text) => write("consumers", text)) && kept;
  if (parts.includes("matrix")) kept = (await proveMatrix((text) => write("matrix", text))) && kept;
  if (parts.includes("bench")) kept = (await proveBench((text) => write("bench", text))) && kept;
  console.log(kept ? "every promise was kept" : "a promise was BROKEN: see docs/evidence.md");
  process.exitCode = kept ? 0 : 1;
}

/** Those of a list, or others where there is none. */
function some<T>(list: readonly T[], otherwise: readonly T[]): readonly T[] {
  return list.length > 0 ? list : otherwise;
}

void main(process.argv.slice(2));
