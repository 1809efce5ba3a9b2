import { folderOf, functions, says, type Shell, SHELLS, stubs } from "./shell";

/** Each command on a line, as it is called; systemd has the service in a slice of its own. */
const COMMANDS = stubs({
  systemctl: 'case $* in *Slice*) echo shop.slice ;; *) echo "systemctl $*" ;; esac',
  "systemd-run": 'echo "systemd-run $*"',
});
const IN_EFFECT = "systemd-run --quiet --collect --wait --slice=shop.slice -- /bin/true";

/** Functions that do nothing. */
const without = (...names: string[]): string => names.map((name) => `${name}() { :; }`).join("\n");

/** A host in the middle of a run, its folder of what was there before with it. */
const host = (): string =>
  folderOf({ "var/lib/cdktf-puma/web/before/units": "", "etc/systemd/system/x": "" });

describe.each(SHELLS)("under $name", (shell: Shell) => {
  const run = (root: string, script: string): Promise<string> =>
    says(shell, `${functions({}, root)}\n${script}`, { before: COMMANDS });

  test("limits get into effect as a unit starts in the service's slice, before Puma's health is asked", async () => {
    const script = `${without("note_output", "reset_failed", "watch")}
      wait_until_healthy() { echo healthy; }
      taken_up=MemoryMax; take_up`;
    expect(await run(host(), script)).toBe(
      `web.service takes up without a restart: MemoryMax\n${IN_EFFECT}\nhealthy\n`,
    );
  });

  test("those of before get there as a run goes back that has put others into effect", async () => {
    const root = host();
    const takeUp = `${without("note_output", "reset_failed", "watch", "wait_until_healthy")}\ntaken_up=MemoryMax; take_up`;
    expect(await run(root, "restore_activity")).toBe("");
    await run(root, takeUp);
    expect(await run(root, "restore_activity")).toBe(`${IN_EFFECT}\n`);
  });
});
