/** Units of the library beside those of a service: what is done of them at the end of a run, and on the way back. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, says, type Shell, SHELLS, stubs } from "./shell";

const NAME = "cdktf-puma-web:operators-deploy";
const SOCKET = `${NAME}.socket`;
const TEMPLATE = `${NAME}@.service`;
/** A service that is no template can run, and has to be stopped. */
const THIN = "cdktf-puma-restart@web.service";
const UNITS = "etc/systemd/system";
const STATE = "var/lib/cdktf-puma/web";

const COMMANDS = stubs({
  systemctl: `echo "$*" >>"$CALLS"; [ "$1 $BROKEN" != "restart yes" ] || { echo "no such group"; exit 1; }`,
  getent: '[ "$1 $2" = "group deploy" ]',
});

const STARTS = [
  `--quiet reenable --no-reload -- ${SOCKET}`,
  `reset-failed -- ${SOCKET}`,
  `restart -- ${SOCKET}`,
];
const DISABLES = `--quiet disable --no-reload -- ${SOCKET}`;
const STOPS = [DISABLES, `stop -- ${SOCKET} ${THIN}`, `reset-failed -- ${SOCKET} ${THIN}`];

/** What there is of them on a host, unless told otherwise as it is to be. */
interface Case {
  readonly live?: string;
  readonly active?: boolean;
  readonly enabled?: string;
  readonly startOn?: string;
  readonly broken?: boolean;
  readonly text?: string;
  /** What the snapshot has of them. */
  readonly before?: readonly string[];
}

interface Outcome {
  readonly said: string;
  readonly calls: readonly string[];
  readonly root: string;
}

