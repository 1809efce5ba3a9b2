import { type Column, cut, table } from "../../../lib/cli/terminal/table";

const COLUMNS: readonly Column[] = [
  { head: "NAME", least: 4 },
  { head: "N", alignsRight: true },
  { head: "TEXT", least: 2 },
];
const row = (...cells: string[]): { cells: string[] } => ({ cells });

test("cells stand under each other, and no line ends with a space", () => {
  expect(table(COLUMNS, [row("a", "1", "x"), row("longer", "200", "")])).toBe(
    "NAME      N  TEXT\na         1  x\nlonger  200\n",
  );
});

test("what may be cut is, the widest first", () => {
  const lines = table(COLUMNS, [row("0123456789", "1", "abcdefgh")], 16)
    .trimEnd()
    .split("\n");
  expect(lines).toEqual(["NAME    N  TEXT", "01234…  1  abcd…"]);
});

test("no more is cut than may be", () => {
  expect(table(COLUMNS, [row("0123456789", "123456", "abcdefgh")], 5).split("\n")[1]).toBe(
    "012…  123456  a…",
  );
});

test("what stands in the place of cells goes to the end of the line", () => {
  const rows = [row("a", "1", "x"), { cells: ["b"], rest: "a cause that is long" }];
  expect(table(COLUMNS, rows, 16)).toBe("NAME  N  TEXT\na     1  x\nb     a cause t…\n");
});

test("letters are counted, and not what they are made of", () => {
  expect(cut("💎💎💎", 2)).toBe("💎…");
  expect(table([{ head: "A" }, { head: "B" }], [row("💎💎", "b"), row("ab", "c")])).toBe(
    "A   B\n💎💎  b\nab  c\n",
  );
});
