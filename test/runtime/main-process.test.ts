import { folderOf, functions, quoted, says, SHELLS, stubs } from "./shell";

const line = (process: number, text: string): string => `Nov 26 12:00:00 web1 puma[${process}]: ${text}`;
const boots = (process: number): string => line(process, "Puma starting in single mode...");
const bootsCluster = (process: number): string =>
  line(process, `[${process}] Puma starting in cluster mode...`);

const BLAMED =
  "the main process of web.service is not Puma, but what started it: let that end with 'exec' ('command')";
const facts = (properties: string): string => `\nfacts='\n[web.service]\n${properties}\n'`;
const NOTIFIES = { PUMA_NOTIFIES: "true" };
const SOCKET = { PUMA_SOCKETS: "web.socket" };

/** What the journal has of the start that is watched, whose first process was 7. */
interface Case {
  readonly settings?: Readonly<Record<string, string>>;
  readonly ofStart?: readonly string[];
  readonly state?: string;
  readonly complaint?: string;
  readonly told: string;
}

const CASES: Record<string, Case> = {
  "is another, with workers": { settings: NOTIFIES, ofStart: [bootsCluster(8)], told: BLAMED },
  "is another, to which no socket was passed": { settings: SOCKET, ofStart: [boots(8)], told: BLAMED },
  "is the main process": { settings: SOCKET, ofStart: [bootsCluster(7)], told: "it ended" },
  "said nothing": { settings: SOCKET, told: "it ended" },
  "is of a start that was not seen": {
    settings: SOCKET,
    ofStart: [boots(8)],
    state: `invocation='' first_pid=8${facts("InvocationID=one\nExecMainPID=7")}`,
    told: BLAMED,
  },
  "was the main process of a start that was not seen": {
    settings: SOCKET,
    ofStart: [boots(8)],
    state: `invocation='' first_pid=7${facts("InvocationID=one\nExecMainPID=8")}`,
    told: "it ended",
  },
  "was gone when it was seen": {
    settings: SOCKET,
    ofStart: [boots(8)],
    state: `invocation=one first_pid=0${facts("InvocationID=one\nExecMainPID=7")}`,
    told: BLAMED,
  },
  "nobody knows": {
    settings: SOCKET,
    ofStart: [boots(8)],
    state: "invocation='' first_pid=7",
    told: "it ended",
  },
  "need not be the main process": { ofStart: [boots(8)], told: "it ended" },
  "is a daemon's, whose parent said it": {
    settings: { ...SOCKET, PUMA_DAEMON: "true" },
    ofStart: [boots(8)],
    told: "it ended",
  },
  "is a rehearsal's": {
    settings: NOTIFIES,
    ofStart: [boots(8)],
    complaint: "it ended, in a rehearsal that no request of a user met",
    told: `${BLAMED}, in a rehearsal that no request of a user met`,
  },
};

describe.each(SHELLS)("under $name", (shell) => {
  test.each(Object.entries(CASES))("a Puma that %s", async (_, one) => {
    const { settings, ofStart = [], state = "invocation=one first_pid=7" } = one;
    const before = stubs({
      journalctl: `case "$*" in
        *_SYSTEMD_INVOCATION_ID=one*) printf '%s\\n' ${quoted(ofStart.join("\n"))} ;;
      esac`,
    });
    const script = `watched=web.service started=5 ${state}
      complain_of_main_process ${quoted(one.complaint ?? "it ended")}`;
    expect(await says(shell, `${functions(settings)}\n${script}`, { before })).toBe(one.told);
  });

  test.each([
    ["main", true, true],
    ["all", true, false],
    ["main", false, false],
  ])(
    "of a start that tells in vain: NotifyAccess=%s, another process %s: ended %s",
    async (access, isAnother, isEnded) => {
      const script = `sleep() { :; }
      look() { facts=${quoted(`\n[web.service]\nNotifyAccess=${access}\nInvocationID=one\nExecMainPID=7\n`)}; }
      is_puma_another() { ${isAnother}; }
      change_units() { echo "$*"; command sleep 0.3; [ ! -e "$STAGE/stopped" ]; }
      systemctl() { echo "$*" >>"$STAGE/stopped"; }
      mkdir -p "$STAGE"
      watched=web.service
      change_watched restart web.service || {
        printf 'failed: '
        sort -u "$STAGE/stopped"
        look() { facts=${quoted("\n[web.service]\nInvocationID=two\nExecMainPID=8\n")}; }
        look
        echo "told of: $invocation $first_pid"
      }`;
      const ended =
        "failed: kill --signal=KILL -- web.service\nstop --no-block -- web.service\ntold of: one 7\n";
      const before = stubs({ journalctl: "" });
      expect(await says(shell, `${functions(NOTIFIES, folderOf())}\n${script}`, { before })).toBe(
        `restart web.service\n${isEnded ? ended : ""}`,
      );
    },
  );

  /** What systemd has written of starts that failed: invocations, and how. */
  const failed = (...starts: readonly (readonly [invocation: string, result: string])[]): string =>
    starts
      .map(
        ([id, result]) =>
          `__CURSOR=s=1;i=2\nMESSAGE=web.service: Failed with result '${result}'.\nINVOCATION_ID=${id}\nUNIT_RESULT=${result}\n_PID=1\n\n`,
      )
      .join("");
  const UP = ", as it was not ready within 12s ('startTimeout')";

  test.each([
    ["one that systemd is not past yet", "one", failed(["one", "timeout"]), "", `one 7${UP}`],
    ["one behind which systemd has begun another", "two", failed(["one", "timeout"]), "one 5", `one 5${UP}`],
    ["one whose process nobody saw", "two", failed(["one", "timeout"]), "", `one 0${UP}`],
    ["one that crashed", "two", failed(["one", "exit-code"]), "one 5", "one 5"],
    ["the last of some", "three", failed(["one", "exit-code"], ["two", "timeout"]), "two 5", `two 5${UP}`],
    ["not what was stopped for it", "one", failed(["before", "timeout"]), "before 5", "one 7"],
    ["what is known, where the journal has nothing", "one", "", "", "one 7"],
  ])("of starts that failed it tells of %s", async (_, now, journal, start, told) => {
    const before = stubs({ journalctl: `case $* in *_PID=1*) printf %s ${quoted(journal)} ;; esac` });
    const known = (id: string): string =>
      `facts=${quoted(`\n[web.service]\nInvocationID=${id}\nExecMainPID=7\nResult=success\nTimeoutStartUSec=12s\n`)}`;
    const script = `look() { ${known(now)}; }
      ${known("before")}
      change_units() { note start ${quoted(start)}; return 1; }
      mkdir -p "$STAGE"
      watched=web.service started=5
      change_watched restart web.service ||
        echo "$invocation $first_pid$(time_that_was_up "systemd could not start web.service")"`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`, { before })).toBe(`${told}\n`);
  });
});
