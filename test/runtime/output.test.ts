/** What a Puma wrote to files since it was started, and nothing of before. */
import { folderOf, functions, quoted, says, SHELLS } from "./shell";

const OLD = "old: Error one\nold: Error two\n";

/** A file before a start and after it, and what is new in it. */
const WRITTEN: readonly (readonly [what: string, before: string, after: string, written: string])[] = [
  ["that is appended to", OLD, `${OLD}new\n`, "new\n"],
  ["that was not there", "", "new\n", "new\n"],
  ["in which nothing was written", OLD, OLD, ""],
  ["that was rotated away", OLD, "new\n", "new\n"],
  [
    "that is truncated, and gets longer",
    OLD,
    `new: ${"x".repeat(60)}\nlast\n`,
    `new: ${"x".repeat(60)}\nlast\n`,
  ],
  ["that is written from its beginning", OLD, "new: Error one\nold: Error two\n", "new: Error one\n"],
  ["that is empty by now", OLD, "", ""],
];

const STARTUP = "=== puma startup: 2026-11-26 23:25:42 +0000 ===";
const AT = Date.parse("2026-11-26T23:25:42Z") / 1000;

describe.each(SHELLS)("under $name", (shell) => {
  test.each(WRITTEN)("of a file %s", async (_, before, after, written) => {
    const cwd = folderOf({ log: before, after });
    const script = `mkdir -p "$STAGE"
      opened_by_drop_ins() { found="write StandardOutput $PWD/log"; }
      note_output
      cat <after >log
      written_to_files`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).toBe(written);
  });

  test("a file of both streams, of the unit and of a drop-in is one", async () => {
    const PUMA_OPENED =
      "read environmentFiles /etc/blog.env\nwrite a /var/log/a b.log\nwrite b /var/log/b.log";
    const script = `opened_by_drop_ins() { found="write c /var/log/a b.log
read d /etc/d"; }
      output_files; printf %s "$found"`;
    expect(await says(shell, `${functions({ PUMA_OPENED })}\n${script}`)).toBe(
      "\n/var/log/a b.log\n/var/log/b.log\n",
    );
  });

  test.each([
    ["this run", AT, `old\n${STARTUP}\nnew\n`, `${STARTUP}\nnew\n`],
    ["this run, the last of several", AT, `${STARTUP}\none\n${STARTUP}\ntwo\n`, `${STARTUP}\ntwo\n`],
    ["an earlier run", AT + 1, `old\n${STARTUP}\nolder\n`, ""],
    ["no Puma", AT, "old\n", ""],
    ["who knows when", AT, "=== puma startup: yesterday? ===\nold\n", ""],
  ])("of a file that Puma opened by itself in %s", async (_, started, text, written) => {
    const root = folderOf();
    const script = `mkdir -p "$STAGE"; started=${started}; printf %s ${quoted(text)} | since_startup`;
    expect(await says(shell, `${functions({}, root)}\n${script}`)).toBe(written);
  });

  test.each([
    ["/srv/sbin/puma -w 2", ""],
    [
      "/srv/sbin/puma --redirect-stdout log/out.log --redirect-stderr=/var/log/err.log --redirect-append",
      "/srv/app/log/out.log\n/var/log/err.log\n",
    ],
    ['/srv/sbin/puma "--redirect-stdout" "log/out.log"', "/srv/app/log/out.log\n"],
    ["/srv/sbin/puma --redirect-append --redirect-stdout", ""],
  ])("the command %s", async (command, files) => {
    const cwd = folderOf({ unit: `[Service]\nExecStart=/bin/false\nExecStart=${command}\n` });
    const script = `watched=web.service; property() { found=unit; }; redirects_in_command`;
    const prelude = functions({ PUMA_DIRECTORY: "/srv/app" });
    expect(await says(shell, `${prelude}\n${script}`, { cwd })).toBe(files);
  });

  test("of the streams of a process those that are files are read, each once", async () => {
    const cwd = folderOf({ log: `${STARTUP}\nnew\n` });
    const script = `mkdir -p "$STAGE"; started=${AT} watched=web.service; property() { found=''; }
      sleep 5 >>log 2>&1 & main_pid=$!; sleep 0.1
      printf '%s\\n' /dev/null 'socket:[7]' "$PWD/gone (deleted)" "$PWD/none" >"$STAGE/redirects"
      written_by_puma; kill $main_pid`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).toBe(`${STARTUP}\nnew\n`);
  });
});
