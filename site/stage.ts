/** Lays the pages ready for VitePress, with the pictures that they show. */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pages } from "./pages";

const DOCS = join(__dirname, "../docs");

export function stage(folder: string, repository?: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { path, text } of pages(repository)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const pictures of ["pictures", "charts"].filter((name) => existsSync(join(DOCS, name))))
    cpSync(join(DOCS, pictures), join(folder, pictures), { recursive: true });
}
