import { join } from "node:path";
import { folderOf, functions, says, SHELLS } from "./shell";

/** A file of variables, and what is said of it: what systemd makes of each is tried in test/e2e/field.hosts.ts. */
const FILES: readonly [what: string, text: string, said: readonly string[]][] = [
  ["plain, quoted, continued, commented", `A=1\nB = "x y"\n C='$X'\n# export D=\n;=\n\nE=a\\\nb\n`, []],
  ["words of a shell", "export A=1\nB=2\n  export\tC = 3\n", ["exported 1 A", "exported 3 C"]],
  ["export in a value", `A="\nexport B=1\n"\nC=\\\nexport D=1\n`, []],
  [
    "no assignment",
    "A\nexport B\nMY-VAR=1\n=\n1A=1\nabc/def==\n",
    [1, 2, 3, 4, 5, 6].map((n) => `ignored ${n}`),
  ],
  ["variables", 'A=$B\nC="${D}"\nE=x$(pwd)\n', ["literal 1 A", "literal 2 C", "literal 3 E"]],
  ["dollars that no shell would expand", "A=$\nB=1$\nC='$D'\nE=\\$F\nG=\"\\$H\"\nI=$1\n", []],
  ["quotes in the middle, which are none", "A=it's $B\nC=$D's\n", ["literal 1 A", "literal 2 C"]],
  ["a quote behind another", `A='$B'"$C"\n`, ["literal 1 A"]],
  ["line breaks of another system", "A=1\r\nexport B=2\r\nC\r\n", ["exported 2 B", "ignored 3"]],
  ["an end without a line break", "A=1\nB=$C", ["literal 2 B"]],
  ["a continuation that a line break of another system ends", "A=1\\\r\nexport B=2\r\n", ["exported 2 B"]],
  [
    "a comment that goes on, or does not: that depends on systemd",
    'export A=1\n# x \\\nB="\nexport C=1\n"\n',
    ["exported 1 A"],
  ],
];

describe.each(SHELLS)("under $name", (shell) => {
  test.each(FILES)("%s", async (_, text, said) => {
    const file = join(folderOf({ env: text }), "env");
    const told = await says(shell, `${functions()}\nread_variables ${file}`);
    expect(told.split("\n").filter(Boolean)).toEqual(said);
  });

  test("lines and names are said, of the files that are root's, and no value", async () => {
    const folder = folderOf({ a: "export KEY=hunter2\nhunter3/x==\nB=$hunter4\n", b: "export C=1\n" });
    const opened = ["a", "b"].map((name) => `read environmentFiles ${folder}/${name}`).join("\n");
    const settings = { PUMA_OPENED: `${opened}\nread environmentFiles /none` };
    const script = `root_binds=" ${folder}/a /none"; check_variables; say "$problems"`;
    const said = await says(shell, `${functions(settings)}\n${script}`);
    expect(said.replaceAll(folder, ""))
      .toBe(`note: systemd knows no 'export' in /a, line 1: KEY is not set; leave that word away ('environmentFiles')
note: systemd ignores line 2 of /a, which does not begin with NAME= ('environmentFiles')
note: systemd expands no variables in /a, line 3: B is what stands there ('environmentFiles')

`);
  });

  test.each([
    ["RAILS_ENV", "RACK_ENV=staging\n", true],
    ["RAILS_ENV", "RACK_ENV=staging\nRAILS_ENV=staging\n", false],
    ["RAILS_ENV", "A=1\n", false],
    ["RACK_ENV", "RACK_ENV=staging\n", false],
  ])("a unit with %s beside a file is one environment, or told of: %j", async (own, text, isTwo) => {
    const root = folderOf({ env: text });
    const settings = { PUMA_OPENED: `read environmentFiles ${root}/env` };
    const script = `mkdir -p "$STAGE/new$ETC"; echo Environment=${own}=production >"$STAGE/new$ETC/web.service"
      root_binds=" ${root}/env "; check_variables; say "$problems"`;
    const said = await says(shell, `${functions(settings, root)}\n${script}`);
    expect(said.includes("a file sets RACK_ENV, by which Puma goes, and the unit RAILS_ENV")).toBe(isTwo);
  });
});
