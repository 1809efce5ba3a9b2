/** Versions that do not boot, each in its own way: the cause is in the FAILED line, whoever says it and wherever. */
import { Bind, Duration, HealthCheck, PumaCommand, type PumaServiceProps } from "../../lib";
import { type FleetHost, type Release } from "../../lab/fleet/fleet";
import { applyBundle } from "./bundles";
import { eachDay, oneOfEach, onEach, says } from "./hosts";
import { setUpHosts } from "./set-up";

const RAISES =
  'module Shop; class NoDatabase < StandardError; end; end\nraise Shop::NoDatabase, "db1 does not answer"';
const DEEP = 'def deep(n); n == 0 ? raise(Exception, "at the bottom") : deep(n - 1); end\ndeep(120)';
/** Puma 4 sends a TERM to a worker that raises, which mostly comes before its last words. Two at once would mix theirs. */
const OUTLIVES = 'Signal.trap("TERM", "IGNORE"); sleep rand\n';

const APPS: Readonly<Record<string, string>> = {
  raises: RAISES,
  "raises-in-a-worker": OUTLIVES + RAISES,
  deep: DEEP,
  "deep-in-a-worker": OUTLIVES + DEEP,
  "ended-in-a-worker": "sleep 0.3\nexit",
  hangs: "sleep 60",
  dies: 'Thread.new { sleep 1; warn "no licence any more"; exit! 7 }\nrun ->(_) { [200, {}, ["ok"]] }',
  good: 'run ->(_) { [200, {}, ["ok"]] }',
  mute: "run ->(_) { sleep 60 }",
};

const CONFIGS: Readonly<Record<string, string>> = {
  "taken.rb": 'bind "tcp://0.0.0.0:9500"',
  "low.rb": 'bind "tcp://0.0.0.0:80"',
  "nowhere.rb": 'bind "unix:///srv/nowhere/puma.sock"',
  "syntax.rb": "threads 1, (2",
  "redirect.rb": 'preload_app! false\nstdout_redirect "/srv/log/out.log", "/srv/log/err.log", true',
  "closed.rb": 'stdout_redirect "/root/out.log", "/root/err.log", true',
  "impatient.rb":
    "preload_app! false\nworker_boot_timeout 2\nworker_check_interval 1 if respond_to?(:worker_check_interval)",
};

const OLD = "RuntimeError: of last week";

async function prepare(host: FleetHost): Promise<void> {
  for (const [name, rack] of Object.entries(APPS)) {
    await host.exec(`mkdir -p /srv/${name} && cp -a /srv/app/current/sbin /srv/${name}`);
    await host.write(`/srv/${name}/config.ru`, rack);
  }
  for (const [name, text] of Object.entries(CONFIGS)) await host.write(`/srv/config/${name}`, `${text}\n`);
  await host.write("/srv/gemless/Gemfile", 'source "https://rubygems.org"\ngem "no_such_gem"\n');
  await host.write("/srv/old/Gemfile", 'source "https://rubygems.org"\nruby "2.1.0"\n');
  await host.write("/srv/bin/by-env", "#!/usr/bin/env ruby\n", 0o755);
  await host.write("/srv/bin/by-nobody", "#!/opt/none/ruby\n", 0o755);
  await host.exec(`mkdir /srv/log /srv/none; chown deploy: /srv/log
    for file in append file; do echo '${OLD}' >/var/log/cause-$file.log; done
    systemd-run --quiet --unit=squatter ruby -rsocket -e 'TCPServer.new(9500); sleep'
    until grep -q :251C /proc/net/tcp*; do sleep 0.05; done`);
}

/** The oldest Puma and systemd, which say the least, and those of today. */
const ON: readonly Release[] = ["bullseye", "trixie"];
/** Where it is not Puma that says it: the oldest. */
const OLDEST = eachDay<readonly Release[]>(["bullseye"], ON);
const OTHERS = "no-log closed-log low families gem no-gemfile old-ruby no-ruby no-shebang sandbox".split(" ");

const at = setUpHosts(oneOfEach(ON), { prepare: ({ hosts }) => onEach(hosts, prepare) });

interface Case {
  readonly props: Partial<PumaServiceProps>;
  readonly cause: RegExp;
  /** Those whose Puma can do that. @default - all; each day the oldest of what is not said by Puma */
  readonly releases?: readonly Release[];
}

const app = (name: string, props: Partial<PumaServiceProps> = {}): Partial<PumaServiceProps> => ({
  workingDirectory: `/srv/${name}`,
  ...props,
});
const configured = (file: string, props: Partial<PumaServiceProps> = {}): Partial<PumaServiceProps> =>
  app("good", { configFile: `/srv/config/${file}`, ...props });
const logged = (to: string): Partial<PumaServiceProps> =>
  app("raises", { directives: { Service: { StandardOutput: to, StandardError: to } } });
const short = { startTimeout: Duration.seconds(12) };
/** The next start has begun when the run asks what became of this one. */
const soon = { directives: { Service: { RestartSec: "100ms" } } };
const by = (file: string, props: Partial<PumaServiceProps> = {}): Partial<PumaServiceProps> =>
  app("good", { command: PumaCommand.executable(`/srv/bin/${file}`), ...props });

