/** The pages of the site: docs/, the texts at the root of the repository, the examples, and the reference. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apiPages } from "./api";
import { mapProse, pageOf, relink } from "./links";

export interface Page {
  /** Where it is in the site: `guide.md`. */
  readonly path: string;
  readonly text: string;
}

const ROOT = join(__dirname, "..");
const AT_ROOT = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"];

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** All of them. The repository is where links to files lead that are no pages, if it is known. */
export function pages(repository?: string): Page[] {
  const files = [...AT_ROOT, ...markdownIn("docs")];
  const written = files.map((file) => ({
    path: pageOf(file) as string,
    text: mapProse(read(file), (prose) => relink(prose, file, repository)),
  }));
  return [...written, ...examples(), ...apiPages(read("API.md"))];
}

/** The pages of a folder, by their paths in the repository. */
export function markdownIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return entries
    .filter((file) => file.endsWith(".md") && !file.startsWith("."))
    .map((file) => `${folder}/${file}`);
}

/** Pages that are in no chapter have no next one. */
const ALONE = "---\nprev: false\nnext: false\n---\n\n";

/** The examples, each as a page of its program, and a list of them. */
function examples(): Page[] {
  const names = readdirSync(join(ROOT, "examples"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3));
  const rows = names.map((name) => `| [${name}](./${name}.md) | ${summary(read(`examples/${name}.ts`))} |`);
  const table = `| example | what it shows |\n| --- | --- |\n${rows.join("\n")}\n`;
  const one = (name: string): Page => ({
    path: `examples/${name}.md`,
    text: `${ALONE}# ${name}\n\nA whole program, which a test runs.\n\n\`\`\`ts\n${read(`examples/${name}.ts`)}\`\`\`\n`,
  });
  return [{ path: "examples/index.md", text: `# Examples\n\n${table}` }, ...names.map(one)];
}

/** The first sentence of the comment that a program begins with. */
function summary(program: string): string {
  const [comment = ""] = /^(\/\/ .*\n)+/.exec(program) ?? [];
  const [sentence = ""] =
    /^.*?(?:[.:;](?=\s)|$)/.exec(comment.replaceAll("// ", "").replaceAll("\n", " ").trim()) ?? [];
  return sentence.replace(/[:;]$/, ".").replaceAll("|", "\\|");
}
