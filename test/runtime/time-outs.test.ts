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

  test("what goes is stopped by what nobody takes back", async () => {
    const timeout = 'echo "$*"; exit 124';
    const systemctl = "[ $1 != show ] || echo deactivating";
    const script = 'facts=""; change_units retire web.socket web.service || :';
    const said = await says(shell, `${functions()}\n${script}`, { before: stubs({ timeout, systemctl }) });
    expect(said.split("\n").filter((line) => line.includes("systemctl"))).toEqual([
      "370 systemctl stop --job-mode=replace-irreversibly -- web.socket web.service",
      "30 systemctl stop -- web.socket web.service",
    ]);
  });

  /** What a start may take, once the unit that systemd is to know says ten minutes; before, it said 20 seconds. */
  const allowed = (script: string): Promise<string> => {
    const systemctl = `case $1 in show) [ ! -e reloaded ] || for unit in 1 2 3; do echo TimeoutStartUSec=10min; echo; done ;; daemon-reload) : >reloaded ;; esac`;
    const facts = ["web.service", "web-rehearsal.service"].map((unit) => `\n[${unit}]\nTimeoutStartUSec=20s`);
    const quiet = [
      "install_files",
      "retire_what_is_dropped",
      "enable_units",
      "write_control",
      "write_candidate",
      "watch",
    ]
      .map((name) => `${name}() { :; }`)
      .join("\n");
    const root = folderOf({});
    const prelude = `${functions({ PUMA_UNITS: "web.service" }, root)}\n${quiet}\nread_units; facts=${quoted(facts.join(""))}`;
    return says(shell, `${prelude}\n${script}`, { before: stubs({ systemctl }), cwd: folderOf({}) });
  };

  test("a service may take as long to start as its new unit says", async () => {
    const script = 'change_over() { time_of TimeoutStartUSec web.service; printf %s "$found"; }; converge';
    expect(await allowed(script)).toBe("1210");
  });

  test("a candidate may take as long to start as its unit says", async () => {
    const script =
      'rehearsed=true; change_units() { time_of TimeoutStartUSec "$2"; printf %s "$found"; }; start_candidate rehearsal';
    expect(await allowed(script)).toBe("1210");
  });

  test("what comes back may take as long to start as its own unit says", async () => {
    const script = `mkdir -p "$STATE/before"; echo service >"$STATE/before/touched"; : >reloaded
      echo "web.service enabled active" >"$STATE/before/units"
      change_units() { time_of TimeoutStartUSec "$2"; printf %s "$found"; }
      restore_activity`;
    expect(await allowed(script)).toBe("1210");
  });

  test.each([
    ["a service that is in the way is stopped", "stop_abandoned shop", "TimeoutStopUSec"],
    ["and is started again", "restore_neighbours", "TimeoutStartUSec"],
  ])("%s in the time that its own unit gives it", async (_, script, name) => {
    const root = folderOf({
      "var/lib/cdktf-puma/shop/record": "units=shop.service\n",
      "var/lib/cdktf-puma/web/before/stopped": "shop.service\n",
      "etc/systemd/system/shop.service": "",
    });
    const commands = {
      systemctl: `case $1 in show) echo ${name}=10min ;; esac`,
      timeout: 'echo "$1" >>"$LOG"',
    };
    const LOG = join(folderOf(), "log");
    const env = { PATH: `${stubs(commands)}:${shell.path}`, LOG };
    await says(shell, `${functions({}, root)}\nfacts=''; ${script} >/dev/null`, { env });
    expect(readFileSync(LOG, "utf8").trim()).toBe("1210");
  });
});
