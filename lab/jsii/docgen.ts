/** `npm run docgen`: writes API.md, the reference of the public names, from what their docstrings say. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { JsiiPackage } from "./package";

async function main(): Promise<void> {
  const library = new JsiiPackage();
  try {
    const errors = await library.compile();
    if (errors.length > 0) throw new Error(`jsii refuses:\n${errors.join("\n")}`);
    writeFileSync(join(__dirname, "../../API.md"), await library.reference());
  } finally {
    library.remove();
  }
}

void main();
