import { Bind } from "../../lib/puma/bind";
import { PumaCommand } from "../../lib/puma/command";
import { execStart } from "../../lib/puma/exec-start";
import { Service } from "../../lib/puma/service";
import { type ServiceUnitProps } from "../../lib/puma/service-props";
import { PropPath } from "../../lib/values/prop-path";

const execStartOf = (props: Partial<ServiceUnitProps>, binds = [Bind.tcp(9292)]): string =>
  execStart(
    Service.resolve(
      PropPath.of("PumaService", "web"),
      { name: "web", stack: "blog" },
      { workingDirectory: "/srv/blog", ...props },
      { binds },
    ),
  );

test.each([
  ["a value that looks like an option", ["--tag", "-web-"]],
  ["an option that takes its value so", ["-S", "-w", "-q"]],
  ["what only begins like an option of a prop", ["--bind-to-activated-sockets", "--workers-are-fine"]],
  ["what stands behind --", ["--", "-w", "2"]],
])("args: %s is no option of a prop", (_, args) => {
  expect(() => execStartOf({ args })).not.toThrow();
});

test.each([
  [
    ["exec", "puma"],
    `'args[0]': must be an argument of Puma: a command of several words is PumaCommand.argv`,
  ],
  [
    ["-q", "server"],
    `'args[1]': must be an argument of Puma: a command of several words is PumaCommand.argv`,
  ],
  [["--tag blog"], `'args[0]': must be one argument: each word is one by itself, got "--tag blog"`],
  [["-S /run/state"], `'args[0]': must be one argument: each word is one by itself, got "-S /run/state"`],
])("args: %j are refused", (args, message) => {
  expect(() => execStartOf({ args })).toThrow(message);
});

test.each([[["--tag", "start"]], [["--tag=the blog"]], [["config/other.ru"]], [["--", "exec"]]])(
  "args: %j are Puma's",
  (args) => {
    expect(() => execStartOf({ args })).not.toThrow();
  },
);

test("what a value hides ends with it", () => {
  expect(() => execStartOf({ args: ["--tag", "--tag", "-w2"] })).toThrow(
    "'args[2]': must be left to 'workers'",
  );
});

test.each([
  [
    PumaCommand.argv(["bin/x", "it's 5 %", "puma"]),
    `/srv/blog/bin/x "it's 5 %%" puma -b tcp://0.0.0.0:9292 -q`,
  ],
  [
    PumaCommand.shell("source /opt/rvm && exec puma", { login: true }),
    `/bin/bash -lc "source /opt/rvm && exec puma \\"$$@\\"" puma -b tcp://0.0.0.0:9292 -q`,
  ],
  [
    PumaCommand.shell("A=$B;\nexec 'a b' \"$@\" # 5%", { shell: "/bin/sh" }),
    `/bin/sh -c "A=$$B;\\nexec 'a b' \\"$$@\\" # 5%%" puma -b tcp://0.0.0.0:9292 -q`,
  ],
])("systemd reads nothing in a command: %#", (command, line) => {
  expect(execStartOf({ command, args: ["-q"] })).toBe(line);
});
