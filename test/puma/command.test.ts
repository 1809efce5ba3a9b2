import { PumaCommand } from "../../lib/puma/command";

const FLAG = "--keep-file-descriptors";

test.each([
  ["binstub", PumaCommand.binstub(), ["/srv/sbin/puma"]],
  ["binstub elsewhere", PumaCommand.binstub("bin/serve"), ["/srv/bin/serve"]],
  ["absolute binstub", PumaCommand.binstub("/opt/puma"), ["/opt/puma"]],
  ["executable", PumaCommand.executable("/usr/bin/puma"), ["/usr/bin/puma"]],
  ["bundler", PumaCommand.bundler(), ["/usr/bin/bundle", "exec", "puma"]],
  ["bundler's binstub", PumaCommand.bundler({ bundle: "bin/bundle" }), ["/srv/bin/bundle", "exec", "puma"]],
])("%s", (_, command, argv) => {
  expect(command._argv("/srv", false)).toEqual(argv);
  expect(command._argv("/srv", true)).toEqual(argv);
});

test.each([
  ["1.17.3", true],
  ["2.2", true],
  ["2.2.33", true],
  ["2.3", false],
  ["2.10.1", false],
  ["3.0", false],
])("Bundler %s keeps systemd's sockets by the flag: %s", (bundlerVersion, flag) => {
  const command = PumaCommand.bundler({ bundlerVersion });
  expect(command._argv("/srv", true).includes(FLAG)).toBe(flag);
  expect(command._argv("/srv", false)).not.toContain(FLAG);
});

test.each<[() => unknown, string]>([
  [
    () => PumaCommand.executable("puma"),
    `PumaCommand.executable 'path': must be an absolute path, got "puma"`,
  ],
  [
    () => PumaCommand.bundler({ bundlerVersion: "2" }),
    `PumaCommand.bundler 'bundlerVersion': must be a version such as "2.3", got "2"`,
  ],
  [
    () => PumaCommand.binstub("")._argv("/srv", false),
    `PumaCommand.binstub 'path': must name a file, got ""`,
  ],
  [
    () => PumaCommand.bundler({ bundle: "" })._argv("/srv", false),
    `PumaCommand.bundler 'bundle': must name a file, got ""`,
  ],
])("refused: %#", (make, message) => {
  expect(make).toThrow(message);
});
