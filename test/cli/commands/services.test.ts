import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../../lib/cli/main";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-services-"));
const { PATH } = process.env;
beforeAll(() => (process.env.PATH = `${folder}:${PATH}`));
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true, force: true });
});

/** Calls the command line with an ssh that answers the list so, and ends a removal with a code. */
async function call(
  list: string,
  words: string[],
  code = 0,
): Promise<{ code: number; out: string; err: string; sent: string }> {
  const sent = join(folder, "sent");
  writeFileSync(join(folder, "answer"), list);
  const removal = `echo "removal of the host"; exit ${code}`;
  const script = `#!/bin/sh\ncat >${sent}\ngrep -q PUMA_OWNER= ${sent} && { ${removal}; }\ncat ${folder}/answer\n`;
  writeFileSync(join(folder, "ssh"), script);
  chmodSync(join(folder, "ssh"), 0o755);
  let [out, err] = ["", ""];
  const output = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
  const ended = await main([...words, "--host", "ops@web3"], output);
  return { code: ended, out, err, sent: readFileSync(sent, "utf8") };
}

const row = (...fields: string[]): string => `${["cdktf-puma", ...fields].join("\t")}\n`;
const WEB = row("web", "blog/qa", "web3", "it's 10.0.1.13", "2026-11-26 09:12", "active", "system");
const SHOP = row("shop", "", "web3", "10.0.1.13", "2026-11-26 09:14", "failed", "system");

test("what a chatty login says, and what could steer a terminal, is not listed", async () => {
  const { out } = await call(`Welcome\tto web3!\n${WEB}${SHOP.replace("failed", "fai\x1b[31mled")}`, [
    "list",
  ]);
  expect(out).toBe(
    [
      "SERVICE  OWNER          HOST  SINCE             STATE",
      "web      blog/qa        web3  2026-11-26 09:12  active",
      "shop     (handed over)  web3  2026-11-26 09:14  fai?[31mled",
      "",
    ].join("\n"),
  );
});

const OWN = row("web", "own", "web3", "10.0.1.13", "2026-11-26 09:12", "active", "user");

test("what is the user's own is listed as that, and removed as that user", async () => {
  expect((await call(WEB + OWN, ["list"])).out).toMatch(
    /^web +own +web3 +2026-11-26 09:12 +active \(user\)$/m,
  );
  const { code, sent } = await call(WEB + OWN, ["remove", "web", "--owner", "own"]);
  expect(code).toBe(0);
  expect(sent).toMatch(/^set -eu -- 'web3' '10\.0\.1\.13' user '' 0 stdin\n/);
});

const BEGUN = row("api", "", "", "", "2026-11-26 09:15", "never installed", "system");

test("of what never was installed nobody knows whose it is, and it is removed all the same", async () => {
  expect((await call(BEGUN, ["list"])).out).toMatch(
    /^api +\(nobody knows\) +2026-11-26 09:15 +never installed$/m,
  );
  const { code, sent } = await call(BEGUN, ["remove", "api", "--owner", "blog"]);
  expect(code).toBe(0);
  expect(sent).toMatch(/^set -eu -- 'ops@web3' '' auto '' 0 stdin\n/);
});

test("a removal is sent for the host and the address that the record has", async () => {
  const { code, out, sent } = await call(WEB, ["remove", "web", "--owner", "blog/qa"]);
  expect([code, out]).toEqual([0, "removal of the host\n"]);
  expect(sent).toMatch(/^set -eu -- 'web3' 'it'\\''s 10\.0\.1\.13' auto '' 0 stdin\n/);
  for (const line of ["PUMA_SERVICE='web'", "PUMA_OWNER='blog/qa'", "PUMA_ACTION='remove'"])
    expect(sent).toContain(`${line}\n`);
  expect(sent).toMatch(/\nload "\$@" <\/dev\/null\n$/);
});

test.each<[string, string[], string]>([
  [
    "another stack's",
    ["web", "--owner", "blog"],
    "'web' belongs to the stack 'blog/qa', and not to 'blog': left alone",
  ],
  ["nobody's", ["shop", "--owner", "blog"], "'shop' was handed over, and is no stack's: left alone"],
  ["not there", ["api", "--owner", "blog"], "this library has no service 'api' there"],
])("nothing is sent for what is %s", async (_, words, message) => {
  const { code, out, err, sent } = await call(WEB + SHOP, ["remove", ...words]);
  expect([code, out, err]).toEqual([1, "", `cdktf-puma: ops@web3: ${message}\n`]);
  expect(sent).not.toContain("PUMA_OWNER=");
});

test("one that fails is told, and ends with 1", async () => {
  const { code, out, err } = await call(WEB, ["remove", "web", "--owner", "blog/qa"], 9);
  expect([code, out, err]).toEqual([
    1,
    "removal of the host\n",
    "cdktf-puma: 'web' was not removed: see above\n",
  ]);
});
