import { launch, type Launch } from "./launcher";
import { SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  test.each([0o701, 0o710, 0o750, 0o755, 0o777, 0o705])(
    "refuses a folder of mode %i (decimal)",
    async (mode) => {
      const { code, stdout, log } = await launch(shell, { mode });
      expect(code).toBe(1);
      expect(stdout).toMatch(/^FAILED on a: other users may enter .*chmod 700/);
      expect(log).toBe("");
    },
  );

  test.each([0o700, 0o500])("is content with a folder of mode %i (decimal)", async (mode) => {
    expect((await launch(shell, { mode })).code).toBe(0);
  });

  /** Where namei says so of /home/ops/.ssh. */
  const way = (home: string, top = "drwxr-xr-x root root home"): Launch => ({
    become: "sudo",
    commands: {
      id: "echo ops",
      namei: `printf '%s\\n' "f: /home/ops/.ssh" "drwxr-xr-x root root /" "${top}" "${home}" "drwx------ ops ops .ssh"`,
    },
  });

  test.each([
    ["another's", way("drwx------ eve eve ops"), "ops (drwx------ eve:eve)"],
    [
      "one above it that is another's",
      way("drwxr-xr-x root root ops", "drwxr-xr-x eve eve home"),
      "home (drwxr-xr-x eve:eve)",
    ],
    ["one that everybody writes to", way("drwxr-xrwx ops ops ops"), "ops (drwxr-xrwx ops:ops)"],
    ["a group's", way("drwxrwxr-x ops staff ops"), "ops (drwxrwxr-x ops:staff)"],
    [
      "one behind a link of another's",
      way("drwx------ ops ops ops", "lrwxrwxrwx eve eve home -> x"),
      "home -> x (lrwxrwxrwx eve:eve)",
    ],
  ])("refuses a folder in %s", async (_, options, place) => {
    const { code, stdout, log } = await launch(shell, options);
    expect([code, log]).toEqual([1, ""]);
    expect(stdout).toMatch(/^FAILED on a: others than ops could put another folder in the place of /);
    expect(stdout).toContain(`${place} is on the way there; choose another 'scriptPath' for this Host`);
  });

  test.each([
    ["his own", way("drwx------ ops ops ops")],
    ["one of his own group's", way("drwxrwxr-x ops ops ops")],
    ["a sticky one", way("drwx------ ops ops ops", "drwxrwxrwt root root tmp")],
  ])("is content with a folder in %s", async (_, options) => {
    expect((await launch(shell, options)).code).toBe(0);
  });
});
