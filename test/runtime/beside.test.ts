/** What a host asks for where the engine runs: how it asks, what runs there, and how the answer comes back. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Result, run } from "../../lab/fleet/run";
import { besideScript, conversingScript, hearScript } from "../../lib/runtime/parts";
import { folderOf, functions, moved, quoted, says, type Shell, SHELLS, stubs } from "./shell";

/** A host whose root is a folder: what it is sent runs as it would there. */
interface Asked extends Result {
  readonly root: string;
}

/** What a run does, from the line by which it asks on; its folder in /run is $1. */
const asking = (times: number): string => `for what in ${"before ".repeat(times)}; do
printf '\\001cdktf-puma asks %s\\n' "$what"
while [ ! -f "$1/answer-$PUMA_HEARD_BY" ]; do sleep 0.1; done
echo "heard: $(cat "$1/answer-$PUMA_HEARD_BY")"
rm "$1/answer-$PUMA_HEARD_BY"
done`;
const ASKING = asking(1);

async function converse(
  shell: Shell,
  settings: Record<string, string>,
  { payload = ASKING, reach = "local", ssh = "" } = {},
): Promise<Asked> {
  const root = folderOf();
  const folder = join(root, "run/cdktf-puma/web");
  mkdirSync(folder, { recursive: true });
  const ssh_ = ssh || `for word in "$@"; do command=$word; done; exec /bin/sh -c "$command"`;
  const PATH = `${stubs({ ssh: ssh_, sleep: "exec /bin/sleep 0.05" })}:${shell.path}`;
  const empty = [
    "USER",
    "PORT",
    "KEY",
    "KEY_FILE",
    "CERTIFICATE",
    "HOST_KEY",
    "HOST_AUTHORITY",
    "CONFIG",
    "OPTIONS",
    "FRESH",
  ];
  const bastion = ["ADDRESS", "USER", "PORT", "KEY", "KEY_FILE", "CERTIFICATE", "HOST_KEY", "HOST_AUTHORITY"];
  const given = {
    ...Object.fromEntries([...empty, ...bastion.map((name) => `BASTION_${name}`)].map((name) => [name, ""])),
    ...{ HOST: "web1", ADDRESS: "192.0.2.1", TIMEOUT: "2000ms", REACH: reach, IDENTITY: "i-1" },
    ...{ BEFORE: "", AFTER: "", AROUND_TIMEOUT: "60", BESIDE: besideScript() },
    SCRIPT: `set -eu -- a 192.0.2.1 root '' 0 stdin\nSERVICE=web\n${moved(hearScript(), root)}\nheard() {`,
    PACKED: gzipSync(`set -- ${quoted(folder)}\n${payload}\n`).toString("base64"),
    ...settings,
  };
  const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [`CDKTF_PUMA_${name}`, value]));
  const [command, ...words] = shell.command;
  const result = await run(command, [...words, "-c", conversingScript(), "web on web1"], {
    ...{ env: { ...env, PATH }, allowFailure: true },
  });
  return { ...result, root };
}

const say = (text: string): string => `/bin/sh -c ${quoted(text)}`;

