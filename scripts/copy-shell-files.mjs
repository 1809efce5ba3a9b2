/** Puts what runs on the hosts beside the compiled modules that read it: of `dist`, or of the folder that is named. */
import { copyFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";

const from = new URL("../lib/runtime/", import.meta.url);
const compiled = process.argv[2]
  ? pathToFileURL(`${process.argv[2]}/`)
  : new URL("../dist/", import.meta.url);
const to = new URL("runtime/", compiled);

for (const file of readdirSync(from).filter((name) => name.endsWith(".sh"))) {
  copyFileSync(new URL(file, from), new URL(file, to));
}
