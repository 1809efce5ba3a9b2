/** Whether the links of the built site lead somewhere, with their anchors, and its pictures are there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { posix } from "node:path";

/** What is wrong with the pages of a folder, served under a path: a line each. */
export function deadLinks(folder: string, base: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const pages = new Map(
    files
      .filter((file) => file.endsWith(".html"))
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
  return [...pages].flatMap(([page, html]) =>
    addresses(html)
      .filter((address) => !leads(address, page, { folder, base, pages }))
      .map((address) => `${page}: ${address}`),
  );
}

interface Site {
  readonly folder: string;
  readonly base: string;
  readonly pages: ReadonlyMap<string, string>;
}

/** What a page links to or shows, but for what is not of this site. */
function addresses(html: string): string[] {
  const [, body = ""] = /<body>([^]*)<\/body>/.exec(html) ?? [];
  const all = [...body.matchAll(/<(?:a|img|source)\b[^>]*?\s(?:href|src|srcset)="([^"]*)"/g)].map(
    ([, address]) => address as string,
  );
  return [...new Set(all)].filter((address) => !/^(https?:|data:|mailto:)/.test(address));
}

function leads(address: string, page: string, { folder, base, pages }: Site): boolean {
  const [path = "", hash] = address.split("#", 2);
  const absolute = path === "" ? `${base}${page}` : posix.resolve(`${base}${posix.dirname(page)}`, path);
  if (!absolute.startsWith(base) && `${absolute}/` !== base) return false;
  const file = absolute.slice(base.length);
  const found = [file, `${file}.html`, posix.join(file, "index.html")].find(
    (name) => name !== "" && pages.has(name),
  );
  if (found === undefined) return file !== "" && existsSync(join(folder, file));
  return (
    hash === undefined ||
    hash === "" ||
    pages.get(found)?.includes(` id="${decodeURIComponent(hash)}"`) === true
  );
}

function main(): void {
  const folder = join(__dirname, "../docs/.vitepress/dist");
  const dead = deadLinks(folder, process.env.SITE_BASE ?? "/");
  for (const line of dead) console.error(`leads nowhere: ${line}`);
  process.exitCode = dead.length > 0 ? 1 : 0;
}

if (require.main === module) main();
