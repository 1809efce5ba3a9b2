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
      expect(await says(shell, `${functions(NOTIFIES, folderOf())}\n${script}`)).toBe(
        `restart web.service\n${isEnded ? ended : ""}`,
      );
    },
  );
});
