/** What a Puma wrote to files since it was started, and nothing of before. */
import { folderOf, functions, says, SHELLS } from "./shell";

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
      is_emptied() { return 1; }
      opened_by_drop_ins() { found="write StandardOutput $PWD/log"; }
      note_output
      cat <after >log
      written_to_files`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).toBe(written);
  });

  test("of a file that each command empties there is seen what was there before", async () => {
    if (shell.name !== "dash") return; // Debian's own tail.
    const cwd = folderOf({ log: OLD, unit: "[Service]\nStandardError=truncate:/log\n" });
    const script = `mkdir -p "$STAGE"; watched=web.service
      property() { case $2 in FragmentPath) found=unit ;; *) found='' ;; esac; }
      opened_by_drop_ins() { found="write StandardError $PWD/log"; }
      note_output
      sleep 1; echo new >log
      until [ -s "$STAGE/output.1.followed.web.service" ]; do sleep 0.1; done
      : >log
      written_to_files`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).toBe("new\n");
  });

  test("what cannot be noted stops no start", async () => {
    const script = `opened_by_drop_ins() { found="write StandardOutput /etc/passwd"; }
      note_output 2>/dev/null || :
      written_to_files; echo goes on`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`)).toBe("goes on\n");
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
    const cwd = folderOf({ log: text });
    const script = `mkdir -p "$STAGE"; started=${started}
      redirects() { echo log; }
      written_by_puma`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).toBe(written);
  });

  test("of workers that fail for ever the beginning is seen", async () => {
    const cwd = folderOf({ log: `${STARTUP}\nfirst\n${"worker\n".repeat(200_000)}` });
    const script = `mkdir -p "$STAGE"; started=${AT}
      redirects() { echo log; }
      written_by_puma | sed -n '2p; $='`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).toMatch(
      /^first\n4\d{4}\n$/,
    );
  });

  test("of a line without an end as well", async () => {
    const cwd = folderOf({ log: `${STARTUP}\nfirst\n${"x".repeat(1_000_000)}\nlast\n` });
    const script = `mkdir -p "$STAGE"; started=${AT}
      redirects() { echo log; }
      written_by_puma | awk '{ print length($0) }'`;
    expect(
      (await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).split("\n").slice(1),
    ).toEqual(["5", "4000", "4", ""]);
  });

  test.each([
    ["/srv/sbin/puma -w 2", []],
    [
      "/srv/sbin/puma --redirect-stdout log/out.log --redirect-stderr=/var/log/err.log --redirect-append",
      ["redirect log/out.log", "redirect /var/log/err.log"],
    ],
    [
      '/srv/sbin/puma "-C" "/etc/blog/puma.rb" "--redirect-stdout" "log/out.log"',
      ["config /etc/blog/puma.rb", "redirect log/out.log"],
    ],
    ["/srv/sbin/puma --redirect-append --redirect-stdout", []],
  ])("the command %s", async (command, files) => {
    const cwd = folderOf({ unit: `[Service]\nExecStart=/bin/false\nExecStart=${command}\n` });
    const script = `watched=web.service; property() { found=unit; }; files_in_command`;
    const said = await says(shell, `${functions({ PUMA_DIRECTORY: "/srv/app" })}\n${script}`, { cwd });
    expect(said.split("\n").slice(0, -1)).toEqual(files);
  });

  test.each([
    ['stdout_redirect "/log/out.log", "/log/err.log", true\n', ["/log/out.log", "/log/err.log"]],
    [`stdout_redirect 'log/out.log'\nbind "tcp://1"\n`, ["log/out.log", "tcp://1"]],
    [
      'app = File.expand_path("..", __dir__)\n  stdout_redirect(\n    "#{app}/log/out.log",\n    "#{app}/log/err.log",\n    true)\n',
      ["log/out.log", "log/err.log"],
    ],
    ['stdout_redirect "log/out.log", "a"\n', ["log/out.log"]],
    ['# stdout_redirect "log/out.log"\nthreads 1, 2\n', []],
  ])("the configuration file %j", async (text, files) => {
    const cwd = folderOf({ "puma.rb": text });
    const script = `mkdir -p "$STAGE"; redirects_in_config puma.rb`;
    const said = await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd });
    expect(said.split("\n").slice(0, -1)).toEqual(files.map((file) => `redirect ${file}`));
  });

  test("of the streams of a process those that are files are read, each once", async () => {
    if (shell.name !== "dash") return; // Debian's own readlink takes several paths.
    const cwd = folderOf({ log: `${STARTUP}\nnew\n` });
    const script = `mkdir -p "$STAGE"; started=${AT} watched=web.service; property() { found=''; }
      mkdir config; echo 'stdout_redirect "log"' >config/puma.rb
      sleep 5 >>log 2>&1 & main_pid=$!; sleep 0.1
      printf '%s\\n' /dev/null 'socket:[7]' "$PWD/gone (deleted)" "$PWD/none" >"$STAGE/redirects"
      written_by_puma; kill $main_pid`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { cwd })).toBe(`${STARTUP}\nnew\n`);
  });
});