describe.each(SHELLS)("under $name", (shell: Shell) => {
  async function run(one: Case, script: string): Promise<Outcome> {
    const { text = "[Socket]\nSocketGroup=deploy\n", live = text, active = true, enabled = "enabled" } = one;
    const { startOn = "boot", broken = false, before = [] } = one;
    const names = [SOCKET, TEMPLATE, THIN];
    const root = folderOf({
      ...Object.fromEntries(names.map((name) => [`${UNITS}/${name}`, text])),
      ...Object.fromEntries(names.map((name) => [`${STATE}/live/${name}`, live])),
      ...Object.fromEntries(before.map((name) => [`${STATE}/before/files/${name}`, text])),
      [`${STATE}/before/units`]: "",
      [`${STATE}/followed`]: "",
      "run/cdktf-puma/web/x": "",
      calls: "",
    });
    const paths = names.map((name) => `${root}/${UNITS}/${name}`);
    const base64 = Buffer.from(text).toString("base64");
    const settings = {
      PUMA_FILES: paths.map((path) => `${path} 644 root:root companion :${base64}`).join("\n"),
      PUMA_UNITS: "web.service",
      PUMA_START_ON: startOn,
    };
    const known = `exec 2>&1
      printf '%s\\n' ${paths.join(" ")} >"$STATE/before/paths"
      read_files; unpack; read_units; read_sums
      facts="\n[${SOCKET}]\nActiveState=${active ? "active" : "inactive"}\n"
      enablements="\n${SOCKET} ${enabled}\n"`;
    const env = { CALLS: join(root, "calls"), BROKEN: broken ? "yes" : "no" };
    const said = await says(shell, `${functions(settings, root)}\n${known}\n${script}`, {
      before: COMMANDS,
      env,
    });
    return { said: said.trimEnd(), calls: readFileSync(env.CALLS, "utf8").trimEnd().split("\n"), root };
  }

  const NOTHING = [""];
  const settle = (one: Case): Promise<Outcome> => run(one, "settle_companions");
  const isRight = async (one: Case): Promise<string> =>
    (await run(one, "if are_companions_right; then echo right; else echo wrong; fi")).said;

  test("what waits for something is to be started, and all of them are files of the record", async () => {
    const { said, root } = await run({}, 'echo "$companions"; echo "$own_paths"; echo "$declared_paths"');
    const paths = [SOCKET, TEMPLATE, THIN].map((name) => `${root}/${UNITS}/${name}`);
    expect(said).toBe(`${SOCKET}\n${paths.join(" ")}`);
  });

  test("where they are as they are to be, nothing is done, and no program is started", async () => {
    const { said, calls } = await settle({});
    expect([said, calls]).toEqual(["", NOTHING]);
    expect(await isRight({})).toBe("right");
  });

  test.each<[string, Case]>([
    ["does not run", { active: false }],
    ["is not enabled", { enabled: "disabled" }],
  ])("one that %s is enabled and started", async (_, one) => {
    const { said, calls } = await settle(one);
    const may =
      "who is in the group deploy may: /usr/local/sbin/cdktf-puma restart web; the line of sudoers that says so is: " +
      "%deploy ALL=(root:root) NOPASSWD: /usr/local/sbin/cdktf-puma restart web";
    expect([said, calls]).toEqual([`${SOCKET}: enabling and starting\n${may}`, STARTS]);
    expect(await isRight(one)).toBe("wrong");
  });

  test("one whose text has changed is started anew, and a run with nothing else to do goes by the files", async () => {
    const { calls } = await settle({ live: "older\n" });
    expect(calls).toEqual(STARTS);
    expect(await isRight({ live: "older\n" })).toBe("right");
  });

  test("it is not started anew once more where Puma was left running", async () => {
    const { calls } = await run({ live: "older\n" }, "keep_live_companions; read_sums; settle_companions");
    expect(calls).toEqual(NOTHING);
  });

  test("of a service that is kept stopped none runs", async () => {
    const stopped = { startOn: "never" };
    const { said, calls } = await settle(stopped);
    expect(said).toBe(`${SOCKET}: stopping, as 'ensure' is stopped`);
    expect(calls).toEqual([DISABLES, `stop -- ${SOCKET}`]);
    expect(await isRight(stopped)).toBe("wrong");
    expect(await isRight({ ...stopped, active: false, enabled: "disabled" })).toBe("right");
  });

  test("one that does not start ends the run, and nothing goes back", async () => {
    const script =
      'settle_companions; echo committed; audit() { echo "audit: $*"; }; tell_of_companions || :';
    const { said } = await run({ active: false, broken: true }, `(${script}) || echo "code $?"`);
    expect(said).toBe(
      [
        `${SOCKET}: enabling and starting`,
        "committed",
        `audit: web by me: systemd could not start ${SOCKET}: no such group`,
        `FAILED on a: systemd could not start ${SOCKET}: no such group`,
        "  web is as it is to be, and the next apply goes on from there",
        `  look further: systemctl status ${SOCKET}`,
        "code 1",
      ].join("\n"),
    );
  });

  test("those that go are stopped before systemd forgets them", async () => {
    const { said, calls, root } = await run({}, `retire_companions ${SOCKET} ${TEMPLATE} ${THIN}`);
    expect(said).toBe(`${SOCKET} ${TEMPLATE} ${THIN}: no longer wanted`);
    expect(calls).toEqual([...STOPS, "daemon-reload"]);
    expect([SOCKET, TEMPLATE, THIN].filter((name) => existsSync(join(root, UNITS, name)))).toEqual([]);
  });

  test("what a watch had seen goes with the watch, of whatever service it is", async () => {
    const paths = (watch: string): string => `followed="$STATE/followed" other="$ROOT/shop/followed"
      mkdir -p "$ROOT/shop"; : >"$followed"; : >"$other"; retire_companions ${watch} >/dev/null
      for file in "$followed" "$other"; do if [ -e "$file" ]; then echo there; else echo gone; fi; done`;
    expect((await run({}, paths("cdktf-puma-restart@web.path"))).said).toBe("gone\nthere");
    expect((await run({}, paths("cdktf-puma-restart@shop.path"))).said).toBe("there\ngone");
    expect((await run({}, paths(SOCKET))).said).toBe("there\nthere");
  });

  test("the way back stops those that were not there, and starts those that were", async () => {
    const touched = ': >"$STATE/before/companions"';
    const back = "stop_new_companions; restore_companions";
    expect((await run({}, back)).calls).toEqual(NOTHING);
    expect((await run({}, `${touched}; ${back}`)).calls).toEqual(STOPS);
    const before = [SOCKET, TEMPLATE, THIN];
    expect((await run({ before }, `${touched}; ${back}`)).calls).toEqual(STARTS);
  });

  test("a group that may ask has to be there", async () => {
    const check = 'check_companions; printf %s "$problems"';
    expect((await run({}, check)).said).toBe("");
    expect((await run({ text: "[Socket]\nSocketGroup=nope\n" }, check)).said).toBe(
      "\n  - there is no group 'nope' on this host ('operators')",
    );
  });
});
