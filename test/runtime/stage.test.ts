/** How a secret comes into an environment file and into a credential, byte by byte, and what is said of it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { folderOf, moved, says, sh, type Shell, SHELLS, stubs } from "./shell";
import { stageScript } from "../../lib/runtime/parts";

/** Four words for each secret, as the engine and commands write them. */
const given = (
  values: readonly (readonly [kind: string, name: string, end: string, value: Buffer | string])[],
) =>
  values
    .map(([kind, name, end, value]) => `${kind} ${name} ${end} :${Buffer.from(value).toString("base64")}`)
    .join("\n");

const STUBS = stubs({
  "systemd-cat": "cat >/dev/null",
  "systemd-creds": 'eval "file=\\${$#}"; { echo "$2"; cat; } >"$file"',
});

const scriptOf = (root: string, values: string, version = "3"): string =>
  `set -- web1 192.0.2.1 stage me web web blog 600\nPUMA_SECRETS_VERSION=${version}\nPUMA_VALUES='${values}'\n${moved(stageScript(), root)}`;

const stage = (shell: Shell, root: string, values: string, version?: string): Promise<string> =>
  says(shell, scriptOf(root, values, version), { before: STUBS });

const secretsIn = (root: string): string => join(root, "var/lib/cdktf-puma/web/secrets");

const HOSTILE = `  '"$x$(id)\`id\`\\ \\n %i %% é # ;\n\t'end'\\ \r\n \ud7ff\ue000\ufffd\u{10000}\u{10fffd}\x7f`;

