/**
 * Puts what runs on the hosts beside the compiled modules that read it: of `dist`, or of the folder that is named. The script of a run
 * is packed there, too, so that no synth has to.
 */
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const from = new URL("../lib/runtime/", import.meta.url);
const compiled = process.argv[2]
  ? pathToFileURL(`${process.argv[2]}/`)
  : new URL("../dist/", import.meta.url);
const to = new URL("runtime/", compiled);

for (const file of readdirSync(from).filter((name) => name.endsWith(".sh"))) {
  copyFileSync(new URL(file, from), new URL(file, to));
}

const require = createRequire(fileURLToPath(compiled));
const { packed } = require("./runtime/parts.js");
const { runScript } = require("./deploy/run-script.js");
writeFileSync(new URL("run-script.gz.b64", to), packed(runScript()));
