/** Calls the command with plans that are made up. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../../lib/cli/main";
import { plan } from "./plans";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-summary-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

/** Calls the command with plans in files. */
export async function summary(
  plans: readonly string[],
  ...words: string[]
): Promise<{ code: number; out: string; err: string }> {
  const files = plans.map((text) => {
    const file = join(folder, `plan${(count += 1)}.json`);
    writeFileSync(file, text);
    return file;
  });
  let [out, err] = ["", ""];
  const output = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
  const code = await main(["summary", ...words, ...files], output);
  return { code, out, err };
}

/** What is printed of a plan. */
export const said = async (changes: readonly object[], rest?: object): Promise<string> =>
  (await summary([plan(changes, rest)])).out;
