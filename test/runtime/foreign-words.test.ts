import { foreignProblems } from "./foreign-words";
import { host, launcher, stray, usual } from "./scripts";
import { functions, quoted, says as printed, SHELLS } from "./shell";

test("nothing that others say is printed as it is", () => {
  expect([host, launcher].flatMap(foreignProblems)).toEqual([]);
});

const says = (what: string): string => `units.sh: stray prints ${what} as it is`;

const BROKEN: readonly (readonly [what: string, lines: string[], told: string])[] = [
  ["where a link points", ['say "it is $(readlink "$1")"'], says("what readlink says")],
  ["the same in a variable", ["folder=$(readlink -f x) || :", 'step "in $folder"'], says("$folder")],
  ["the title of a process", ['complaint="not $(title_of 1)"'], says("what title_of says")],
  ["the journal", ["journalctl --unit=web | tail -n 1 || :"], says("what journalctl says")],
  ["the journal's command", ["$(journal) --no-pager |", "tail -n 40"], says("what $(journal) says")],
  ["a status", ["systemctl status web"], says("what systemctl status says")],
  [
    "lines of a program of others",
    [
      "while read -r word rest; do",
      'problem "not ${rest#* }"',
      "done <<EOT",
      "$(echo 1 | as_user sh -c 2)",
      "EOT",
    ],
    says("$rest"),
  ],
];

test.each(BROKEN)("%s as it is is told", (_, lines, told) => {
  const source = stray("units.sh", ...lines);
  expect(foreignProblems(source).filter((problem) => !usual(foreignProblems).includes(problem))).toEqual([
    told,
  ]);
});

test.each([
  ['say "it is $(printable "$(readlink "$1")")"'],
  ['finding "in ${unit}: $(printable "${line##*"$STAGE/"}")"'],
  ["journalctl --unit=web | printable_lines | tail -n 1"],
  ["journalctl --quiet --output=cat | grep x >/dev/null"],
])("%s is as it should be", (line) => {
  expect(foreignProblems(stray("units.sh", "line=$(readlink x)", line))).toEqual([]);
});

/** What others say, and what is left of it on one line. */
const WORDS: readonly (readonly [words: string, left: string])[] = [
  ["", ""],
  ["plain words: 100 %", "plain words: 100 %"],
  ["caf\u00e9 \u20ac \u{1f600}", "caf\u00e9 \u20ac \u{1f600}"],
  ["a\tb\nc\n", "a b c "],
  ["\u001b[31mred\u001b[0m \b\r\u007f", "?[31mred?[0m ???"],
  ["\u009b2J \u0085", "?2J ?"],
  ["\u202etxt \u2066x\u2069 \u200b", "?txt ?x? ?"],
  ["x".repeat(500), "x".repeat(500)],
  ["x".repeat(501), `${"x".repeat(500)} [...]`],
  ["\u00e9".repeat(2000), `${"\u00e9".repeat(250)} [...]`],
];

/** Bytes that are no UTF-8, for printf. */
const BYTES: readonly (readonly [bytes: string, left: string])[] = [
  ["\\000a\\0b", "?a?b"],
  ["\\0303", "?"],
  ["\\02332J", "?2J"],
  ["\\0302\\0001\\0233", "???"],
  ["\\0302\\0302\\0233\\0233", "???"],
  ["\\0300\\0233 \\0340\\0200\\0233 \\0355\\0240\\0200 \\0364\\0220\\0200\\0200", "?? ??? ??? ????"],
];

describe.each(SHELLS)("under $name", (shell) => {
  const call = (line: string): Promise<string> => printed(shell, `${functions()}\n${line}`);

  test.each(WORDS)("of %j there is left %j", async (words, left) => {
    expect(await call(`printf '<%s>' "$(printable ${quoted(words)})"`)).toBe(`<${left}>`);
  });

  test.each(BYTES)("of the bytes %s there is left %s", async (bytes, left) => {
    expect(await call(`printf '%b' '${bytes}' | printable_lines`)).toBe(`${left}\n`);
  });

  test("lines stay lines, and 20 MB without an end are one of 500", async () => {
    expect(await call("printf 'a\\033\\n\\tb\\n' | printable_lines")).toBe("a?\n\tb\n");
    const all = await call("head -c 20000000 /dev/zero | tr '\\000' x | printable_lines");
    expect(all).toBe(`${"x".repeat(500)} [...]\n`);
  });
});
