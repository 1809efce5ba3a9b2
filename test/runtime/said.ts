/** What real Pumas and their launchers said of starts that failed (said/), and which line of it is the cause. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const VERSIONS = ["4.3", "5.6", "6.6", "8.0"] as const;
export type Version = (typeof VERSIONS)[number];

/** What the cause says, or how it differs from one Puma to the next: before 6 a worker says only where it failed. */
export type Told = string | (Partial<Record<Version, string>> & { readonly others: string });

export const NOTHING = "(nothing)";

const WHERE = "! Unable to start worker: config.ru:";

/** What the text of each name has for its cause. */
export const CAUSES: Readonly<Record<string, Told>> = {
  "runtime-single": "! Unable to load application: RuntimeError: no database at db1:5432",
  "runtime-preload": "! Unable to load application: RuntimeError: no database at db1:5432",
  "runtime-cluster": {
    "4.3": "config.ru:2:in `boot': no database at db1:5432 (RuntimeError)",
    "5.6": `${WHERE}2:in \`boot'`,
    others: ": no database at db1:5432",
  },
  "classname-single": "! Unable to load application: Shop::NoDatabase: db1 does not answer",
  "classname-cluster": { "5.6": `${WHERE}2:in`, others: "db1 does not answer" },
  "multiline-single": "! Unable to load application: Boom: first line",
  "multiline-cluster": { "5.6": `${WHERE}2:in`, others: "first line" },
  "empty-single": "! Unable to load application: Quiet",
  "causechain-single": '! Unable to load application: KeyError: key not found: "DATABASE_URL"',
  "loaderror-single": "! Unable to load application: LoadError: cannot load such file -- no_such_gem",
  "loaderror-cluster": { "5.6": "! Unable to start worker: <internal:", others: "no_such_gem" },
  "syntax-single": "SyntaxError: config.ru:3: syntax error, unexpected local variable or method",
  "syntax-cluster": {
    "5.6": "! Unable to start worker: /",
    others: "config.ru:3: syntax error, unexpected local variable or method",
  },
  "deep-single": ": at the bottom",
  "deep-cluster": { "5.6": `${WHERE}1:in \`deep'`, others: ": at the bottom" },
  "endless-single": "! Unable to load application: SystemStackError: stack level too deep",
  "abort-single": "! Unable to load application: SystemExit: SECRET_KEY_BASE is not set: see doc/deploy.md",
  "abort-cluster": "SECRET_KEY_BASE is not set: see doc/deploy.md",
  "exits-single": "giving up: no licence",
  "exits-cluster": "giving up: no licence",
  "silent-single": NOTHING,
  "silent-cluster": NOTHING,
  "segv-single": "config.ru:1: [BUG] Segmentation fault at 0x",
  "logs-single": "! Unable to load application: ArgumentError: redis url",
  "later-single": "fatal: licence expired",
  "later-cluster": "fatal: licence expired",
  "threadraise-single": ": Connection refused - redis (Errno::ECONNREFUSED)",
  "badconfig-single": "config/puma.rb:2:in `_load_from': no PORT (ArgumentError)",
  "synconfig-single": "config/puma.rb:2: syntax error, unexpected end-of-input, expecting ')' (SyntaxError)",
  "unkconfig-single": "config/puma.rb:1:in `_load_from': undefined method `wrokers' for ",
  "bootfast-cluster": {
    "4.3": "Early termination of worker",
    "8.0": NOTHING,
    others: "orker failed to boot within 2 seconds",
    "6.6": "orker 1 failed to boot within 2 seconds",
  },
  "onboot-cluster": "no redis in worker",
  "noredirect-single": "': Cannot redirect STDOUT to /nope/out.log (RuntimeError)",
  "noredirect-cluster": "': Cannot redirect STDOUT to /nope/out.log (RuntimeError)",
  "closedredirect-cluster": "reopen': Permission denied @ rb_io_reopen - /root/out.log (Errno::EACCES)",
  "redirect-cluster.out": {
    "4.3": "Early termination of worker",
    "5.6": `${WHERE}1:in`,
    "6.6": "! Unable to start worker: in the file",
    others: NOTHING,
  },
  "redirect-cluster.err": { "4.3": "config.ru:1:in `block in <main>': in the file", others: NOTHING },
  eaddrinuse: 'Address already in use - bind(2) for "0.0.0.0" port 9299 (Errno::EADDRINUSE)',
  "eaddrinuse-cluster": 'Address already in use - bind(2) for "0.0.0.0" port 9299 (Errno::EADDRINUSE)',
  "eacces-port": 'Permission denied - bind(2) for "0.0.0.0" port 80 (Errno::EACCES)',
  "eacces-unix": "/srv/closed/puma.sock (Errno::EACCES)",
  "enoent-unix": "/srv/nowhere",
  eaddrnotavail: "Cannot assign requested address - bind(2) for",
  longunix: "too long unix socket path",
  nokey: { "4.3": "/nope/key.pem", others: "/nope/key.pem" },
  badscheme: "ERROR: Invalid URI: tpc://1",
  badflag: "invalid option: --no-such-flag (OptionParser::InvalidOption)",
  noconfig: "No such file or directory @ rb_sysopen - /srv/good/config/none.rb (Errno::ENOENT)",
  norackup: "ERROR: No application configured, nothing to run",
  gemmissing: "Could not find gem 'no_such_gem' in ",
  lockmissing: " in ",
  rubyversion: "but your Gemfile specified 2.1.0 (Bundler::RubyVersionMismatch)",
  gemsyntax: "(Bundler::Dsl::DSLError) [!] There was an error parsing `Gemfile`: ",
  nogemfile: "Could not locate Gemfile",
  bundledbad: "! Unable to load application: RuntimeError: inside bundle",
  bundlenocmd: "bundler: command not found: pmua",
  bundlenoexec: "bundler: not executable: /srv/bundledbad/config.ru",
  shnotfound: "bash: line 1: exec: bundel: not found",
  dashnotfound: "dash: 1: exec: bundel: not found",
  shcd: "bash: line 1: cd: /srv/nowhere: No such file or directory",
  source: "bash: line 1: /usr/local/rvm/scripts/rvm: No such file or directory",
  envmissing: "‘bundel’: No such file or directory",
};

/** The texts of a version by their names. */
export function textsOf(version: Version): Map<string, string> {
  const file = readFileSync(join(__dirname, `said/puma-${version}.txt`), "utf8");
  return new Map(
    file
      .split(/^##### /m)
      .slice(1)
      .map((text): [string, string] => {
        const end = text.indexOf("\n");
        return [text.slice(0, end), text.slice(end + 1)];
      }),
  );
}
