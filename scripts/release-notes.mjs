/**
 * What CHANGELOG.md says of a version: `node scripts/release-notes.mjs v1.2.0`, for a release by its tag. Fails where the tag,
 * package.json and CHANGELOG.md do not name one version, and the day it is released on.
 */
import { readFileSync } from "node:fs";

const [tag = ""] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
if (tag !== `v${version}`) fail(`the tag must be v${version}, as in package.json, got ${tag || "none"}`);

const [, ...sections] = readFileSync("CHANGELOG.md", "utf8").split(/^## (?=\[)/m);
const section = sections.find((text) => text.startsWith(`[${version}]`));
if (section === undefined) fail(`CHANGELOG.md must have a section ## [${version}] - YYYY-MM-DD`);
const [heading, ...lines] = section.split("\n");
if (!/ - \d{4}-\d\d-\d\d$/.test(heading))
  fail(`CHANGELOG.md must say when ${version} is released, got ${heading}`);
console.log(lines.join("\n").trim());

function fail(message) {
  console.error(message);
  process.exit(1);
}
