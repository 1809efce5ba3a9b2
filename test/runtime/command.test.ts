import { join } from "node:path";
import { folderOf, functions, quoted, says, SHELLS } from "./shell";

/** What is known of a service that is about to be restarted, and of its command. */
interface Case {
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines that set the state of the run. */
  readonly state?: string;
  readonly isSameCode?: boolean;
  readonly unit?: string;
  /** What the command says, and what systemd-run does of it. */
  readonly said?: string;
  readonly ended?: string;
  readonly code?: number;
  /** What it does where it is passed a socket. */
  readonly withSocket?: string;
  /** What it says where it does not end by itself, and its title. */
  readonly goesOn?: string;
  readonly title?: string;
  readonly told: string;
}

const FAILED = "Finished with result: exit-code\nMain processes terminated with: code=exited/status=7\n";
const GEM_MISSING = `/usr/lib/ruby/bundler/definition.rb:524:in 'materialize': Could not find rack-3 (Bundler::GemNotFound)
\tfrom /usr/lib/ruby/bundler/definition.rb:197:in 'specs'

Run \`bundle install\` to install missing gems.
`;
const PROBLEM = "asked \n  - the command fails, with --version alone:";
const HOT = "work=service running=true mode=hot";

const CASES: Record<string, Case> = {
  "succeeds, whatever it says": { said: "hello\n", told: "asked " },
  "fails for want of a gem": {
    said: GEM_MISSING,
    ended: FAILED,
    code: 7,
    told:
      `${PROBLEM} /usr/lib/ruby/bundler/definition.rb:524:in 'materialize': Could not find rack-3 (Bundler::GemNotFound)` +
      "; Run `bundle install` to install missing gems. ('command')",
  },
  "fails behind other words": {
    said: "a\nb\nc\nd\x1b[31m\n",
    ended: FAILED,
    code: 1,
    told: `${PROBLEM} b; c; d?[31m ('command')`,
  },
  "fails without a word, as one that writes a log of its own": { ended: FAILED, code: 7, told: "asked " },
  "says more than is taken": {
    said: "x".repeat(65536),
    ended: "Finished with result: signal\nMain processes terminated with: code=killed/status=XFSZ\n",
    code: 1,
    told: "asked ",
  },
  "is killed": {
    ended: "Finished with result: signal\nMain processes terminated with: code=killed/status=SEGV\n",
    code: 1,
    told: `${PROBLEM} it ended with killed/status=SEGV ('command')`,
  },
  "tells a number that none can be": {
    settings: { PUMA_VERSION: "6.6" },
    said: "puma version 99999999999999999999.1\n",
    told: "asked ",
  },
  "tells a number that is none": {
    settings: { PUMA_VERSION: "6.6" },
    said: "puma version 6...\n",
    told: "asked ",
  },
  "is killed, and could write where that is told": {
    ended: "Finished with result: signal\nMain processes terminated with: code=\u001b[31mkilled\n",
    code: 1,
    told: `${PROBLEM} it ended with ?[31mkilled ('command')`,
  },
  "takes too long on a busy host": { ended: "Finished with result: timeout\n", code: 1, told: "asked " },
  "could not be asked": { ended: "Failed to start transient service unit\n", code: 1, told: "asked " },
  "starts Puma whatever it is told": {
    said: "Puma starting in single mode...\n! Address already in use\n",
    ended: FAILED,
    code: 1,
    told: "asked ",
  },
  "takes no --version": {
    said: "launch: unknown option --version\n",
    ended: FAILED,
    code: 64,
    told: "note: the command does not tell which Puma it starts: launch: unknown option --version ('command')\nasked ",
  },
  "has a usage": {
    said: "Usage: launch start\n",
    ended: FAILED,
    code: 64,
    told: "note: the command does not tell which Puma it starts: Usage: launch start ('command')\nasked ",
  },
  "insists on a socket": {
    settings: { PUMA_SOCKETS: "web.socket", PUMA_RESTART: "overlap" },
    said: "start me by systemd\n",
    ended: FAILED,
    code: 1,
    withSocket: "echo puma version 4.3.8",
    told: "asked \n  - this host has Puma 4.3.8, which loses requests in an overlap: it wants 5 or newer ('restart')",
  },
  "insists on a socket, and starts Puma whatever it is told": {
    settings: { PUMA_SOCKETS: "web.socket" },
    said: "start me by systemd\n",
    ended: FAILED,
    code: 1,
    withSocket: "echo 'not a socket file descriptor (ArgumentError)'; return 1",
    told: "asked ",
  },
  "insists on a socket, and fails with one as well": {
    settings: { PUMA_SOCKETS: "web.socket" },
    said: "start me by systemd\n",
    ended: FAILED,
    code: 1,
    withSocket: "echo 'no gems'; return 1",
    told: `${PROBLEM} start me by systemd ('command')`,
  },
  "starts a Puma that goes on, whatever it is told": {
    settings: { PUMA_RESTART: "overlap" },
    goesOn: "Puma starting in single mode...\n* Version 4.3.8 (ruby 2.7.4-p191)\n",
    told: "asked ended \n  - this host has Puma 4.3.8, which loses requests in an overlap: it wants 5 or newer ('restart')",
  },
  "starts a Puma that goes on, and writes a log of its own": {
    settings: { PUMA_RESTART: "overlap" },
    goesOn: "",
    title: "puma 4.3.8 (tcp://0.0.0.0:9292) [blog]",
    told: "asked ended \n  - this host has Puma 4.3.8, which loses requests in an overlap: it wants 5 or newer ('restart')",
  },
  "needs what is prepared before": { unit: "ExecStartPre=x", ended: FAILED, code: 1, told: "asked " },
  "is left running": { state: "work=service running=true mode=none", ended: FAILED, code: 1, told: "" },
  "is not restarted": { state: "work=none running=true mode=hot", ended: FAILED, code: 1, told: "" },
  "is started by the first connection": {
    state: "work=socket running=false mode=hot",
    ended: FAILED,
    code: 1,
    said: "x",
    told: `${PROBLEM} x ('command')`,
  },
  "is what runs": { isSameCode: true, ended: FAILED, code: 1, told: "" },
  "is what runs, of a version that its title tells": {
    isSameCode: true,
    settings: { PUMA_RESTART: "overlap" },
    ended: FAILED,
    code: 1,
    told: "\n  - this host has Puma 4.3.8, which loses requests in an overlap: it wants 5 or newer ('restart')",
  },
  "is left running, and another Puma than was said": {
    state: "work=service running=true mode=none",
    settings: { PUMA_VERSION: "6.6", PUMA_NOTIFIES: "true" },
    said: "puma version 6.0.2\n",
    told: "asked \n  - this host has Puma 6.0.2, which never tells systemd that it is ready ('pumaVersion' says 6.6)",
  },
};

