/** The recipes of docs/ci.md: their YAML is what each CI reads. That their lines do what they say is shown by recipes.prove.ts. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { builtTool } from "../../lab/tools/built";
import { read, RECIPES } from "./recipe";

const WORKFLOWS = readdirSync(join(RECIPES, "github"));

describe("the YAML", () => {
  test("of GitHub's is what actionlint takes, with scripts that shellcheck takes", async () => {
    const files = WORKFLOWS.map((file) => join(RECIPES, "github", file));
    const lint = (...words: string[]): ReturnType<typeof spawnSync> =>
      spawnSync(actionlint, words, {
        encoding: "utf8",
        input: read("github/plan.yml").replace("runs-on", "runs-of"),
      });
    const actionlint = await builtTool("actionlint");
    expect(lint("-no-color", ...files)).toMatchObject({ status: 0, stdout: "" });
    expect(lint("-no-color", "-").stdout).toContain('unexpected key "runs-of"');
  });

  test.each(WORKFLOWS)(
    "of %s takes others' actions by a commit, and gives the job what it needs alone",
    (file) => {
      const text = read(`github/${file}`);
      for (const [use] of text.matchAll(/uses:.*/g))
        expect(use).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      const { permissions, jobs } = parse(text);
      expect(permissions).toEqual({});
      const writes = Object.values<{ permissions: object }>(jobs).flatMap((job) =>
        Object.entries(job.permissions),
      );
      const needed = file === "plan.yml" ? "pull-requests" : "id-token";
      expect(Object.fromEntries(writes)).toEqual({ contents: "read", [needed]: "write" });
    },
  );

  test("plans nothing of a fork, whose jobs could be given what this project's have", () => {
    const { jobs } = parse(read("github/plan.yml"));
    expect(jobs.plan.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
    const { plan } = parse(read("gitlab-ci.yml"));
    expect(plan.rules).toHaveLength(1);
    expect(plan.rules[0].if).toContain("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID");
  });

  const gitlab = (text: string): { status: number | null; said: string } => {
    const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-gitlab-"));
    try {
      writeFileSync(join(folder, ".gitlab-ci.yml"), text);
      const git = ["init -q", "remote add origin git@gitlab.example.org:ops/blog.git", "add ."];
      for (const words of git) execFileSync("git", words.split(" "), { cwd: folder });
      const author = ["-c", "user.name=ci", "-c", "user.email=ci@example.org"];
      execFileSync("git", [...author, "commit", "-qm", "first"], { cwd: folder });
      // Which of Node.js 22 gitlab-ci-local needs.
      const union = "Set.prototype.union ??= function (other) { return new Set([...this, ...other]); };";
      const words = [
        "--import",
        `data:text/javascript,${encodeURIComponent(union)}`,
        GITLAB_CI_LOCAL,
        "--list",
      ];
      const { status, stdout, stderr } = spawnSync(process.execPath, words, {
        cwd: folder,
        encoding: "utf8",
      });
      return { status, said: stdout + stderr };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const GITLAB_CI_LOCAL = join(__dirname, "../../node_modules/gitlab-ci-local/dist/index.js");

  test("of GitLab's is valid by GitLab's own schema", () => {
    const text = read("gitlab-ci.yml");
    expect(gitlab(text)).toMatchObject({
      ...{ status: 0, said: expect.stringContaining("json schema validated") as string },
    });
    const { status, said } = gitlab(text.replace("resource_group", "resource_grp"));
    expect([status, said]).toEqual([
      1,
      expect.stringContaining("'resource_grp' property is not expected to be here at apply") as string,
    ]);
  });

  test("of Atlantis's has the keys that Atlantis knows", () => {
    const { version, projects, workflows, ...others } = parse(read("atlantis.yaml"));
    expect([version, others, projects.length]).toEqual([3, {}, 1]);
    const [{ name, dir, workflow, autoplan, plan_requirements: plan, apply_requirements: apply, ...more }] =
      projects;
    expect([name, dir, Object.keys(autoplan), more]).toEqual(["blog", ".", ["when_modified"], {}]);
    for (const one of [...plan, ...apply]) expect(["approved", "mergeable", "undiverged"]).toContain(one);
    expect(Object.keys(workflows)).toEqual([workflow]);
    expect(Object.keys(workflows[workflow])).toEqual(["plan", "apply"]);
    for (const stage of ["plan", "apply"])
      for (const step of workflows[workflow][stage].steps) {
        const [[kind, said], ...rest] = Object.entries<Record<string, string> | string>(step) as [
          [string, object],
        ];
        expect(rest).toEqual([]);
        const keys = typeof said === "string" ? [] : Object.keys(said);
        expect({ run: ["command", "output"], env: ["name", "value"] }[kind]).toEqual(
          expect.arrayContaining(keys),
        );
      }
  });
});
