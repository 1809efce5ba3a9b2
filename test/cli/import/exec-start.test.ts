import { readExecStart } from "../../../lib/cli/import/exec-start";
import { unitNameOf } from "../../../lib/systemd/specifiers";
import { render } from "../../../lib/cli/import/written";

const VALUES = { PORT: "3000", RAILS_ENV: "production", OPTS: "-w 2  -q", RACKUP: "config.ru" };

function read(value: string): { command: string; args: string[]; notes: readonly string[] } {
  const unit = unitNameOf("web@blog.service");
  const { command, args, notes } = readExecStart(value, {
    unit,
    directory: "/srv/app/current",
    values: VALUES,
  });
  return {
    command: render(command.code).replace(/\n\s*/g, ""),
    args: args.map(({ raw, text }) => text ?? `?${raw}`),
    notes,
  };
}

const BUNDLER = 'PumaCommand.bundler({ bundle: "/usr/local/bin/bundle" })';

test.each([
  ["/srv/app/current/sbin/puma -C config/puma.rb", 'PumaCommand.binstub("sbin/puma")', "-C config/puma.rb"],
  ["/opt/puma/bin/puma", 'PumaCommand.executable("/opt/puma/bin/puma")', ""],
  [
    "/home/app/.rvm/wrappers/ruby-3.3@app/puma -q",
    'PumaCommand.executable("/home/app/.rvm/wrappers/ruby-3.3@app/puma")',
    "-q",
  ],
  ["/usr/bin/bundle exec puma", "PumaCommand.bundler()", ""],
  ["/usr/local/bin/bundle exec puma -w $PORT", BUNDLER, "-w 3000"],
  ["/srv/app/current/bin/bundle exec puma", 'PumaCommand.bundler({ bundle: "bin/bundle" })', ""],
  [
    "/usr/bin/bundle exec --keep-file-descriptors puma -q",
    'PumaCommand.bundler({ bundlerVersion: "2.2" })',
    "-q",
  ],
  [
    "/opt/rbenv/bin/rbenv exec bundle exec puma -q",
    'PumaCommand.argv(["/opt/rbenv/bin/rbenv", "exec", "bundle", "exec", "puma"])',
    "-q",
  ],
  [
    "/usr/bin/env A=b bundle exec puma",
    'PumaCommand.argv(["/usr/bin/env", "A=b", "bundle", "exec", "puma"])',
    "",
  ],
  ["bundle exec puma -q", 'PumaCommand.argv(["/usr/bin/env", "bundle", "exec", "puma"])', "-q"],
  [
    "/srv/%i/bin/puma -C /srv/%i/puma.rb --tag 50%%",
    'PumaCommand.executable("/srv/blog/bin/puma")',
    "-C /srv/blog/puma.rb --tag 50%",
  ],
  ["/srv/app/current/start.sh", 'PumaCommand.executable("/srv/app/current/start.sh")', ""],
  ["/usr/local/bin/start-it -C x", 'PumaCommand.argv(["/usr/local/bin/start-it", "-C", "x"])', ""],
  ["-/opt/puma -e ${RAILS_ENV} $OPTS $$x", 'PumaCommand.executable("/opt/puma")', "-e production -w 2 -q $x"],
  ["/opt/puma --tag $TAG -p ${NO}", 'PumaCommand.executable("/opt/puma")', "--tag ?$TAG -p ?${NO}"],
  [':/opt/puma --tag $TAG "a b"', 'PumaCommand.executable("/opt/puma")', "--tag $TAG a b"],
  ["@/opt/puma name -q", 'PumaCommand.executable("/opt/puma")', "-q"],
])("%s", (value, command, args) => {
  const start = read(value);
  expect(start.command).toBe(command);
  expect(start.args.join(" ")).toBe(args);
});