const NO_DATABASE = /: ! Unable to load application: Shop::NoDatabase: db1 does not answer$/;

const CASES: Readonly<Record<string, Case>> = {
  journal: { props: app("raises"), cause: NO_DATABASE },
  append: { props: logged("append:/var/log/cause-append.log"), cause: NO_DATABASE },
  file: { props: logged("file:/var/log/cause-file.log"), cause: NO_DATABASE },
  "no-log": {
    props: logged("append:/var/log/none/cause.log"),
    cause: /: Failed to set up standard output: No such file or directory$/,
  },
  redirected: {
    props: app("raises-in-a-worker", { workers: 2, configFile: "/srv/config/redirect.rb", ...short }),
    cause: /: (?:! Unable to start worker: |config.ru:3:in .*: )(?:db1 does not answer|config.ru:3:in )/,
  },
  "redirected-by-argument": {
    props: app("dies", {
      args: ["--redirect-stdout", "/srv/log/a.log", "--redirect-stderr", "/srv/log/b.log"],
    }),
    cause: /: no licence any more$/,
    // Puma 4 has a buffer before its files.
    releases: ["trixie"],
  },
  "closed-log": {
    props: configured("closed.rb"),
    cause: /: Permission denied @ rb_io_reopen - \/root\/out\.log \(Errno::EACCES\)$/,
  },
  cluster: {
    props: app("deep-in-a-worker", { workers: 2, ...short }),
    cause: /: (?:! Unable to start worker: .*config.ru:2:in `deep'|.*: at the bottom)/,
  },
  "silent-cluster": {
    props: app("ended-in-a-worker", { workers: 2, ...short }),
    cause:
      /: (?:! Unable to start worker: .*|Early termination of worker \(its workers fail to boot, .*\)|exit)$/,
  },
  preloaded: {
    props: app("deep", { workers: 2, args: ["--preload"] }),
    cause: /: ! Unable to load application: Exception: at the bottom$/,
  },
  "taken-by-config": {
    props: configured("taken.rb", { binds: [] }),
    cause: /: Address already in use - bind\(2\) for "0\.0\.0\.0" port 9500 \(Errno::EADDRINUSE\)$/,
  },
  low: {
    props: configured("low.rb", { binds: [] }),
    cause: /: Permission denied - bind\(2\) for .* port 80 \(Errno::EACCES\)$/,
  },
  nowhere: { props: configured("nowhere.rb", { binds: [] }), cause: /\/srv\/nowhere.* \(Errno::ENOENT\)$/ },
  families: {
    props: app("good", { directives: { Service: { RestrictAddressFamilies: "AF_UNIX" } } }),
    cause: /Address family not supported by protocol|RestrictAddressFamilies/,
  },
  syntax: { props: configured("syntax.rb"), cause: /config\/syntax\.rb.*(?:syntax error|SyntaxError)/ },
  gem: {
    props: app("gemless", { command: PumaCommand.bundler() }),
    cause: /Could not find gem 'no_such_gem'/,
  },
  "no-gemfile": {
    props: app("none", { command: PumaCommand.bundler() }),
    cause: /Could not locate Gemfile/,
  },
  "old-ruby": {
    props: app("old", { command: PumaCommand.bundler() }),
    cause: /Your Ruby version is .*, but your Gemfile specified 2\.1\.0/,
  },
  "no-ruby": {
    props: by("by-env", { environment: { PATH: "/nowhere" } }),
    cause: /env: ['‘]ruby['’]: No such file or directory/,
  },
  "no-shebang": {
    props: by("by-nobody"),
    cause: /by-nobody: No such file or directory|by-nobody/,
  },
  sandbox: {
    props: app("good", { directives: { Service: { ReadWritePaths: ["/srv/no-such-folder"] } } }),
    cause: /: Failed to set up mount namespacing: .*\/srv\/no-such-folder: No such file or directory$/,
  },
  slow: {
    props: app("hangs", { ...short, ...soon }),
    cause:
      /^systemd could not start slow\.service, as it was not ready within 12s \('startTimeout'\)$|did not answer within 12s \('startTimeout'\): curl: \(7\) /,
  },
  impatient: {
    props: app("hangs", {
      workers: 2,
      configFile: "/srv/config/impatient.rb",
      startTimeout: Duration.seconds(20),
    }),
    cause: /failed to boot within 2 seconds\): \d+ \(worker_boot_timeout in Puma's configuration file\)$/,
    // Puma 4 names no time.
    releases: ["trixie"],
  },
  mute: {
    props: app("mute", { ...short }),
    cause: /^http:\/\/0\.0\.0\.0:\d+ did not answer within 12s \('startTimeout'\): curl: \(28\) /,
  },
};

/** What a run says of its failure, in one line; of what the preflight refused, the problems. */
const failureIn = (told: string): string =>
  (/^FAILED on a: (.*(?:\n {2}- .*)*)/m.exec(told)?.[1] ?? told).replace(/^.*\n {2}- /, "");

async function applied(host: FleetHost, name: string): Promise<string> {
  const { props } = CASES[name] as Case;
  const { told } = await applyBundle(host, name, {
    binds: [Bind.tcp(9600 + Object.keys(CASES).indexOf(name))],
    healthCheck: HealthCheck.answers({ settle: Duration.seconds(4) }),
    ...props,
  });
  return told;
}

describe("the cause", () => {
  const told = new Map<string, string>();
  const key = (host: FleetHost, name: string): string => `${name} on ${host.name}`;
  const concerns = (host: FleetHost, name: string): boolean =>
    (CASES[name]?.releases ?? (OTHERS.includes(name) ? OLDEST : ON)).includes(host.release);

  /** A few at a time, so that what is to be quick is. */
  beforeAll(() =>
    onEach(at.hosts, async (host) => {
      const names = Object.keys(CASES).filter((name) => concerns(host, name));
      const work = async (): Promise<void> => {
        for (let name = names.shift(); name !== undefined; name = names.shift())
          told.set(key(host, name), await applied(host, name));
      };
      await Promise.all([work(), work(), work()]);
    }),
  );

  test.each(Object.entries(CASES))("%s", async (name, { cause }) => {
    for (const host of at.hosts.filter((one) => concerns(one, name))) {
      const failure = failureIn(told.get(key(host, name)) ?? "");
      expect(failure).toMatch(cause);
      expect(failure).not.toContain(OLD);
    }
  });

  test("is in the journal too", async () => {
    for (const host of at.hosts) {
      const audit = await says(host, "journalctl -t cdktf-puma _UID=0 --output=cat --all");
      expect(audit).toContain("cluster by me: failed: ");
      for (const name of ["cluster", "append", "redirected"])
        expect(audit).toContain(failureIn(told.get(key(host, name)) ?? ""));
    }
  });

  test("of a backtrace of 120 lines is seen what it is of, and of a file what was written there", () => {
    for (const host of at.hosts) {
      expect(told.get(key(host, "preloaded"))).toContain(
        "! Unable to load application: Exception: at the bottom",
      );
      expect(told.get(key(host, "preloaded"))).toMatch(/\[\.\.\. \d+ more of them\]/);
      expect(told.get(key(host, "append"))).toContain("--- in the files that its output goes to\n");
    }
  });
});

/** Who listens already, and how one reads who that is and what ends it. */
const SQUATTERS: Readonly<Record<string, readonly [port: number, listen: string, taken: RegExp]>> = {
  "a unit of a user's own systemd that is called as ours is": [
    9510,
    `runuser -u deploy -- mkdir -p /home/deploy/.config/systemd/user
    runuser -u deploy -- tee /home/deploy/.config/systemd/user/squatted.service >/dev/null <<'EOT'
[Service]
ExecStart=/usr/bin/ruby -rsocket -e 'TCPServer.new(9510); sleep'
EOT
    bus=/run/user/$(id -u deploy)
    systemctl start user@$(id -u deploy)
    runuser -u deploy -- env XDG_RUNTIME_DIR=$bus systemctl --user start squatted.service`,
    /^ {2}- 0\.0\.0\.0:9510 is taken by squatted\.service of the systemd of deploy \(process \d+ of deploy: \S*ruby -rsocket .*\): as deploy, 'systemctl --user disable --now squatted\.service' ends it, or choose/m,
  ],
  "a daemon that was started by hand": [
    9511,
    "setsid -f ruby -rsocket -e 'TCPServer.new(9511); sleep' </dev/null >/dev/null 2>&1",
    /^ {2}- 0\.0\.0\.0:9511 is taken by process (\d+) of root: ruby -rsocket .*, which was started by hand: 'kill \1' ends it, or choose/m,
  ],
  "one in a session": [
    9512,
    "systemd-run --scope --quiet --unit=session-x setsid -f ruby -rsocket -e 'TCPServer.new(9512); sleep' </dev/null >/dev/null 2>&1",
    /^ {2}- 0\.0\.0\.0:9512 is taken by process (\d+) of root: ruby -rsocket .*, which was started by hand: 'kill \1' ends it, or choose/m,
  ],
  "another socket": [
    9513,
    "systemd-run --quiet --unit=other --socket-property=ListenStream=9513 cat",
    /^ {2}- 0\.0\.0\.0:9513 is taken by other\.socket: 'systemctl stop other\.socket' ends it, or choose/m,
  ],
};

test.each(Object.entries(SQUATTERS))("%s is named, with what ends it", async (_, [port, listen, taken]) => {
  const hex = port.toString(16).toUpperCase();
  await onEach(at.hosts, async (host) => {
    await host.exec(`${listen}\nuntil grep -q ':${hex} ' /proc/net/tcp*; do sleep 0.05; done`);
    const { code, told } = await applyBundle(host, "squatted", { binds: [Bind.tcp(port)] });
    expect([code, told]).toEqual([1, expect.stringMatching(taken)]);
  });
});
