/** What commands print where the engine runs, on its way to a host. */
import { fetchScript } from "../../lib/runtime/parts";
import { type Result } from "../../lab/fleet/run";
import { says, sh, type Shell, SHELLS } from "./shell";

const fetch = (shell: Shell, call: string): Promise<Result> => sh(shell, `${fetchScript()}${call}\n`);

/** What the host's shell makes of it. */
const secretsOf = (shell: Shell, printed: string): Promise<string> =>
  says(shell, `SECRETS='environment A whole :YQ=='\n${printed}\nprintf %s "$SECRETS"`);

describe.each(SHELLS)("under $name", (shell) => {
  test("a command's output stands behind what the engine knows, whatever its bytes", async () => {
    const calls = `fetch environment B chomped printf '%s\\n' "it's "'$x'\nfetch credential c whole printf '\\000\\377'`;
    const { stdout, stderr, code } = await fetch(shell, calls);
    expect([stderr, code]).toEqual(["", 0]);
    const lines = ["environment B chomped :aXQncyAkeAo=", "credential c whole :AP8="];
    expect(await secretsOf(shell, stdout)).toBe(["environment A whole :YQ==", ...lines].join("\n"));
  });

  test("a long one stands in one line", async () => {
    const { stdout } = await fetch(shell, "fetch credential c whole seq 2000");
    expect((await secretsOf(shell, stdout)).split("\n")).toHaveLength(2);
  });

  test.each([
    [
      "sh -c 'echo hunter2; echo hunter2 >&2; exit 3'",
      "the command of the secret B, sh, ended with exit code 3 on",
    ],
    ["no-such-command hunter2", "there is no command no-such-command for the secret B on"],
  ])("one that fails ends it, and nothing that it said is shown: %s", async (command, told) => {
    const { code, stderr } = await fetch(shell, `fetch environment B chomped ${command}`);
    expect([code, stderr]).toEqual([1, expect.stringContaining(told)]);
    expect(stderr).not.toContain("hunter2");
  });
});
