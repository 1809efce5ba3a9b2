import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, quoted, says, SHELLS, stubs } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  test.each([
    ["1min 30s", 91],
    ["1min 30.500000s", 91],
    ["500ms", 1],
    ["1h 2min", 3720],
    ["2d", 172_800],
    ["1month", 86_400],
    ["infinity", 3600],
    ["", 90],
  ])("'%s' of systemd's is %d seconds", async (span, seconds) => {
    expect(await says(shell, `${functions()}\nseconds_in ${quoted(span)}; printf %s "$found"`)).toBe(
      String(seconds),
    );
  });

  /** What systemctl is told where a unit is in a state that takes longer than its time-outs. */
  const changed = async (verb: string, state: string): Promise<string[]> => {
    const commands = {
      timeout: `echo "$1 $3" >>"$LOG"; [ "$3" != ${verb} ] || [ -e "$LOG.2" ] || { : >"$LOG.2"; exit 124; }`,
      systemctl: `case $* in show*) echo ${state} ;; *) echo "$1 $2" >>"$LOG" ;; esac`,
    };
    const LOG = join(folderOf({ log: "" }), "log");
    const env = { PATH: `${stubs(commands)}:${shell.path}`, LOG };
    const facts = "\n[web.service]\nTimeoutStopUSec=5s\nTimeoutStartUSec=20s";
    const script = `facts=${quoted(facts)}; change_units ${verb} web.service || echo "no: $?" >>"$LOG"`;
    await says(shell, `${functions()}\n${script}`, { env });
    return readFileSync(LOG, "utf8").trim().split("\n");
  };

  test.each([
    ["restart", "deactivating", ["22 restart", "kill --signal=KILL", "52 start"]],
    ["restart", "activating", ["22 restart", "52 start"]],
    ["stop", "deactivating", ["22 stop", "kill --signal=KILL", "30 stop"]],
    ["start", "activating", ["52 start", "kill --signal=KILL", "no: 1"]],
  ])("a unit that takes longer than it may to %s, and is %s, is ended", async (verb, state, told) => {
    expect(await changed(verb, state)).toEqual(told);
  });
});
