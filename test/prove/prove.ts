/**
 * `npm run prove`: what takes longer than `npm test` may. Writes its figures to docs/evidence.md as they come.
 *
 *   npm run prove                     all parts: restarts, faults, releases, renames, hostile, directives, takeover,
 *                                     first-apply, hardening, needrestart, openssh, certificates, secrets, ephemeral, fleet, balancer, generations,
 *                                     on-call, self-restarts, redmine, scale, jump-host, consumers, bench
 *   npm run prove -- restarts trixie  one part, one release
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Release, RELEASES } from "../../lab/fleet/fleet";
import { proveBench } from "./bench";
import { proveConsumers } from "./consumers";
import { proveFaults } from "./faults";
import { proveHostile } from "./hostile";
import { proveJumpHost } from "./jump-host";
import { proveMatrix } from "./matrix";
import { proveReleases } from "./releases";
import { proveRenames } from "./renames";
import { machine, proveRestarts } from "./restarts";
import { proveScale } from "./scale";
import { proveTested, TESTED } from "./tested";

const DOCS = join(__dirname, "../../docs");
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

/** One part of a file, which stands between two comments, so that the others stay when it is written anew. */
function write(file: string, part: string, words: readonly string[], text: string): void {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const before = current(file);
  const command = ["npm run prove", ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
  const when = new Date().toISOString().slice(0, 16).replace("T", " ");
  const block = `${begin}\n\n${text.trim()}\n\n\`${command}\`, ended ${when} UTC, on ${machine()}.\n\n${end}`;
  const from = before.indexOf(begin);
  const to = before.indexOf(end) + end.length;
  const after = from < 0 ? `${before}\n${block}\n` : before.slice(0, from) + block + before.slice(to);
  writeFileSync(join(DOCS, file), after);
}

function current(file: string): string {
  const path = join(DOCS, file);
  return existsSync(path) ? readFileSync(path, "utf8") : INTRODUCTION;
}

async function main(words: string[]): Promise<void> {
  const chosen = PARTS.filter((part) => words.includes(part));
  const parts = chosen.length > 0 ? chosen : PARTS;
  const named = RELEASES.filter((release) => words.includes(release));
  let kept = true;
  if (parts.includes("restarts")) {
    kept = await proveRestarts(some(named, RELEASES), (release, text) =>
      write("evidence.md", `restarts on ${release}`, words, text),
    );
  }
  if (parts.includes("faults"))
    kept = (await proveFaults((text) => write("evidence.md", "faults", words, text))) && kept;
  if (parts.includes("releases"))
    kept = proveReleases((text) => write("evidence.md", "releases", words, text)) && kept;
  if (parts.includes("renames"))
    kept = (await proveRenames((text) => write("evidence.md", "renames", words, text))) && kept;
  for (const release of parts.includes("hostile") ? some<Release>(named, ["trixie"]) : []) {
    kept =
      (await proveHostile(release, (text) => write("evidence.md", `hostile on ${release}`, words, text))) &&
      kept;
  }
  for (const part of parts.filter((part) => part in TESTED))
    kept = proveTested(part, named, (text) => write("evidence.md", part, words, text)) && kept;
  if (parts.includes("scale"))
    kept = (await proveScale((text) => write("evidence.md", "scale", words, text))) && kept;
  if (parts.includes("jump-host"))
    kept = (await proveJumpHost((text) => write("evidence.md", "jump-host", words, text))) && kept;
  if (parts.includes("consumers"))
    kept = proveConsumers((text) => write("evidence.md", "consumers", words, text)) && kept;
  if (parts.includes("matrix"))
    kept = (await proveMatrix((text) => write("evidence.md", "matrix", words, text))) && kept;
  if (parts.includes("bench"))
    kept = (await proveBench((text) => write("evidence.md", "bench", words, text))) && kept;
  console.log(kept ? "every promise was kept" : "a promise was BROKEN: see docs/evidence.md");
  process.exitCode = kept ? 0 : 1;
}

/** Those of a list, or others where there is none. */
function some<T>(list: readonly T[], otherwise: readonly T[]): readonly T[] {
  return list.length > 0 ? list : otherwise;
}

void main(process.argv.slice(2));
