/** A lock on a service: who puts it there, who may take it away, and what meets it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { lockScript } from "../../lib/runtime/parts";
import { type Result } from "../../lab/fleet/run";
import { folderOf, functions, moved, quoted, sh, type Shell, SHELLS, stubs } from "./shell";

const STATE = "var/lib/cdktf-puma/web";
const RECORD = { [`${STATE}/record`]: "owner=site\n", [`${STATE}/run.sh`]: "heed_lock\n" };
const LOCK = "by=anna, as ops from 10.0.0.5\nsince=2026-11-27 09:12:33\nwhy=moving = the database\n";
const HOSTILE = "it's 100% $HOME `id` \u001b[2J\nby=nobody\\n\t\u202eé";

const commands = (run = "inactive"): string =>
  stubs({
    "systemd-cat": "cat >/dev/null",
    systemctl: `case "$*" in *ActiveState*) echo ${run} ;; *) echo "cdktf-puma apply of web" ;; esac`,
  });

describe.each(SHELLS)("under $name", (shell) => {
  const call = (root: string, words: readonly string[], run?: string): Promise<Result> =>
    sh(shell, `set -- ${words.map(quoted).join(" ")}\n${moved(lockScript(), root)}`, {
      before: commands(run),
    });
  const lock = (root: string, who = "anna", why = "why", run?: string): Promise<Result> =>
    call(root, ["lock", "web", "system", "ops from 10.0.0.5", who, why], run);
  const unlock = (root: string): Promise<Result> => call(root, ["unlock", "web", "system", "ops", "ben", ""]);

  test("it says whose it is, since when and why, and is root's alone", async () => {
    const root = folderOf(RECORD);
    const { code, stdout } = await lock(root, "anna", "a = b");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^locked by anna, as ops from 10\.0\.0\.5 since \S+ \S+: a = b\n$/),
    ]);
    expect(readFileSync(join(root, STATE, "locked"), "utf8")).toMatch(
      /^by=anna, as ops from 10\.0\.0\.5\nsince=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\nwhy=a = b\n$/,
    );
    expect((statSync(join(root, STATE, "locked")).mode & 0o777).toString(8)).toBe("600");
    expect(readdirSync(join(root, STATE)).sort()).toEqual(["locked", "record", "run.sh"]);
  });

  test("what is hostile is one line of it", async () => {
    const root = folderOf(RECORD);
    await lock(root, HOSTILE, HOSTILE);
    const lines = readFileSync(join(root, STATE, "locked"), "utf8").split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe("by=it's 100% $HOME `id`  [2J by=nobody\\n \u202eé, as ops from 10.0.0.5");
    const { stdout } = await heeded(shell, root, "apply");
    expect(stdout).toMatch(
      /locked here by it's 100% \$HOME `id` {2}\[2J by=nobody\\n \?é, as ops from 10\.0\.0\.5 since /,
    );
  });

  test("who comes second is told whose it is, and changes nothing", async () => {
    const root = folderOf({ ...RECORD, [`${STATE}/locked`]: LOCK });
    expect(await lock(root, "ben", "mine")).toMatchObject({
      code: 1,
      stdout:
        "it is locked already, by anna, as ops from 10.0.0.5 since 2026-11-27 09:12:33: moving = the database\n",
    });
    expect(readFileSync(join(root, STATE, "locked"), "utf8")).toBe(LOCK);
    expect(readdirSync(join(root, STATE)).sort()).toEqual(["locked", "record", "run.sh"]);
  });

  test("who unlocks is told whose it was", async () => {
    const root = folderOf({ ...RECORD, [`${STATE}/locked`]: LOCK });
    expect((await unlock(root)).stdout).toBe(
      "unlocked: it was locked by anna, as ops from 10.0.0.5 since 2026-11-27 09:12:33: moving = the database\n",
    );
    expect(existsSync(join(root, STATE, "locked"))).toBe(false);
    expect(await unlock(root)).toMatchObject({ code: 0, stdout: "it was not locked\n" });
  });

  test("what restarts it by itself looks again as it is unlocked", async () => {
    const root = folderOf({ ...RECORD, [`${STATE}/locked`]: LOCK });
    const { stdout } = await sh(shell, `set -- unlock web system ops ben ''\n${moved(lockScript(), root)}`, {
      before: stubs({
        "systemd-cat": "cat >/dev/null",
        systemctl: 'case "$*" in *web.path) echo active ;; *) echo "did $*" ;; esac',
      }),
    });
    expect(stdout.split("\n").slice(1)).toEqual([
      "what restarts it by itself there looks now whether it has to",
      "did start --no-block cdktf-puma-restart@web.service",
      "",
    ]);
  });

  test.each([
    ["ops", "ops from 10.0.0.5"],
    ["op", "op, as ops from 10.0.0.5"],
    ["", ", as ops from 10.0.0.5"],
  ])("who logs in by a name of his own is named once: '%s'", async (who, named) => {
    expect((await lock(folderOf(RECORD), who)).stdout).toContain(`locked by ${named} since `);
  });

  test("there is none of what is not there", async () => {
    const root = folderOf({ [`${STATE}/handed-over`]: "" });
    expect(await lock(root)).toMatchObject({
      code: 1,
      stdout: "it is not there, so there is nothing to lock\n",
    });
    expect(readdirSync(join(root, STATE))).toEqual(["handed-over"]);
  });

  test("what it does not hold back is said", async () => {
    const root = folderOf({ ...RECORD, [`${STATE}/run.sh`]: "older\n" });
    expect((await lock(root, "anna", "why", "active")).stdout.split("\n")).toEqual([
      expect.stringMatching(/^locked by anna/),
      "what restarts it there is of a version that heeds no lock: only an apply of this one does",
      "a run is under way there, and goes on to its end: cdktf-puma apply of web",
      "",
    ]);
  });

  const wayOut = (root: string, service: string): string =>
    `('npx cdktf-puma unlock'; here: rm ${root}/var/lib/cdktf-puma/${service}/locked)\n`;
  const refused =
    "FAILED on a: nothing was touched, as web is locked here by anna, as ops from 10.0.0.5 since 2026-11-27 09:12:33: moving = the database ";

  test.each(["apply", "task", "restart", "rollback", "remove", "retain"])(
    "%s is refused by it",
    async (word) => {
      const root = folderOf({ [`${STATE}/locked`]: LOCK });
      expect(await heeded(shell, root, word)).toMatchObject({
        code: 1,
        stdout: refused + wayOut(root, "web"),
      });
      expect((await heeded(shell, folderOf(), word)).stdout).toBe("on\n");
    },
  );

  test.each(["plan", "check", "status", "facts", "history", "cancel"])("%s is not", async (word) => {
    const root = folderOf({ [`${STATE}/locked`]: LOCK });
    expect(await heeded(shell, root, word)).toMatchObject({ code: 0, stdout: "on\n" });
  });

  test("one on a drop-in holds for all of its unit, and for no other", async () => {
    const root = folderOf({ "var/lib/cdktf-puma/puma:blog.service:a/locked": LOCK });
    const run = async (service: string): Promise<string> =>
      (await heeded(shell, root, "apply", { PUMA_SERVICE: service })).stdout;
    expect(await run("puma:blog.service:a")).toContain("puma:blog.service:a is locked here by anna");
    expect(await run("puma:blog.service:b")).toContain("puma:blog.service:a is locked here by anna");
    for (const other of ["puma:shop.service:a", "puma.service:a", "puma", "blog.service:b"])
      expect(await run(other)).toBe("on\n");
  });

  test("one that came while its service was being renamed holds for what that is called now", async () => {
    const root = folderOf({
      "var/lib/cdktf-puma/shop/locked": LOCK,
      "var/lib/cdktf-puma/shop/record": "",
      [`${STATE}/before/x`]: "",
    });
    await sh(shell, `${functions({}, root)}\npredecessor=shop\nput_predecessor_away`);
    expect(readFileSync(join(root, STATE, "locked"), "utf8")).toBe(LOCK);
    expect(readdirSync(join(root, STATE, "before")).sort()).toEqual(["predecessor.state", "x"]);
  });

  test("so does one that came before such a rename was cut off as it cleared up", async () => {
    const root = folderOf({
      [`${STATE}/record`]: "owner=site\n",
      [`${STATE}/before/predecessor`]: "shop\n",
      "var/lib/cdktf-puma/shop/locked": LOCK,
    });
    await sh(shell, `${functions({}, root)}\nhold_lock_of() { :; }\nsettle_renames`);
    expect(readFileSync(join(root, STATE, "locked"), "utf8")).toBe(LOCK);
    expect(readdirSync(join(root, "var/lib/cdktf-puma"))).toEqual(["web"]);
  });

  test.each(["apply", "restart", "remove"])(
    "one that came after a rename was cut off is heeded by what would go on from there: %s",
    async (word) => {
      const root = folderOf({
        "var/lib/cdktf-puma/shop/locked": LOCK,
        "var/lib/cdktf-puma/shop/record": "",
        [`${STATE}/before/predecessor`]: "shop\n",
      });
      const script = `${functions({}, root).replace(" apply me ", ` ${word} me `)}\nhold_lock_of() { :; }\nrecall_predecessor\necho on`;
      expect((await sh(shell, script)).stdout).toContain(
        "nothing was touched, as shop is locked here by anna",
      );
    },
  );

  test("one on what would be renamed or stopped counts, too", async () => {
    const root = folderOf({ "var/lib/cdktf-puma/shop/locked": LOCK, "var/lib/cdktf-puma/api/locked": "" });
    const script = `predecessor=shop abandoned=api\ncheck_locks\nprintf '%s\\n' "$problems"`;
    const { stdout } = await sh(shell, `${functions({}, root)}\n${script}`);
    expect(stdout).toBe(
      "\n  - shop is locked here by anna, as ops from 10.0.0.5 since 2026-11-27 09:12:33: moving = the database " +
        wayOut(root, "shop") +
        `  - api is locked here by somebody since some time: no reason is given ${wayOut(root, "api")}`,
    );
  });
});

/** What a run for a word says before it does anything. */
const heeded = (
  shell: Shell,
  root: string,
  word: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Result> =>
  sh(shell, `${functions(settings, root).replace(" apply me ", ` ${word} me `)}\nheed_lock\necho on`);
