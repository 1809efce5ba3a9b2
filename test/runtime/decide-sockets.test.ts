import { BOTH, type Case, host, SERVICE, SOCKET } from "./host";
import { says, type Shell, SHELLS } from "./shell";

const edited = { "web.service": SERVICE.replace("A=1", "A=2") };
const wider = { "web.socket": SOCKET.replace("9292", "9393") };
const CHANGED = "web.service changed: Environment";
const CUT_OFF = "the run before this one was cut off";

const ADMIN = "[Socket]\nListenStream=0.0.0.0:9393\n";
const SEVERAL = "web.socket admin.socket web.service";
const OF_SEVERAL = { PUMA_SOCKETS: "web.socket admin.socket", PUMA_UNITS: SEVERAL };
const LIVE = { "web.socket": SOCKET, "admin.socket": ADMIN, "web.service": SERVICE };
const narrower = { "admin.socket": ADMIN.replace("9393", "9494") };

/** A host whose service has two sockets. */
const several = (changes: Case): Case => ({
  active: SEVERAL,
  live: LIVE,
  ...changes,
  fresh: { "admin.socket": ADMIN, ...changes.fresh },
  settings: { ...OF_SEVERAL, ...changes.settings },
});

/** Of several sockets, those that are opened again: WORK/SOCKETS/REASON. */
const OF_SOCKETS: readonly [name: string, host: Case, decision: string][] = [
  ["nothing changed", several({}), "none//"],
  ["the service changed", several({ fresh: edited }), `service//${CHANGED}`],
  ["one changed", several({ fresh: narrower }), "both/admin.socket/admin.socket changed: ListenStream"],
  [
    "one changed, and the service",
    several({ fresh: { ...narrower, ...edited } }),
    "both/admin.socket/admin.socket changed: ListenStream",
  ],
  [
    "all changed",
    several({ fresh: { ...narrower, ...wider } }),
    "both/web.socket admin.socket/web.socket changed: ListenStream; admin.socket changed: ListenStream",
  ],
  [
    "one is added",
    several({ live: { "web.socket": SOCKET, "web.service": SERVICE }, active: BOTH }),
    "both/admin.socket/admin.socket is new",
  ],
  [
    "one was stopped by hand",
    several({ active: "web.socket web.service" }),
    "both/admin.socket/admin.socket is not active",
  ],
  [
    "a full restart of a service that changed",
    several({ fresh: edited, settings: { PUMA_RESTART: "full" } }),
    `both/web.socket admin.socket/${CHANGED}`,
  ],
  [
    "a full restart for one that changed",
    several({ fresh: narrower, settings: { PUMA_RESTART: "full" } }),
    "both/admin.socket/admin.socket changed: ListenStream",
  ],
  [
    "first use, one changed before it",
    several({
      active: "web.socket admin.socket",
      fresh: narrower,
      settings: { PUMA_START_ON: "firstConnection" },
    }),
    "socket/admin.socket/admin.socket changed: ListenStream",
  ],
  [
    "first use, one dropped before it",
    several({
      active: "web.socket admin.socket",
      record: `units=${SEVERAL} old.socket\nrelease=\n`,
      settings: { PUMA_START_ON: "firstConnection" },
    }),
    "none//old.socket is no longer wanted",
  ],
  [
    "one is dropped, and another one changed",
    several({ fresh: narrower, record: `units=${SEVERAL} old.socket\nrelease=\n` }),
    "both/admin.socket/old.socket is no longer wanted; admin.socket changed: ListenStream",
  ],
  ["a run was cut off at the service", several({ cutOff: "service" }), `service//${CUT_OFF}`],
  ["a run was cut off at one", several({ cutOff: "admin.socket\nservice" }), `both/admin.socket/${CUT_OFF}`],
  ["a run was cut off at all", several({ cutOff: "both" }), `both/web.socket admin.socket/${CUT_OFF}`],
];

describe.each(SHELLS)("under $name", (shell: Shell) => {
  const run = (on: Case, script: string): Promise<string> => says(shell, `${host(on).prelude}\n${script}`);

  test.each(OF_SOCKETS)("%s", async (_, on, decision) => {
    expect(await run(on, 'compare; decide; printf %s "$work/$reopened/$reason"')).toBe(decision);
  });

  test("a dry run names those that would be opened again", async () => {
    expect(await run(several({ fresh: narrower }), "compare; decide; say_way")).toBe(
      "admin.socket web.service would be restarted: admin.socket changed: ListenStream\n",
    );
  });

  test.each([
    ["service", "web.service"],
    ["web.socket service", "web.socket web.service"],
    ["socket", "web.socket admin.socket"],
    ["both", SEVERAL],
    ["admin.socket", "admin.socket"],
  ])("a run that had touched %j", async (words, units) => {
    const script = `mkdir -p "$STATE/before"; touched ${words}
      for unit in ${SEVERAL}; do ! has_touched "$unit" || printf '%s\\n' "$unit"; done`;
    expect((await run(several({}), script)).trim().split("\n")).toEqual(units.split(" "));
  });

  test("what it had touched before stays, also under a former name", async () => {
    const script = `mkdir -p "$STATE/before"; renames='web.socket=shop.socket admin.socket=admin.socket'
      touched admin.socket service; touched web.socket; text_of "$STATE/before/touched"`;
    expect(await run(several({}), script)).toBe(
      "admin.socket\nadmin.socket\nservice\nweb.socket\nshop.socket\n",
    );
  });
});