describe.each(SHELLS)("under $name", (shell) => {
  test.each(["local", "openssh"])("runs what is asked for, and hands the answer back: %s", async (reach) => {
    const BEFORE = say(
      'echo "$CDKTF_PUMA_HOST $CDKTF_PUMA_ADDRESS $CDKTF_PUMA_IDENTITY"; printf "\\033[2Jx"',
    );
    const { code, stdout, stderr } = await converse(shell, { BEFORE }, { reach });
    expect([code, stdout, stderr]).toEqual([0, "| web1 192.0.2.1 i-1\n| ?[2Jx\nheard: before ok\n", ""]);
  });

  test("no shell reads its words but as words", async () => {
    const words = ["printf", "%s;", "it's", "$HOME `id` $(id)", 'a "b" \\', "*", "é"].map(quoted).join(" ");
    const { stdout } = await converse(shell, { BEFORE: words });
    expect(stdout).toBe(`| it's;$HOME \`id\` $(id);a "b" \\;*;é;\nheard: before ok\n`);
  });

  test("the exit code is the host's, and all that it prints comes through", async () => {
    const payload = "printf 'a  b\\\\n\\n'; echo it >&2; printf end; exit 7";
    const { code, stdout } = await converse(shell, {}, { payload });
    expect([code, stdout]).toEqual([7, "a  b\\n\nit\nend\n"]);
  });

  test("what fails is told with its last words", async () => {
    const BEFORE = say("echo one; echo; echo two >&2; exit 3");
    const { stdout } = await converse(shell, { BEFORE });
    expect(stdout).toBe(
      "| one\n| \n| two\nheard: before failed with exit status 3 where the engine runs: one; two\n",
    );
  });

  test("it reads nothing of what the host prints", async () => {
    const { stdout } = await converse(shell, { BEFORE: say("cat; echo end") });
    expect(stdout).toBe("| end\nheard: before ok\n");
  });

  test("a host that asks on and on is not served", async () => {
    const root = folderOf({ beats: "" });
    const { stdout } = await converse(
      shell,
      { BEFORE: say(`echo >>${root}/beats`) },
      { payload: asking(12) },
    );
    expect(stdout).toBe(
      `${"heard: before ok\n".repeat(9)}${"heard: before is asked for too often\n".repeat(3)}`,
    );
    expect(readFileSync(join(root, "beats"), "utf8")).toBe("\n".repeat(9));
  });

  test("what is not there fails", async () => {
    const { stdout } = await converse(shell, { BEFORE: "'/nowhere/lb'" });
    expect(stdout).toMatch(
      /heard: before failed with exit status 127 where the engine runs: .*\/nowhere\/lb/,
    );
  });

  test("what does not end is ended with all that it has started", async () => {
    const root = folderOf();
    const BEFORE = say(`/bin/sh -c 'while :; do /bin/sleep 0.1; echo >>${root}/beats; done' & wait`);
    const { stdout } = await converse(shell, { BEFORE, AROUND_TIMEOUT: "1" });
    // A shell that is ended too late says of what it waits for that it was.
    const told = stdout.replace("| Terminated\n", "").replace(": Terminated\n", "\n");
    expect(told).toBe("heard: before did not end within 1s ('timeout')\n");
    const beats = readFileSync(join(root, "beats"), "utf8");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(readFileSync(join(root, "beats"), "utf8")).toBe(beats);
  });

  test("a connection that is cut is told, and nothing is left of it", async () => {
    const ssh = `echo cdktf-puma-connected >&2; cat >/dev/null & echo some words; echo "Timeout." >&2; exit 255`;
    const { code, stdout } = await converse(shell, {}, { reach: "openssh", ssh });
    expect([code, stdout]).toEqual([
      1,
      "some words\nFAILED on web1: the connection to 192.0.2.1 was cut: what runs there ends by itself, and the next apply says how (Timeout.)\n",
    ]);
  });

  test("the host hears at once that nobody answers any more", async () => {
    const root = folderOf();
    const folder = join(root, "run/cdktf-puma/web");
    mkdirSync(folder, { recursive: true });
    const script = `set -- a 192.0.2.1 root\nSERVICE=web\n${moved(hearScript(), root)}
      heard() { while [ ! -f ${folder}/answer-$PUMA_HEARD_BY ]; do sleep 0.1; done; cat ${folder}/answer*; }
      exec 6</dev/null\nconverse "$@"`;
    expect(await says(shell, script)).toBe("gone\n");
    // It may wait for its turn, and what is in the folder is another's.
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^answer-\d+-\d+$/)]);
  });

  const asked = async (
    answer: string,
    PUMA_AROUND_TIMEOUT = "60",
    { action = "ask_engine before X", left = "" } = {},
  ): Promise<string> => {
    const root = folderOf({ "run/cdktf-puma/web/x": "", "var/lib/cdktf-puma/web/x": "" });
    const place = join(root, "run/cdktf-puma/web/answer-1");
    if (left !== "") writeFileSync(place, `${left}\n`);
    const settings = { PUMA_AROUND_TIMEOUT, PUMA_AROUND_AT_ENGINE: "before after", PUMA_HEARD_BY: "1" };
    const script = `sleep() { ${answer === "" ? ":" : `printf '%s\\n' ${quoted(answer)} >${place}`}; }\n${action === "" ? ":" : `attempt ${action}`}\nprintf '%s ' "$code"; [ ! -f "$STAGE/cause" ] || cause_of_failure`;
    return says(shell, `${functions(settings, root)}\nfound=''\n${script}`);
  };

  test.each([
    ["before ok", "0 "],
    ["before failed with exit status 3: \u001b[31m", "1 X failed with exit status 3: ?[31m\n"],
    ["gone", "1 X was not run, or nobody knows how it ended: the engine that applied is gone\n"],
  ])("the answer %j is understood", async (answer, told) => {
    expect(await asked(answer)).toBe(`\u0001cdktf-puma asks before\n${told}`);
  });

  test("an answer to what was asked before is none, but that nobody answers any more", async () => {
    const failed = "before failed with exit status 3";
    expect(await asked("before ok", "1", { left: failed })).toBe("\u0001cdktf-puma asks before\n0 ");
    expect(await asked("before ok", "1", { left: "gone" })).toContain("1 X was not run, or nobody");
  });

  test.each(["after ok", ""])("an answer to something else is none: %j", async (answer) => {
    expect(await asked(answer, "1")).toBe(
      "\u0001cdktf-puma asks before\n1 X was asked for where the engine runs, and nothing answered within 31s\n",
    );
  });

  test.each([
    [
      "apply",
      "take_out",
      "asking for what comes before the change, where the engine runs\n\u0001cdktf-puma asks before\n",
      true,
    ],
    [
      "restart",
      "take_out",
      "note: web is not taken out of its balancer: an apply does that, where the engine runs ('tasks')\n",
      false,
    ],
  ])("by the action %s, %s says so", async (action, command, told, out) => {
    const root = folderOf({ "run/cdktf-puma/web/x": "" });
    const settings = { PUMA_AROUND_TIMEOUT: "60", PUMA_AROUND_AT_ENGINE: "before after", PUMA_HEARD_BY: "1" };
    const script = functions(settings, root).replace("192.0.2.1 apply", `192.0.2.1 ${action}`);
    expect(
      await says(
        shell,
        `${script}\nto_disk() { :; }\nsleep() { echo before ok >"$STAGE/answer-1"; }\nrunning=true\n${command}`,
      ),
    ).toBe(told);
    expect(existsSync(join(root, "var/lib/cdktf-puma/web/out"))).toBe(out);
  });

  test("what was out stays out where nobody hears", async () => {
    const root = folderOf({ "var/lib/cdktf-puma/web/out": "", "run/cdktf-puma/web/x": "" });
    const settings = { PUMA_AROUND_TIMEOUT: "60", PUMA_AROUND_AT_ENGINE: "after" };
    const script = functions(settings, root).replace("192.0.2.1 apply", "192.0.2.1 restart");
    expect(await says(shell, `${script}\nput_in`)).toMatch(
      /^note: web may be out of its balancer, as it was: /,
    );
    expect(existsSync(join(root, "var/lib/cdktf-puma/web/out"))).toBe(true);
  });

  test("what could not be put back stays out", async () => {
    const root = folderOf({ "var/lib/cdktf-puma/web/out": "", "run/cdktf-puma/web/x": "" });
    const script = `look() { :; }\nsystemctl() { :; }\nput_in() { echo in; }\nremove_mount_points() { :; }
      became='web could NOT be put back (x)'; put_in_after_failure; echo "$became"
      became='web is back to what it was'; put_in_after_failure`;
    expect(await says(shell, `${functions({ PUMA_AFTER: "x" }, root)}\n${script}`)).toBe(
      "web could NOT be put back (x)\nin\n",
    );
  });
});
