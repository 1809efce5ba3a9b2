/** Every page of the site in a real browser, at the width of a desk and of a telephone. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, isCommand } from "../../lab/fleet/install";
import { run } from "../../lab/fleet/run";
import { ROOT } from "../example";
import { lookAt, type Seen } from "./browser";

const DIST = join(ROOT, "docs/.vitepress/dist");
const WIDTHS = [1280, 390];

let pages: string[];
let seen: Seen[];

beforeAll(async () => {
  if (!isCommand("chromium")) await installPackages(["chromium"]);
  await run("npm", ["run", "--silent", "docs:build"]);
  const files = readdirSync(DIST, { recursive: true, encoding: "utf8" });
  pages = files.filter((file) => file.endsWith(".html") && file !== "404.html");
  seen = await lookAt(DIST, pages, WIDTHS);
}, 900_000);

const wrong = (of: (one: Seen) => unknown): string[] =>
  seen.filter((one) => of(one)).map((one) => `${one.page} at ${one.width}: ${JSON.stringify(of(one))}`);

test("each was seen at both widths", () => {
  expect(seen).toHaveLength(2 * pages.length);
  expect(wrong(({ title }) => !title.endsWith("cdktf-puma"))).toEqual([]);
  for (const width of WIDTHS) {
    const pictures = seen.filter((one) => one.width === width).reduce((sum, one) => sum + one.pictures, 0);
    const row = `| ${width} px | ${pages.length} | ${pictures} |\n`;
    if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, row);
    else process.stderr.write(row);
  }
});

test("none is wider than its window", () => {
  expect(wrong(({ overflow }) => overflow > 0 && overflow)).toEqual([]);
});

test("all pictures are shown", () => {
  expect(seen.reduce((sum, { pictures }) => sum + pictures, 0)).toBeGreaterThan(0);
  expect(wrong(({ broken }) => broken.length > 0 && broken)).toEqual([]);
});

test("no page's program says that something is wrong", () => {
  expect(wrong(({ errors }) => errors.length > 0 && errors)).toEqual([]);
});

test("a page of which all of that is wrong would be told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-wrong-"));
  const body =
    '<div style="width: 2000px">wide</div><img src="none.png"><script>throw new Error("no")</script>';
  writeFileSync(join(folder, "wrong.html"), `<html><head></head><body>${body}</body></html>`);
  try {
    const [one] = await lookAt(folder, ["wrong.html"], [390]);
    expect(one?.overflow).toBeGreaterThan(1500);
    expect(one?.broken).toEqual([expect.stringMatching(/none\.png$/)]);
    expect(one?.errors.join()).toMatch(/Uncaught Error: no.*did not start/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
