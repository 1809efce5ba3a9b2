/** Links as they are in the repository, where GitHub follows them, and as they have to be in the site. */
import { dirname, join, relative } from "node:path/posix";

/** The heading's anchor, as GitHub makes it. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** Which page a file of the repository is in the site. */
export function pageOf(file: string): string | undefined {
  const others: Record<string, string> = {
    "README.md": "readme.md",
    "API.md": "api/index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
  };
  const example = /^examples\/([\w-]+)\.ts$/.exec(file);
  if (example) return `examples/${example[1]}.md`;
  return others[file] ?? (file.startsWith("docs/") ? file.slice("docs/".length) : undefined);
}

/** A text of Markdown, of which what is not in fences is given to a function. */
export function mapProse(text: string, edit: (prose: string) => string): string {
  const parts = text.split(/^(\s*```[^]*?^\s*```$)/m);
  return parts.map((part, i) => (i % 2 === 0 ? edit(part) : part)).join("");
}

/**
 * The text of a file with its links made those of the site. What is no page of it is a link to the repository, if it is known where
 * that is, and otherwise words alone.
 */
export function relink(text: string, file: string, repository: string | undefined): string {
  const page = pageOf(file) ?? file;
  const link = (words: string, path: string, heading: string): string => {
    const target = join(dirname(file), path);
    const there = pageOf(target);
    if (there) return `[${words}](${near(relative(dirname(page), there))}${heading})`;
    return repository ? `[${words}](${repository}/blob/HEAD/${target}${heading})` : words;
  };
  return text.replace(
    /\[((?:[^[\]]|\[[^\]]*\])*)\]\((?!https?:)([^)#\s]+)(#[^)\s]*)?\)/g,
    (_, words, path, heading = "") => link(words, path, heading),
  );
}

const near = (path: string): string => (path.startsWith(".") ? path : `./${path}`);
