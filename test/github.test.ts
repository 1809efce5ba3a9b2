/** What GitHub reads of this repository: workflows, templates, and the one address that package.json names. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

const ROOT = join(__dirname, "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const { repository, bugs, homepage } = JSON.parse(read("package.json"));
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ".github"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .trim()
  .split("\n");
const workflows = files.filter((file) => file.startsWith(".github/workflows/"));

test("there is one address of the repository, which package.json names", () => {
  const [, address] = /^git\+(https:.*)\.git$/.exec(repository.url) as RegExpExecArray;
  expect([bugs, homepage]).toEqual([`${address}/issues`, `${address}#readme`]);
  const named = [...files, "SECURITY.md"].flatMap(
    (file) => read(file).match(/https:\/\/github\.com\/[\w-]+\/cdktf-puma\b/g) ?? [],
  );
  expect(new Set(named)).toEqual(new Set([address]));
});

test("the pages that the templates link to are there", () => {
  const pages = files.flatMap((file) => [...read(file).matchAll(/\/blob\/main\/([\w./-]+)/g)]);
  expect(pages.length).toBeGreaterThan(0);
  for (const [, page] of pages) expect(read(page as string)).not.toBe("");
});

test.each(workflows)("%s takes others' actions by a commit, whose version it says", (file) => {
  const others = read(file).match(/uses: (?!\.\/).*/g) ?? [];
  expect(others.length).toBeGreaterThan(0);
  for (const use of others) expect(use).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(workflows)("%s gives each job the least that it needs", (file) => {
  const { permissions, jobs } = parse(read(file));
  expect(Object.values(permissions).filter((right) => right !== "read")).toEqual([]);
  const writing = Object.entries<{ permissions?: object }>(jobs).filter(([, job]) =>
    Object.values(job.permissions ?? {}).includes("write"),
  );
  expect(writing.map(([name]) => name)).toEqual(file.endsWith("release.yml") ? ["publish"] : []);
});

test.each(readdirSync(join(ROOT, ".github/ISSUE_TEMPLATE")).filter((file) => file !== "config.yml"))(
  "%s is a form, each field of which has a name of its own",
  (file) => {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${file}`));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const fields = form.body.filter(({ type }: { type: string }) => type !== "markdown");
    const ids = fields.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of fields) expect(attributes.label).toEqual(expect.any(String));
  },
);

describe("the notes of a release", () => {
  const CHANGELOG =
    "# Changelog\n\n## [1.10.0] - 2027-01-02\n\n### Added\n\n- That.\n\n## [1.1.0] - 2026-12-01\n\n- Old.\n";
  const notes = (tag: string, version: string, changelog = CHANGELOG): string => {
    const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-notes-"));
    try {
      writeFileSync(join(folder, "package.json"), JSON.stringify({ version }));
      writeFileSync(join(folder, "CHANGELOG.md"), changelog);
      const script = join(ROOT, "scripts/release-notes.mjs");
      const { stdout, stderr } = spawnSync(process.execPath, [script, tag], {
        cwd: folder,
        encoding: "utf8",
      });
      return stdout + stderr;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test("are the lines of CHANGELOG.md about that version", () => {
    expect(notes("v1.10.0", "1.10.0")).toBe("### Added\n\n- That.\n");
    expect(notes("v1.1.0", "1.1.0")).toBe("- Old.\n");
  });

  test.each([
    [
      "a tag of another version",
      "v1.9.0",
      "1.10.0",
      undefined,
      "the tag must be v1.10.0, as in package.json, got v1.9.0\n",
    ],
    ["no tag", "", "1.10.0", undefined, "the tag must be v1.10.0, as in package.json, got none\n"],
    [
      "no section",
      "v1.0.0",
      "1.0.0",
      undefined,
      "CHANGELOG.md must have a section ## [1.0.0] - YYYY-MM-DD\n",
    ],
    [
      ...["a version that has no day yet", "v1.1.0", "1.1.0"],
      "## [1.1.0] - unreleased\n\n- Old.\n",
      "CHANGELOG.md must say when 1.1.0 is released, got [1.1.0] - unreleased\n",
    ],
  ] as [string, string, string, string | undefined, string][])(
    "are refused for %s",
    (_, tag, version, changelog, error) => {
      expect(notes(tag, version, changelog)).toBe(error);
    },
  );
});
