/** The pictures of docs/pictures, made of what they show: `npm run docs:pictures` writes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { house } from "./house";
import { oneApply } from "./one-apply";
import { overlap } from "./overlap";

const ROOT = join(__dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Each picture by the name of its file. */
export function pictures(): Record<string, string> {
  return {
    "house.svg": house(JSON.parse(read("scripts/rooms.json"))),
    "one-apply.svg": oneApply(read("docs/architecture.md")),
    "overlap.svg": overlap(),
  };
}

if (require.main === module)
  for (const [name, svg] of Object.entries(pictures())) writeFileSync(join(ROOT, "docs/pictures", name), svg);
