/** What a run that somebody asks for on a host goes by, and what it leaves for the next apply. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SETTING_NAMES } from "../../lib/deploy/host-settings";
import { runScript } from "../../lib/deploy/run-script";
import { type Result } from "../../lab/fleet/run";
import { folderOf, functions, moved, quoted, sh, SHELLS } from "./shell";

const STATE = "var/lib/cdktf-puma/web";
const RECORD = "format=1\nowner=site\nhost=a\naddress=192.0.2.1\n";

/** The script that is kept, without its last line, as it is started for a word that somebody says. */
const whole = (word: string): string =>
  `set -- a 192.0.2.1 ${word} me '' web\n${runScript().replace(/main <\/dev\/null\n$/, "")}`;

describe.each(SHELLS)("under $name", (shell) => {
  /** Settings as a run with these leaves them. */
  async function settings(given: Record<string, string>): Promise<string> {
    const names = [...SETTING_NAMES, "PUMA_RUN_TIMEOUT"];
    const lines = names.map((name) => `${name}=${quoted(given[name] ?? "")}\n`).join("");
    return (await sh(shell, `${lines}${whole("apply")}\nprint_settings`)).stdout;
  }

  /** What one does with these files on the host. */
  const asked = (files: Record<string, string>, script: string, word = "restart"): Promise<Result> =>
    sh(shell, moved(`${whole(word)}\n${script}`, folderOf(files)));

  test.each(["restart", "status", "facts"])("a %s goes by what was healthy last", async (word) => {
    const now = await settings({ PUMA_RELEASE: "2" });
    const before = await settings({ PUMA_RELEASE: "1" });
    const of = (files: Record<string, string>): Promise<Result> => asked(files, 'echo "$PUMA_RELEASE"', word);
    expect((await of({ [`${STATE}/settings`]: now })).stdout).toBe("2\n");
    const cutOff = { [`${STATE}/settings`]: "PUMA_RELEASE='half", [`${STATE}/before/settings`]: before };
    expect(await of(cutOff)).toMatchObject({ code: 0, stdout: "1\n", stderr: "" });
  });

  test("a status prints the name of a release as it may stand in a terminal", async () => {
    const kept = await settings({ PUMA_SERVICE: "web" });
    const record = `${RECORD}release=\u001b[2J1\npath=/srv/app\n`;
    const files = { [`${STATE}/settings`]: kept, [`${STATE}/record`]: record };
    expect((await asked(files, "tell_release; say_release", "status")).stdout).toBe(
      "release ?[2J1, started in /srv/app\n",
    );
  });

  /** A restart, whose settings are changed before they are kept. */
  async function restarted(
    { given = {}, record = RECORD }: { given?: Record<string, string>; record?: string },
    change = (text: string): string => text,
  ): Promise<[number, string]> {
    const kept = { PUMA_SERVICE: "web", PUMA_START_ON: "boot", ...given };
    const files = { [`${STATE}/settings`]: change(await settings(kept)), [`${STATE}/record`]: record };
    const { code, stdout } = await asked(files, "check_request; echo on");
    return [code, stdout];
  }

  test("a restart of what can be restarted goes on", async () => {
    expect(await restarted({})).toEqual([0, "on\n"]);
  });

  test("one of what is kept stopped does not", async () => {
    expect(await restarted({ given: { PUMA_START_ON: "never" } })).toEqual([
      1,
      "FAILED on a: web is kept stopped, so nothing was changed: an apply without that starts it ('ensure')\n",
    ]);
  });

  test("nor one by settings of another version, which may lack one that this reads", async () => {
    const older = (text: string): string =>
      text
        .replace(/^PUMA_BEFORE=.*\n/m, "")
        .replace(" PUMA_BEFORE", "")
        .replace(/PUMA_SETTINGS_ARE=\w+/, "PUMA_SETTINGS_ARE=older");
    const [code, said] = await restarted({}, older);
    expect([code, said]).toEqual([1, expect.stringContaining("FAILED on a: another version of cdktf-puma")]);
    const files = { [`${STATE}/settings`]: older(await settings({})) };
    expect(await asked(files, 'echo "status$PUMA_BEFORE"', "status")).toMatchObject({ stdout: "status\n" });
  });

  test.each([
    ["name", RECORD.replace("host=a", "host=b")],
    ["address", RECORD.replace("192.0.2.1", "192.0.2.2")],
  ])("nor one that waited for an apply by which the host got another %s", async (_, record) => {
    const [code, said] = await restarted({ record });
    expect([code, said]).toEqual([1, expect.stringContaining("got another host name or address")]);
  });

  test.each([
    ["apply", false],
    ["restart", true],
    ["rollback", true],
  ])("the end of one by '%s': secrets for the next apply are still there: %s", async (word, there) => {
    const root = folderOf({ [`${STATE}/secrets/1/environment`]: "", "run/cdktf-puma/web/x": "" });
    const others = "end_leftovers remove_sockets to_disk keep_copies replace_record forget_before";
    const nothing = others.split(" ").map((name) => `${name}() { :; }\n`);
    const script = functions({}, root).replace(" apply me ", ` ${word} me `);
    expect((await sh(shell, `${script}\n${nothing.join("")}commit`)).code).toBe(0);
    expect(existsSync(join(root, STATE, "secrets/1"))).toBe(there);
  });
});
