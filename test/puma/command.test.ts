import { PumaCommand } from "../../lib/puma/command";

const FLAG = "--keep-file-descriptors";

test.each([
  ["binstub", PumaCommand.binstub(), ["/srv/sbin/puma"]],
  ["binstub elsewhere", PumaCommand.binstub("bin/serve"), ["/srv/bin/serve"]],
  ["binstub in workingDirectory", PumaCommand.binstub("start.rb"), ["/srv/start.rb"]],
  ["binstub called puma there", PumaCommand.binstub("./puma"), ["/srv/puma"]],
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

test.each([
  ["a program under workingDirectory", ["bin/x", "y z", "puma"], ["/srv/bin/x", "y z", "puma"]],
  ["rbenv", ["/opt/rbenv/bin/rbenv", "exec", "bundle", "exec", "puma"], undefined],
  ["rvm", ["/home/app/.rvm/bin/rvm", "3.3@blog", "do", "bundle", "exec", "puma"], undefined],
  ["chruby", ["/usr/local/bin/chruby-exec", "ruby-3.3", "--", "bundle", "exec", "puma"], undefined],
  ["env", ["/usr/bin/env", "-u", "puma", "A=$", "bundle", "exec", "puma"], undefined],
  ["bundle exec PATH", ["/usr/local/bin/bundle", "exec", "/srv/.bundle/ruby/2.7.0/bin/puma"], undefined],
  ["a shell's file", ["/bin/bash", "-l", "/srv/start.sh", "100%"], undefined],
  ["Puma alone", ["/usr/bin/puma"], undefined],
  ["a shell's file with an option", ["/bin/sh", "/srv/start.sh", "-c", "x"], undefined],
  ["mise", ["/usr/bin/mise", "exec", "--", "bundle", "exec", "puma"], undefined],
  ["the name of a method", ["/usr/bin/start", "constructor", "-e", "rails"], undefined],
])("argv: %s", (_, words, argv = words) => {
  expect(PumaCommand.argv(words)._argv("/srv", true)).toEqual(argv);
});

test("argv: what a list becomes later changes nothing", () => {
  const words = ["/usr/bin/env", "puma"];
  const command = PumaCommand.argv(words);
  words.push("-w", "2");
  expect(command._argv("/srv", false)).toEqual(["/usr/bin/env", "puma"]);
});

test.each([
  ["exec puma", 'exec puma "$@"'],
  ["source /x/rvm && exec bundle exec puma", 'source /x/rvm && exec bundle exec puma "$@"'],
  ["a || b && exec puma", 'a || b && exec puma "$@"'],
  ["a | b; exec puma;\n", 'a | b; exec puma "$@";\n'],
  ["(cd /x; a) && exec puma", '(cd /x; a) && exec puma "$@"'],
  ["a &\nexec puma # b; c", 'a &\nexec puma "$@" # b; c'],
  ["exec puma >>/var/log/puma.log 2>&1", 'exec puma >>/var/log/puma.log 2>&1 "$@"'],
  ["PATH=/x:$PATH A+=b exec bin/puma", 'PATH=/x:$PATH A+=b exec bin/puma "$@"'],
  ["exec -a web -cl -- puma", 'exec -a web -cl -- puma "$@"'],
  ["if a; then b; fi; exec puma --tag $C", 'if a; then b; fi; exec puma --tag $C "$@"'],
  ['exec puma "$@"', undefined],
  ['exec puma "${@}" --tag rails', undefined],
  ['exec puma ${1+"$@"}', undefined],
  ["echo \"$@\" 'exec'; exec puma '$@'", "echo \"$@\" 'exec'; exec puma '$@' \"$@\""],
  [`exec bash -c 'exec puma "$@"' x`, `exec bash -c 'exec puma "$@"' x "$@"`],
])("shell: %j", (script, whole = script) => {
  const command = PumaCommand.shell(script);
  expect(command._argv("/srv", true)).toEqual(["/bin/bash", "-c", whole, "puma"]);
});

test("shell: another one, and one that logs in", () => {
  const argv = (...args: Parameters<typeof PumaCommand.shell>) =>
    PumaCommand.shell(...args)._argv("/srv", false);
  expect(argv("exec p", { shell: "/bin/sh" })).toEqual(["/bin/sh", "-c", 'exec p "$@"', "puma"]);
  expect(argv("exec p", { login: true })).toEqual(["/bin/bash", "-lc", 'exec p "$@"', "puma"]);
  expect(argv("exec p", { login: false })).toEqual(["/bin/bash", "-c", 'exec p "$@"', "puma"]);
});

const RAILS =
  `must be Puma itself, such as PumaCommand.binstub("bin/puma"): 'rails server' takes one bind and none of Puma's other ` +
  "arguments, and its tmp/pids/server.pid keeps a second Puma from starting, got";
const PUMACTL =
  "must be Puma itself, such as PumaCommand.bundler(): 'pumactl start' takes none of Puma's arguments, and its -F is " +
  "'configFile', got";
const SYNTAX = "must be without a shell's syntax, which nothing reads here; use PumaCommand.shell, got";
const SCRIPT = "must be the script of PumaCommand.shell, which gets Puma's arguments, got";

const { argv, binstub, bundler, executable, shell } = PumaCommand;

test.each<[() => unknown, string]>([
  [() => executable("puma"), `PumaCommand.executable 'path': must be an absolute path, got "puma"`],
  [
    () => bundler({ bundlerVersion: "2" }),
    `PumaCommand.bundler 'bundlerVersion': must be a version such as "2.3", got "2"`,
  ],
  [() => binstub(""), `PumaCommand.binstub 'path': must name a file, got ""`],
  [() => bundler({ bundle: "" }), `PumaCommand.bundler 'bundle': must name a file, got ""`],
  [
    () => executable("/usr/local/bin/rbenv exec puma"),
    `PumaCommand.executable 'path': must be one path: of several words it is ` +
      `PumaCommand.argv(["/usr/local/bin/rbenv","exec","puma"]), got "/usr/local/bin/rbenv exec puma"`,
  ],
  [
    () => executable("/opt/my puma --quiet"),
    `must be one path: of several words it is PumaCommand.argv(["/opt/my","puma","--quiet"]), got`,
  ],
  [
    () => binstub("bundle exec puma"),
    `PumaCommand.binstub 'path': must be one path: of several words it is PumaCommand.bundler(), got "bundle exec puma"`,
  ],
  [
    () => binstub("/opt/bundle  exec puma"),
    `must be one path: of several words it is PumaCommand.bundler({ bundle: "/opt/bundle" }), got`,
  ],
  [() => bundler({ bundle: "rbenv exec bundle" }), `it is PumaCommand.argv(["rbenv","exec","bundle"]), got`],
  [
    () => bundler({ bundle: "bundle" }),
    `PumaCommand.bundler 'bundle': must be a path such as "/usr/bin/bundle": systemd looks in no PATH for it, got "bundle"`,
  ],
  [() => binstub("puma"), `must be a path such as "bin/puma": systemd looks in no PATH for it, got "puma"`],
  [() => binstub("~/bin/puma"), `must not begin with '~' or '$': nobody expands them here, got "~/bin/puma"`],
  [
    () => executable("RAILS_ENV=production /usr/bin/puma"),
    `must begin with a program: variables go into 'environment', got "RAILS_ENV=production /usr/bin/puma"`,
  ],
  [() => executable("/usr/bin/rails s -p 80"), `PumaCommand.executable 'path': ${RAILS} "/usr/bin/rails"`],
  [() => binstub("bin/rails"), `PumaCommand.binstub 'path': ${RAILS} "bin/rails"`],
  [() => executable("/home/app/.rvm/bin/app_pumactl"), `${PUMACTL} "/home/app/.rvm/bin/app_pumactl"`],
  [() => argv([]), "PumaCommand.argv 'words': must have a program in it"],
  [
    () => argv(["rbenv", "exec", "puma"]),
    `PumaCommand.argv 'words[0]': must be a path such as "/usr/bin/rbenv": systemd looks in no PATH for it, got "rbenv"`,
  ],
  [() => argv(["/usr/bin/rbenv exec", "puma"]), `'words[0]': must be one path: of several words it is`],
  [
    () => argv(["/usr/bin/rbenv", "exec", "bundle exec puma"]),
    `'words[2]': must be one word: each word of a command stands by itself, got "bundle exec puma"`,
  ],
  [
    () => argv(["/usr/bin/sudo", "-u", "puma", "/x/puma"]),
    "'words[0]': must be without 'sudo', which stays there as",
  ],
  [() => argv(["/usr/bin/env", "foreman", "start"]), `stays there as Puma's parent, got "foreman"`],
  [() => argv(["/x/bundle", "exec", "rails", "s", "puma"]), `PumaCommand.argv 'words[2]': ${RAILS} "rails"`],
  [
    () => argv(["/x/bundle", "exec", "pumactl", "start"]),
    `PumaCommand.argv 'words[2]': ${PUMACTL} "pumactl"`,
  ],
  [
    () => argv(["/x/bundle", "exec", "puma", "--daemon"]),
    `PumaCommand.argv 'words[3]': must be left away: Puma runs in the foreground, unless 'daemon' of a Puma 4 says so, got "--daemon"`,
  ],
  [
    () => argv(["/x/bundle", "exec", "puma", "-C", "x"]),
    `'words[3]': must be left to 'configFile', got "-C"`,
  ],
  [() => argv(["/x/bundle", "exec", "puma", "-q"]), `'words[3]': must be left to 'args', got "-q"`],
  ...[
    "&&",
    "||",
    "|",
    ";",
    "&",
    "x;",
    "a&&b",
    "$(nproc)",
    "$PORT",
    "${PORT}",
    "`id`",
    ">log",
    "2>&1",
    "~/x",
  ].map((word): [() => unknown, string] => [
    () => argv(["/usr/bin/env", word, "puma"]),
    `PumaCommand.argv 'words[1]': ${SYNTAX} ${JSON.stringify(word)}`,
  ]),
  [() => argv(["/x/mise", "exec", "--", "rails", "s"]), `PumaCommand.argv 'words[3]': ${RAILS} "rails"`],
  [() => argv(["/x/mise", "exec", "--", "puma", "-q"]), `'words[4]': must be left to 'args', got "-q"`],
  [() => argv(["/bin/bash", "-lc", "exec puma"]), `PumaCommand.argv 'words[2]': ${SCRIPT} "exec puma"`],
  [() => argv(["/bin/bash", "-lc", "bundle exec puma"]), `'words[2]': ${SCRIPT} "bundle exec puma"`],
  [() => argv(["/bin/sh", "-c", "cd x && exec puma"]), `'words[2]': ${SCRIPT} "cd x && exec puma"`],
  [() => argv(["/bin/bash", "--login", "-c", "x puma"]), `PumaCommand.argv 'words[3]': ${SCRIPT} "x puma"`],
  [() => argv(["/x/chruby-exec", "2", "--", "bash", "-c", "puma"]), `'words[5]': ${SCRIPT} "puma"`],
])("refused: %#", (make, message) => {
  expect(make).toThrow(message);
});

const PIPE =
  "must not end in a pipeline, beside which the shell stays; Puma's output goes to the journal, got";
const TAKES_PLACE = `, so that Puma takes the shell's place, got`;

test.each<[string, string]>([
  ["", "must end with exec and the command that becomes Puma, got"],
  ["# exec puma", "must end with exec and the command that becomes Puma, got"],
  ["bundle exec puma", `must end with "exec bundle exec puma"${TAKES_PLACE} "bundle exec puma"`],
  ["a && bundle exec puma -q", `must end with "exec bundle exec puma -q"${TAKES_PLACE}`],
  ["exec puma; wait", `must end with "exec wait"${TAKES_PLACE}`],
  ["exec puma\nwait", `must end with "exec wait"${TAKES_PLACE}`],
  ["'exec puma'", `must end with "exec 'exec puma'"${TAKES_PLACE}`],
  ["echo exec puma", `must end with "exec echo exec puma"${TAKES_PLACE}`],
  ["A=b", "must end with exec and the command that becomes Puma, got"],
  ["( exec puma )", `must end with exec and the command that becomes Puma, got`],
  ["{ exec puma; }", `must end with exec and the command that becomes Puma, got`],
  ["if a; then exec puma; fi", `must end with exec and the command that becomes Puma, got`],
  ["exec", "must end with exec and the command that becomes Puma, got"],
  ["exec >log", "must end with exec and the command that becomes Puma, got"],
  ["exec -a x", "must end with exec and the command that becomes Puma, got"],
  ['exec "$@"', "must end with exec and the command that becomes Puma, got"],
  ["exec puma | tee log", PIPE],
  ["exec puma |& tee log", PIPE],
  ["a | exec puma", PIPE],
  ["(a) |\n exec puma", PIPE],
  ["a || exec puma", "must not end behind '||', where Puma starts only if something fails, got"],
  ["(a) || exec puma", "must not end behind '||', where Puma starts only if something fails, got"],
  ["exec puma &", "must not end with '&': the shell goes, and systemd ends what it leaves behind, got"],
  ["exec puma $@", 'must hand its arguments on as "$@", in quotes, got'],
  ['exec puma "$*"', 'must hand its arguments on as "$@", in quotes, got'],
  ["exec 'puma", "must be a script whose end is plain, without a ' that is not closed, got"],
  ["cat <<E\nE\nexec puma", "must be a script whose end is plain, without a here-document, got"],
  ["exec puma\0", "must not contain NUL, got"],
  ["exec rails server -p $PORT", RAILS],
  ["exec bin/rails s", RAILS],
  ["exec bundle exec pumactl start", PUMACTL],
  ["exec sudo -u app puma", "must be without 'sudo', which stays there as Puma's parent; use 'user', got"],
  [
    "exec puma -d",
    "must be left away: Puma runs in the foreground, unless 'daemon' of a Puma 4 says so, got",
  ],
  ["exec puma -e $RAILS_ENV", "must be left to 'rackEnv', got"],
  ["exec puma -b tcp://0.0.0.0:$PORT", "must be left to 'binds', got"],
])("shell refuses %j", (script, message) => {
  expect(() => shell(script)).toThrow(`PumaCommand.shell 'script': ${message}`);
});

test.each<[() => unknown, string]>([
  [() => shell("exec p", { shell: "bash" }), `'shell': must be an absolute path, got "bash"`],
  [
    () => shell("exec p", { shell: "/usr/bin/fish" }),
    `'shell': must be a shell that reads what POSIX says, such as /bin/bash, got "/usr/bin/fish"`,
  ],
  [
    () => shell("source x && exec p", { shell: "/bin/sh" }),
    `'script': must be without 'source', which /bin/sh does not know everywhere; use "." or bash, got`,
  ],
])("shell's options: %#", (make, message) => {
  expect(make).toThrow(`PumaCommand.shell ${message}`);
});
