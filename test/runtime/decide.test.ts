import { RESTART_MODES } from "../../lib/deploy/restart";
import { BOTH, type Case, host, SERVICE, SOCKET, writeNew } from "./host";
import { says, type Shell, SHELLS } from "./shell";

const edited = { "web.service": SERVICE.replace("A=1", "A=2") };
const wider = { "web.socket": SOCKET.replace("9292", "9393") };
const described = { "web.service": SERVICE.replace("Puma", "Shop") };
const limited = { "web.service": SERVICE.replace("[Service]\n", "[Service]\nMemoryMax=1G\n") };
const RELOAD_ONLY = { PUMA_RELOAD_ONLY: "Service.MemoryMax" };
const NONE = "none//false";
const CHANGED = "web.service changed: Environment";

const CUT_OFF = "the run before this one was cut off";

/** What is decided, as WORK/REASON/REHEARSED. */
const DECISIONS: readonly [name: string, host: Case, decision: string][] = [
  ["nothing changed", {}, NONE],
  ["a description changed", { fresh: described }, NONE],
  ["a limit changed", { fresh: limited, settings: RELOAD_ONLY }, NONE],
  ["the service changed", { fresh: edited }, `service/${CHANGED}/false`],
  ["the socket changed", { fresh: wider }, "both/web.socket changed: ListenStream/false"],
  ["both changed", { fresh: { ...edited, ...wider } }, "both/web.socket changed: ListenStream/false"],
  ["a new service", { active: "", live: {} }, "both/web.socket is new/false"],
  ["the service was stopped by hand", { active: "web.socket" }, "service/web.service is not running/false"],
  ["the socket was stopped by hand", { active: "web.service" }, "both/web.socket is not active/false"],
  ["a new release", { settings: { PUMA_RELEASE: "2" } }, "service/release 2 follows (none)/false"],
  ["a release less", { record: `units=${BOTH}\nrelease=2\n` }, "service/release (none) follows 2/false"],
  ["a run was cut off at the service", { cutOff: "service" }, `service/${CUT_OFF}/false`],
  ["a run was cut off at the socket", { cutOff: "socket" }, `both/${CUT_OFF}/false`],
  ["a run was cut off at both", { cutOff: "both" }, `both/${CUT_OFF}/false`],
  [
    "a socket is dropped",
    { settings: { PUMA_SOCKETS: "", PUMA_UNITS: "web.service" } },
    "both/web.socket is no longer wanted/false",
  ],
  ["full, a changed service", { fresh: edited, settings: { PUMA_RESTART: "full" } }, `both/${CHANGED}/false`],
  ["full, nothing", { settings: { PUMA_RESTART: "full" } }, NONE],
  ["rehearsed", { fresh: edited, settings: { PUMA_REHEARSE: "true" } }, `service/${CHANGED}/true`],
  ["rehearsed, nothing", { settings: { PUMA_REHEARSE: "true" } }, NONE],
  [
    "rehearsed, though not running",
    { active: "web.socket", settings: { PUMA_REHEARSE: "true" } },
    "service/web.service is not running/false",
  ],
  [
    "none is not rehearsed",
    { fresh: edited, settings: { PUMA_REHEARSE: "true", PUMA_RESTART: "none" } },
    `service/${CHANGED}/false`,
  ],
  [
    "first use, changed before it",
    { active: "web.socket", fresh: edited, settings: { PUMA_START_ON: "firstConnection" } },
    `none/${CHANGED}/false`,
  ],
  [
    "first use, changed after it",
    { fresh: edited, settings: { PUMA_START_ON: "firstConnection" } },
    `service/${CHANGED}/false`,
  ],
  ["first use, idle", { active: "web.socket", settings: { PUMA_START_ON: "firstConnection" } }, NONE],
  [
    "first use, a changed socket before it",
    { active: "web.socket", fresh: wider, settings: { PUMA_START_ON: "firstConnection" } },
    "socket/web.socket changed: ListenStream/false",
  ],
  [
    "first use, a changed socket after it",
    { fresh: wider, settings: { PUMA_START_ON: "firstConnection" } },
    "both/web.socket changed: ListenStream/false",
  ],
];

const STOPPED = { PUMA_START_ON: "never", PUMA_REHEARSE: "true" };
const STOP = "stop/'ensure' is stopped/false";

/** The same of a service that is kept stopped. */
const DECISIONS_TO_STOP: typeof DECISIONS = [
  ["it runs", { settings: STOPPED }, STOP],
  ["it runs, and the service changed", { fresh: edited, settings: STOPPED }, STOP],
  ["only its socket is open", { active: "web.socket", settings: STOPPED }, STOP],
  ["it is stopped", { active: "", settings: STOPPED }, NONE],
  [
    "it is stopped, and both changed",
    { active: "", fresh: { ...edited, ...wider }, settings: STOPPED },
    NONE,
  ],
  ["it is stopped, and a new release", { active: "", settings: { ...STOPPED, PUMA_RELEASE: "2" } }, NONE],
  ["it is new", { active: "", live: {}, settings: STOPPED }, NONE],
];

/** Which way a change takes. */
const WAYS: readonly [state: string, way: string][] = [
  ["none/true/hot", ""],
  ["none/true/hot/MemoryMax", "take_up"],
  ["none/true/none/MemoryMax", "take_up"],
  ["none/false/hot/MemoryMax", ""],
  ["service/true/hot/MemoryMax", "restart"],
  ["service/true/hot", "restart"],
  ["service/false/overlap", "restart"],
  ["service/true/overlap", "replace_behind_standin"],
  ["service/true/phased", "restart_by_phases"],
  ["service/false/phased", "restart"],
  ["service/false/none", "restart"],
  ["service/true/none", "leave_running"],
  ["both/true/none", "leave_running"],
  ["both/true/overlap", "'overlap' is not possible here: the sockets themselves change\nrestart"],
  ["both/true/phased", "'phased' is not possible here: the sockets themselves change\nrestart"],
  ["both/true/full", "restart"],
  ["socket/false/overlap", "restart"],
  ["stop/true/overlap", "stop_what_runs"],
  ["stop/false/none", "stop_what_runs"],
];