describe("a shell's script", () => {
  test.each([
    [
      `/bin/bash -lc 'bundle exec puma -C x.rb -b tcp://:80'`,
      `"exec bundle exec puma", { login: true }`,
      "-C x.rb -b tcp://:80",
    ],
    [`/bin/bash -l -c "exec bundle exec puma -q"`, `"exec bundle exec puma", { login: true }`, "-q"],
    [`/usr/bin/env bash --login -c 'exec puma'`, `"exec puma", { login: true }`, ""],
    [
      `/bin/sh -c 'cd /srv/app && . ./env && exec bin/puma -w 2'`,
      `"cd /srv/app && . ./env && exec bin/puma", { shell: "/bin/sh" }`,
      "-w 2",
    ],
    [
      `/bin/bash -c 'rvm use 3.2; A=b exec bundle exec puma -e $RAILS_ENV'`,
      `"rvm use 3.2; A=b exec bundle exec puma"`,
      "-e production",
    ],
    [
      `/bin/bash -a -c 'source $F && bundle exec puma config.ru'`,
      `"set -a; source $F && exec bundle exec puma"`,
      "config.ru",
    ],
    [
      `/bin/bash -c 'eval "$(mise activate bash)" && puma -C "a b.rb"'`,
      String.raw`"eval \"$(mise activate bash)\" && exec puma"`,
      "-C a b.rb",
    ],
    [
      `/bin/bash -c 'exec puma -q --tag "$T" -p "$P" >> log/a.log 2>&1'`,
      String.raw`"exec puma --tag \"$T\" >> log/a.log 2>&1"`,
      '-q -p ?"$P"',
    ],
    [`/bin/bash -c 'exec puma -C x "$@"'`, `"exec puma"`, "-C x"],
    [`/bin/bash -c 'PATH=/opt/bin:$$PATH exec puma'`, `"PATH=/opt/bin:$PATH exec puma"`, ""],
  ])("%s", (value, script, args) => {
    const start = read(value);
    expect(start.command).toBe(`PumaCommand.shell(${script})`);
    expect(start.args.join(" ")).toBe(args);
  });

  test("what stands behind Puma is left away, and said", () => {
    const { command, args, notes } = read(`/bin/bash -c 'bundle exec puma -q | tee log'`);
    expect(command).toBe('PumaCommand.shell("exec bundle exec puma")');
    expect(args).toEqual(["-q"]);
    expect(notes).toEqual(["what stands behind Puma is left away: | tee log"]);
  });

  test.each(["if true; then exec puma; fi", "{ exec puma; }", "exec puma <<E", 'exec "puma'])(
    "%s has to be a file",
    (script) => {
      const { command, notes } = read(`/bin/bash -c '${script}'`);
      expect(command).toBe('PumaCommand.executable("/usr/local/sbin/start-puma")');
      expect(notes).toEqual([
        expect.stringContaining(`write it into /usr/local/sbin/start-puma (#!/bin/bash)`),
      ]);
    },
  );
});

describe("what starts Puma by another name is Puma's own command", () => {
  test.each([
    ["/usr/bin/rails s -p 3001 -e staging", "PumaCommand.bundler()", "-b tcp://0.0.0.0:3001 -e staging"],
    ["/usr/local/bin/bundle exec rails server -b 127.0.0.1", BUNDLER, "-b tcp://127.0.0.1:3000"],
    [
      "/srv/app/current/bin/rails s -b unix:///run/a.sock -P x.pid",
      "PumaCommand.bundler()",
      "-b unix:///run/a.sock --pidfile x.pid",
    ],
    ["/usr/local/bin/bundle exec rails s puma -c a.ru -d", BUNDLER, "a.ru"],
    [
      "/bin/bash -lc 'bin/rails s -p $PORT'",
      'PumaCommand.shell("exec bundle exec puma", { login: true })',
      "-b tcp://0.0.0.0:3000",
    ],
    [
      "/bin/bash -lc 'bin/rails s -p $P'",
      'PumaCommand.shell("exec bundle exec puma", { login: true })',
      "-b ?tcp://0.0.0.0:$P",
    ],
    ["/usr/local/bin/bundle exec pumactl -F a.rb -S s -T t start", BUNDLER, "-C a.rb -S s --control-token t"],
    ["/usr/local/bin/bundle exec pumactl --config-file=a.rb start", BUNDLER, "-C a.rb"],
    ["/home/app/.rvm/bin/app_pumactl start", 'PumaCommand.executable("/home/app/.rvm/bin/app_puma")', ""],
  ])("%s", (value, command, args) => {
    const start = read(value);
    expect(start.command).toBe(command);
    expect(start.args.join(" ")).toBe(args);
    expect(start.notes[0]).toMatch(/^'(rails server|pumactl start)' takes .*: Puma itself says the same$/);
  });
});

test.each([
  ["/usr/local/bin/start-it", "does not name Puma: what it starts"],
  ["/opt/puma -q ; /bin/true", "only the first of several commands"],
  ["-/opt/puma", "a Puma that fails counts as one that failed"],
  ["bundle exec puma", "a PATH says where bundle is"],
])("what is said otherwise of %s is noted", (value, note) => {
  expect(read(value).notes).toEqual([expect.stringContaining(note)]);
});

test("what is of `rails server` alone is said", () => {
  const { args, notes } = read("/usr/bin/rails s puma -d --no-log-to-stdout -p3000 --environment=test");
  expect(args.join(" ")).toBe("-b tcp://0.0.0.0:3000 -e test");
  expect(notes.slice(1)).toEqual(["of 'rails server' alone, and left away: -d --no-log-to-stdout"]);
});

test.each(["/usr/bin/sudo -u app bundle exec puma", "/usr/bin/foreman start"])("%s is refused", (value) => {
  expect(() => read(value)).toThrow("PumaCommand.argv");
});
