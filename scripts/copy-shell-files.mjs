/** Puts what runs on the hosts beside the compiled modules that read it. */
import { copyFileSync, readdirSync } from "node:fs";

const from = new URL("../lib/runtime/", import.meta.url);
const to = new URL("../dist/runtime/", import.meta.url);

for (const file of readdirSync(from).filter((name) => name.endsWith(".sh"))) {
  copyFileSync(new URL(file, from), new URL(file, to));
}
