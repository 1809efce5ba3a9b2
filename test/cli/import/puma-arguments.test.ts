import { isKnown, known, propOf, pumaOptions } from "../../../lib/cli/import/puma-arguments";
import { PropPath } from "../../../lib/values/prop-path";
import { checkArguments } from "../../../lib/puma/arguments";

/** Each option as `prop: value`, or as its words. */
const read = (...texts: string[]): string[] =>
  pumaOptions(known(texts)).map((option) =>
    option.flag === undefined
      ? option.words.map(({ text }) => text).join(" ")
      : `${propOf(option) ?? option.flag.instead}: ${option.value ?? "-"}`,
  );

test.each([
  [
    ["-C", "config/puma.rb", "config.ru"],
    ["configFile: config/puma.rb", "config.ru"],
  ],
  [
    ["-Cconfig/puma.rb", "-p3000"],
    ["configFile: config/puma.rb", "binds: 3000"],
  ],
  [
    ["--config=a.rb", "--bin", "tcp://[::]:80"],
    ["configFile: a.rb", "binds: tcp://[::]:80"],
  ],
  [
    ["-w", "2", "-t", "1:5", "-e", "staging"],
    ["workers: 2", "threads: 1:5", "rackEnv: staging"],
  ],
  [
    ["--no-config", "-q", "-d"],
    ["configFile: -", "-q", "daemon: -"],
  ],
  [["--dir", "/srv/app"], ["workingDirectory: /srv/app"]],
  [
    ["-S", "-b", "--pidfile", "-C"],
    ["-S -b", "--pidfile -C"],
  ],
  [
    ["--control-url", "unix:///x", "--preload"],
    ["--control-url unix:///x", "--preload"],
  ],
  [
    ["--", "-b", "x"],
    ["--", "-b", "x"],
  ],
  [["-b"], ["binds: -"]],
])("%j is %j", (texts, options) => {
  expect(read(...texts)).toEqual(options);
});

test("a value that only the host knows is undefined, whatever it looks like", () => {
  const [port, tag] = pumaOptions([...known(["-p"]), { raw: "$PORT" }, ...known(["--tag"]), { raw: "-b" }]);
  expect(port).toMatchObject({ value: undefined, words: [{ text: "-p" }, { raw: "$PORT" }] });
  expect([port, tag].map((option) => option && isKnown(option))).toEqual([false, false]);
});

test("what is left to no prop may be given as it is", () => {
  const at = PropPath.of("at");
  const given = ["-q", "--preload", "-S", "-C", "--tag", "x", "config.ru", "--", "-w"];
  const texts = pumaOptions(known(given)).flatMap(({ flag, words }) =>
    flag ? [] : words.map(({ raw }) => raw),
  );
  expect(texts).toEqual(given);
  expect(() => checkArguments(given.map((text) => [at, text]))).not.toThrow();
});