/** What a dry run says; settings are run state that a look at a real host would set. */
const PLANS: readonly [what: string, host: Case, state: string, told: string[]][] = [
  [
    "a changed service",
    { fresh: edited },
    "",
    ["web.service: would be installed", `web.service would be restarted: ${CHANGED}`],
  ],
  [
    "an overlap",
    { fresh: edited, settings: { PUMA_RESTART: "overlap", PUMA_REHEARSE: "true" } },
    "",
    [
      "web.service: would be installed",
      "the new version would be rehearsed on a bind of its own",
      `web.service would be restarted behind a stand-in: ${CHANGED}`,
    ],
  ],
  [
    "a service that goes on",
    { fresh: edited, settings: { PUMA_RESTART: "none" } },
    "",
    ["web.service: would be installed", `web.service would go on as it is, though ${CHANGED}`],
  ],
  [
    "a first installation",
    { active: "", live: {} },
    "",
    [
      "web.socket: would be installed",
      "web.service: would be installed",
      "web.socket web.service would be started: web.socket is new",
    ],
  ],
  [
    "a description",
    { fresh: described },
    "",
    ["web.service: would be installed", "nothing would be restarted"],
  ],
  [
    "a limit",
    { fresh: limited, settings: RELOAD_ONLY },
    "",
    ["web.service: would be installed", "web.service would take up without a restart: MemoryMax"],
  ],
  [
    "a run that was cut off",
    { cutOff: "service" },
    "cut_off=true",
    [
      "an earlier run was cut off in the middle: an apply would go on from what was healthy before it",
      `web.service would be restarted: ${CUT_OFF}`,
    ],
  ],
  [
    "a service that is to be stopped",
    { settings: { ...STOPPED, PUMA_ENABLED_UNITS: "" } },
    "enablements='\nweb.socket enabled\nweb.service enabled\n'",
    ["would be enabled: nothing", "web.socket web.service would be stopped: 'ensure' is stopped"],
  ],
  [
    "a socket that is dropped",
    { settings: { PUMA_SOCKETS: "", PUMA_UNITS: "web.service" } },
    "",
    [
      "web.socket: would be removed, as it is no longer wanted",
      "web.service would be restarted: web.socket is no longer wanted",
    ],
  ],
];

describe.each(SHELLS)("under $name", (shell: Shell) => {
  const run = (on: Case, script: string): Promise<string> => says(shell, `${host(on).prelude}\n${script}`);

  test.each(DECISIONS)("%s", async (_, on, decision) => {
    expect(await run(on, 'compare; decide; printf %s "$work/$reason/$rehearsed"')).toBe(decision);
  });

  test.each(DECISIONS_TO_STOP)("kept stopped: %s", async (_, on, decision) => {
    expect(await run(on, 'compare; decide; printf %s "$work/$reason/$rehearsed"')).toBe(decision);
  });

  test("what waits for its next start is stopped too", async () => {
    const waits = `facts=$(printf %s "$facts" | sed 's/^ActiveState=inactive/ActiveState=activating/')`;
    const script = `${waits}; compare; decide; printf %s "$work/$running"`;
    expect(await run({ active: "", settings: STOPPED }, script)).toBe("stop/false");
  });

  test.each(WAYS)("%s takes its way", async (state, way) => {
    const [work, running, mode, takenUp = ""] = state.split("/");
    const ways = [
      "take_up",
      "restart",
      "replace_behind_standin",
      "restart_by_phases",
      "leave_running",
      "stop_what_runs",
    ];
    const script = `work=${work} running=${running} mode=${mode} taken_up=${takenUp} reason=x
      ${ways.map((name) => `${name}() { echo ${name}; }`).join("\n")}
      change_over`;
    expect((await run({}, script)).trimEnd()).toBe(way);
  });

  test("each mode that can be asked for has its ways", () => {
    const modes = WAYS.map(([state]) => state.split("/")[2]);
    expect([...new Set(modes)].sort()).toEqual([...RESTART_MODES].sort());
  });

  test("a mode that nobody knows is refused, not restarted", async () => {
    const script =
      "mkdir -p $STAGE; work=service running=true mode=other; attempt change_over; cause_of_failure";
    expect(await run({}, script)).toBe("there is no way to restart that is called 'other'\n");
  });

  test.each(PLANS)("a dry run tells of %s", async (_, on, state, expected) => {
    const script = `${state}\ncompare; decide; say_plan`;
    const told = await run({ ...on, installed: on.live === undefined }, script);
    expect(told.trimEnd().split("\n")).toEqual(expected);
  });

  test("a file beside the units asks for a restart where its effect is one, and for none where it is not", async () => {
    const { root, prelude } = host({});
    const list = { restart: "restart_paths own_paths", reload: "own_paths", none: "helper_paths" };
    const line = (effect: keyof typeof list): string =>
      list[effect].replaceAll(/\w+/g, `$&="$$$& ${root}/etc/blog.rb";`);
    writeNew(root, "etc/blog.rb", "workers 2\n");
    const decided = (effect: keyof typeof list): Promise<string> =>
      says(shell, `${prelude}\n${line(effect)}\nread_sums; compare; decide; printf %s "$work/$reason"`);
    expect(await decided("restart")).toBe(`service/${root}/etc/blog.rb changed`);
    expect(await decided("reload")).toBe("none/");
    expect(await decided("none")).toBe("none/");
  });
});