/** As systemd reads a value between double quotes: a backslash takes away the meaning of four characters, and of a line break. */
function unquoted(text: string): string {
  const [, value = ""] = /^\w+="([^]*)"\n$/.exec(text) ?? [];
  return value.replace(/\\([\\"$`])/g, "$1");
}

/** Of what systemd takes for no text, it prints the whole into the journal: the last three are noncharacters. */
const NO_TEXTS = [
  ...["\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"].map((end) =>
    Buffer.from(`hunter${end}`, "latin1"),
  ),
  ...["\uffff", "\ufdd0", "\u{1fffe}"].map((end) => Buffer.from(`hunter${end}`)),
];

describe.each(SHELLS)("under $name", (shell) => {
  test("what is hostile comes out of an environment file as it went in", async () => {
    const root = folderOf();
    const said = await stage(shell, root, given([["environment", "A", "whole", HOSTILE]]));
    const text = readFileSync(join(secretsIn(root), "3/environment"), "utf8");
    expect(unquoted(text)).toBe(HOSTILE);
    expect(said).toBe("version 3 of the secrets of web is on web1\n");
  });

  test("a line break at the end is of the value, or is not", async () => {
    const root = folderOf();
    const ends = [
      ["credential", "whole", "whole", "a\n\n"],
      ["credential", "one", "chomped", "a\n\n"],
      ["credential", "none", "chomped", "a"],
      ["credential", "bytes", "chomped", Buffer.from([0, 255, 13, 10, 10])],
    ] as const;
    await stage(shell, root, given(ends));
    const read = (name: string): string =>
      readFileSync(join(secretsIn(root), "3/credentials", name), "latin1");
    expect(["whole", "one", "none", "bytes"].map(read)).toEqual(["a\n\n", "a\n", "a", "\0\xff\r\n"]);
  });

  test("only its owner may enter the folders and read the files, and others the service's own", async () => {
    const root = folderOf();
    const values = [
      ["environment", "A", "whole", "a"],
      ["credential", "b", "whole", "b"],
    ] as const;
    await stage(shell, root, given(values));
    const mode = (path: string): string => (statSync(join(secretsIn(root), path)).mode & 0o777).toString(8);
    expect(["", "3", "3/credentials", "3/environment", "3/credentials/b", ".."].map(mode)).toEqual([
      ...["700", "700", "700", "400", "400", "755"],
    ]);
  });

  test("a version that is brought once more takes the place of itself, and nothing of a try that was cut off stays", async () => {
    const root = folderOf({
      "var/lib/cdktf-puma/web/secrets/.3.new/x": "old",
      "var/lib/cdktf-puma/web/secrets/.3.old/x": "old",
      "var/lib/cdktf-puma/web/secrets/2/environment": "old",
    });
    await stage(shell, root, given([["credential", "a", "whole", "1"]]));
    await stage(shell, root, given([["credential", "b", "whole", "2"]]));
    expect(readdirSync(secretsIn(root)).sort()).toEqual(["2", "3"]);
    expect(readdirSync(join(secretsIn(root), "3/credentials"))).toEqual(["b"]);
  });

  test("an encrypted one is encrypted under its name, and in no file before", async () => {
    const root = folderOf();
    await stage(shell, root, given([["encrypted", "key", "chomped", "hunter2\n"]]));
    expect(readFileSync(join(secretsIn(root), "3/credentials/key"), "utf8")).toBe("--name=key\nhunter2");
  });

  test.each<[kind: string, value: string | Buffer, told: string]>([
    ["environment", "", "the secret A is empty: it was not given to this apply"],
    ["credential", "", "the secret A is empty: it was not given to this apply"],
    ["environment", "hunter\0", "the secret A holds NUL, which no environment variable can"],
    ...NO_TEXTS.map((value): [string, Buffer, string] => [
      ...(["environment", value, "the secret A is no text in UTF-8"] as const),
    ]),
  ])("of what cannot be, it is told: %s %j", async (kind, value, told) => {
    const root = folderOf();
    const { code, stdout, stderr } = await sh(shell, scriptOf(root, given([[kind, "A", "whole", value]])), {
      before: STUBS,
    });
    expect([code, stdout, stderr]).toEqual([1, expect.stringContaining(`FAILED on web1: ${told}`), ""]);
    expect(stdout).not.toContain("hunter");
    expect(readdirSync(secretsIn(root))).toEqual([]);
  });

  test("what a program fails at is in the journal, too, where the engine may hide it", async () => {
    const root = folderOf();
    const journal = join(root, "journal");
    const { code, stdout } = await sh(
      shell,
      scriptOf(root, given([["credential", "a", "whole", "hunter"]])),
      {
        before: stubs({ "systemd-cat": `cat >>'${journal}'`, find: "echo 'find: no room' >&2; exit 1" }),
      },
    );
    const told = `version 3 of the secrets could not be written to ${secretsIn(root)}: see whether it is full or read-only`;
    expect([code, stdout]).toEqual([1, `find: no room\nFAILED on web1: ${told}\n`]);
    expect(readFileSync(journal, "utf8")).toBe(`cdktf-puma: web: ${told}\n`);
    expect(readdirSync(secretsIn(root))).toEqual([]);
  });

  test("the version with which a service was handed over stays, and another comes beside it", async () => {
    const root = folderOf({
      "var/lib/cdktf-puma/web/handed-over": "format=1\nowner=shop\nhost=web1\n",
      "var/lib/cdktf-puma/web/secrets/3/environment": "old",
    });
    const values = given([["environment", "A", "whole", "new"]]);
    const { code, stdout } = await sh(shell, scriptOf(root, values), { before: STUBS });
    expect([code, stdout]).toEqual([
      1,
      "FAILED on web1: web was handed over here with version 3 of its secrets, which are left alone: choose another version\n",
    ]);
    await stage(shell, root, values, "4");
    expect(readdirSync(secretsIn(root)).sort()).toEqual(["3", "4"]);
    expect(readFileSync(join(secretsIn(root), "3/environment"), "utf8")).toBe("old");
  });

  test("another stack's service gets none", async () => {
    const root = folderOf({ "var/lib/cdktf-puma/web/record": "format=1\nowner=shop\nhost=web1\n" });
    const { code, stdout } = await sh(shell, scriptOf(root, given([["credential", "a", "whole", "1"]])), {
      before: STUBS,
    });
    expect([code, stdout]).toEqual([
      1,
      "FAILED on web1: web belongs to another stack here: no secret was brought to it\n",
    ]);
  });
});