describe.each(SHELLS)("under $name", (shell) => {
  test.each(Object.entries(CASES))("a command that %s", async (_, one) => {
    const {
      settings = {},
      state = HOT,
      isSameCode = false,
      unit = "",
      said = "",
      ended = "",
      code = 0,
      withSocket = "return 1",
      goesOn,
      title = "",
    } = one;
    const root = folderOf({ title });
    const ends = goesOn === undefined ? `return ${code}` : `printf %s ${quoted(goesOn)}; go_on`;
    const script = `make_folders "$STAGE/new$ETC"
      printf '%s\\n' '[Service]' ${quoted(unit)} >"$STAGE/new$ETC/web.service"
      runs_same_code() { ${isSameCode}; }
      version_of_process() { printf 4.3.8; }
      surround() { :; }
      run_surrounded() {
        case $* in *LISTEN_FDS=1*) ${withSocket}; return ;; esac
        echo "asked" >&3; printf %s ${quoted(said)}; printf %s ${quoted(ended)} >&2; ${ends}
      }
      go_on() { until [ -e "$STAGE/ended" ]; do sleep 0.1; done; return 1; }
      title_of_asked() { cat ${join(root, "title")}; }
      end_what_is_asked() {
        ${goesOn === undefined ? "return 0" : ""}
        [ -e "$STAGE/ended" ] || echo "ended" >&3
        : >"$STAGE/ended"
      }
      ${state}
      exec 3>${join(root, "asked")}
      check_command
      tr '\\n' ' ' <${join(root, "asked")}
      printf %s "$problems"`;
    expect(await says(shell, `${functions(settings, root)}\n${script}`)).toBe(one.told);
  });
});
