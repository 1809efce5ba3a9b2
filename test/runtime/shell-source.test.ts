import { type Scope, scopesOf } from "./shell-source";

const read = (script: string): Scope => scopesOf("part.sh", script)[0] as Scope;

test.each([
  ["x=$((a + b))", ["a", "b"]],
  ["x=$((2 * (a + 1)))", ["a"]],
  ["x=$(((a + 1) * (b - (c + 2)) + d))", ["a", "b", "c", "d"]],
  ["x=$(( (a) ))", ["a"]],
  ["x=$(((a) + $(size_of $b)))", ["a", "b"]],
])("%s reads %j, and what comes behind it is read as well", (arithmetic, names) => {
  const { reads, calls } = read(`${arithmetic}\nsay "$z"\n`);
  expect([...reads.keys()]).toEqual([...names, "z"]);
  expect(calls.map(({ name }) => name)).toContain("say");
});

test.each([
  "x=$((2 * (a + 1))",
  "x=$((a + 1)",
  "x=$((a",
  "x=$((a))) + 1))",
  "x=${a",
  'x="a',
  "x='a",
  "f() {\n  true\n",
  "case a in",
  "(true",
])("%j is refused, and not read for ever", (script) => {
  expect(() => read(script)).toThrow("part.sh:");
});
