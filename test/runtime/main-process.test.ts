import { folderOf, functions, quoted, says, SHELLS, stubs } from "./shell";

const line = (process: number, text: string): string => `Nov 26 12:00:00 web1 puma[${process}]: ${text}`;
const vain = (process: number): string =>
  "Nov 26 12:00:00 web1 systemd[1]: web.service: Got notification message from PID " +
  `${process}, but reception only permitted for main PID 7`;
const boots = (process: number): string => line(process, "Puma starting in single mode...");
const bootsCluster = (process: number): string =>
  line(process, `[${process}] Puma starting in cluster mode...`);

const BLAMED =
  "the main process of web.service is not Puma, but what started it: let that end with 'exec' ('command')";
const facts = (properties: string): string => `\nfacts='\n[web.service]\n${properties}\n'`;
const NOTIFIES = { PUMA_NOTIFIES: "true" };
const SOCKET = { PUMA_SOCKET: "web.socket" };

/** Of the unit's journal, and of that of the start that is watched, whose first process was 7. */
interface Case {
  readonly settings?: Readonly<Record<string, string>>;
  readonly ofUnit?: readonly string[];
  readonly ofStart?: readonly string[];
  readonly state?: string;
  readonly complaint?: string;
  readonly told: string;
}

const CASES: Record<string, Case> = {
  "told in vain that it is ready": { settings: NOTIFIES, ofUnit: [boots(8), vain(8)], told: BLAMED },
  "did so with its workers": { settings: NOTIFIES, ofUnit: [bootsCluster(8), vain(8)], told: BLAMED },
  "is the main process, beside another that told something": {
    settings: NOTIFIES,
    ofUnit: [boots(7), vain(9)],
    ofStart: [boots(7)],
    told: "it ended",
  },
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
  "need not be the main process": { ofUnit: [boots(8), vain(8)], ofStart: [boots(8)], told: "it ended" },
  "is a rehearsal's": {
    settings: NOTIFIES,
    ofStart: [boots(8)],
    complaint: "it ended, in a rehearsal that no request of a user met",
    told: `${BLAMED}, in a rehearsal that no request of a user met`,
  },
};

describe.each(SHELLS)("under $name", (shell) => {
  test.each(Object.entries(CASES))("a Puma that %s", async (_, one) => {
    const { settings, ofUnit = [], ofStart = [], state = "invocation=one first_pid=7" } = one;
    const before = stubs({
      journalctl: `case "$*" in
        *--unit=web.service*) printf '%s\\n' ${quoted(ofUnit.join("\n"))} ;;
        *_SYSTEMD_INVOCATION_ID=one*) printf '%s\\n' ${quoted(ofStart.join("\n"))} ;;
      esac`,
    });
    const script = `watched=web.service started=5 ${state}
      complain_of_main_process ${quoted(one.complaint ?? "it ended")}`;
    expect(await says(shell, `${functions(settings)}\n${script}`, { before })).toBe(one.told);
  });

  test("a start that tells in vain is ended, any other is waited for", async () => {
    const begin = (isVain: boolean): Promise<string> =>
      says(
        shell,
        `${functions(NOTIFIES, folderOf())}
          sleep() { :; }
          tells_in_vain() { ${isVain}; }
          change_units() { echo "$*"; command sleep 0.3; [ ! -e "$STAGE/stopped" ]; }
          systemctl() { [ -e "$STAGE/stopped" ] || { echo "$*" >"$STAGE/new"; mv "$STAGE/new" "$STAGE/stopped"; }; }
          mkdir -p "$STAGE"
          watched=web.service
          change_watched restart web.service || { printf 'failed: '; cat "$STAGE/stopped"; }`,
      );
    expect(await begin(true)).toBe("restart web.service\nfailed: stop --no-block -- web.service\n");
    expect(await begin(false)).toBe("restart web.service\n");
  });
});
