import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderOf, part, quoted, says, type Shell, SHELLS } from "./shell";

const SERVICE =
  "[Unit]\nDescription=Puma\n[Service]\nEnvironment=A=1\nExecStart=/srv/blog/current/sbin/puma\n";
const SOCKET = "[Socket]\nListenStream=0.0.0.0:9292\n";
const PARTS = [
  ...[
    "units.sh",
    "health.sh",
    "notes.sh",
    "last-release.sh",
    "transaction.sh",
    "rehearsal.sh",
    "phased.sh",
    "change.sh",
  ],
];

/** What is on a host, and what is to become of it; unless told, nothing is to. */
interface Case {
  readonly active?: string;
  readonly live?: Record<string, string>;
  readonly fresh?: Record<string, string>;
  readonly record?: string;
  /** What a run had touched that was cut off. */
  readonly cutOff?: "service" | "socket" | "both";
  readonly settings?: Record<string, string>;
}

const BOTH = "web.socket web.service";
const SETTINGS = {
  start_on: "boot",
  on_change: "hot",
  rehearsal: "false",
  release: "",
  socket: "web.socket",
  units: BOTH,
};

const RECORD = `units=${BOTH}\nrelease=\n`;
const INVOCATIONS = ["web.socket", "web.service"]
  .map((unit) => `invocation:${unit}=InvocationID of ${unit}\n`)
  .join("");

/** Shell that sets up what common.sh does, on a host under a folder of its own. */
function host({ active = BOTH, live, fresh, record, cutOff, settings }: Case): {
  root: string;
  prelude: string;
} {
  const files = (folder: string, units: Record<string, string>): [string, string][] =>
    Object.entries(units).map(([name, text]) => [`${folder}/${name}`, text]);
  const root = folderOf({
    ...Object.fromEntries(files("state/live", live ?? { "web.service": SERVICE, "web.socket": SOCKET })),
    ...Object.fromEntries(files("stage/new", { "web.service": SERVICE, "web.socket": SOCKET, ...fresh })),
    ...(live === undefined && { "state/record": `${record ?? RECORD}${INVOCATIONS}` }),
    ...(cutOff && { "state/before/touched": `${cutOff}\n` }),
    "etc/x": "",
  });
  const variables = {
    ...SETTINGS,
    ...settings,
    service: "web",
    root,
    state: `${root}/state`,
    stage: `${root}/stage`,
  };
  const assigned = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const common = `
    etc=${root}/etc; say() { echo "$*"; }
    is_active() { case " ${active} " in *" $1 "*) ;; *) return 1 ;; esac; }
    property() { echo "$2 of $1"; }
    recorded() { sed -n "s/^$2=//p" "$state/record" 2>/dev/null || :; }
    words_without() { for w in $1; do case " $2 " in *" $w "*) ;; *) printf '%s ' "$w" ;; esac; done; }`;
  return { root, prelude: [...assigned, common, ...PARTS.map((file) => part(file, root))].join("\n") };
}

const edited = { "web.service": SERVICE.replace("A=1", "A=2") };
const wider = { "web.socket": SOCKET.replace("9292", "9393") };
const described = { "web.service": SERVICE.replace("Puma", "Shop") };
const NONE = "none//false";
const CHANGED = "web.service changed: Environment";

const CUT_OFF = "the run before this one was cut off";

/** What is decided, as WORK/REASON/REHEARSED. */
const DECISIONS: readonly [name: string, host: Case, decision: string][] = [
  ["nothing changed", {}, NONE],
  ["a description changed", { fresh: described }, NONE],
  ["the service changed", { fresh: edited }, `service/${CHANGED}/false`],
  ["the socket changed", { fresh: wider }, "both/web.socket changed: ListenStream/false"],
  ["both changed", { fresh: { ...edited, ...wider } }, "both/web.socket changed: ListenStream/false"],
  ["a new service", { active: "", live: {} }, "both/web.socket is new/false"],
  ["the service was stopped by hand", { active: "web.socket" }, "service/web.service is not running/false"],
  ["the socket was stopped by hand", { active: "web.service" }, "both/web.socket is not active/false"],
  ["a new release", { settings: { release: "2" } }, "service/release 2 follows (none)/false"],
  ["a release less", { record: `units=${BOTH}\nrelease=2\n` }, "service/release (none) follows 2/false"],
  ["a run was cut off at the service", { cutOff: "service" }, `service/${CUT_OFF}/false`],
  ["a run was cut off at the socket", { cutOff: "socket" }, `both/${CUT_OFF}/false`],
  ["a run was cut off at both", { cutOff: "both" }, `both/${CUT_OFF}/false`],
  [
    "a socket is dropped",
    { settings: { socket: "", units: "web.service" } },
    "both/web.socket is no longer wanted/false",
  ],
  ["full, a changed service", { fresh: edited, settings: { on_change: "full" } }, `both/${CHANGED}/false`],
  ["full, nothing", { settings: { on_change: "full" } }, NONE],
  ["rehearsed", { fresh: edited, settings: { rehearsal: "true" } }, `service/${CHANGED}/true`],
  ["rehearsed, nothing", { settings: { rehearsal: "true" } }, NONE],
  [
    "rehearsed, though not running",
    { active: "web.socket", settings: { rehearsal: "true" } },
    "service/web.service is not running/false",
  ],
  [
    "none is not rehearsed",
    { fresh: edited, settings: { rehearsal: "true", on_change: "none" } },
    `service/${CHANGED}/false`,
  ],
  [
    "first use, changed before it",
    { active: "web.socket", fresh: edited, settings: { start_on: "firstConnection" } },
    `none/${CHANGED}/false`,
  ],
  [
    "first use, changed after it",
    { fresh: edited, settings: { start_on: "firstConnection" } },
    `service/${CHANGED}/false`,
  ],
  ["first use, idle", { active: "web.socket", settings: { start_on: "firstConnection" } }, NONE],
  [
    "first use, a changed socket before it",
    { active: "web.socket", fresh: wider, settings: { start_on: "firstConnection" } },
    "socket/web.socket changed: ListenStream/false",
  ],
  [
    "first use, a changed socket after it",
    { fresh: wider, settings: { start_on: "firstConnection" } },
    "both/web.socket changed: ListenStream/false",
  ],
];

/** Which way a change takes. */
const WAYS: readonly [state: string, way: string][] = [
  ["none/true/hot", ""],
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
];

describe.each(SHELLS)("under $name", (shell: Shell) => {
  const run = (on: Case, script: string): Promise<string> => says(shell, `${host(on).prelude}\n${script}`);

  test.each(DECISIONS)("%s", async (_, on, decision) => {
    expect(await run(on, 'decide; printf %s "$work/$reason/$rehearsed"')).toBe(decision);
  });

  test.each(WAYS)("%s takes its way", async (state, way) => {
    const [work, running, mode] = state.split("/");
    const ways = ["restart", "replace_behind_standin", "restart_by_phases", "leave_running"];
    const script = `work=${work} running=${running} on_change=${mode} reason=x
      ${ways.map((name) => `${name}() { echo ${name}; }`).join("\n")}
      change_over`;
    expect((await run({}, script)).trimEnd()).toBe(way);
  });

  test("a stand-in is the new unit without its ties, on the shared sockets", async () => {
    const unit = `[Unit]\nRequires=web.socket\nRequires=other.service\n[Service]\nSockets=web.socket\nUser=deploy
ExecStart=/srv/puma\nRestart=always\n[Install]\nWantedBy=multi-user.target\n`;
    const said = await run(
      { fresh: { "web.service": unit } },
      "understudy_unit standin web.socket '/srv/puma -b x'",
    );
    expect(said.replace(/\n+/g, "\n")).toBe(`[Unit]\nRequires=other.service\n[Service]\nUser=deploy
ExecStart=/srv/puma\nRestart=always\n[Unit]\nDescription=Puma HTTP Server (standin of web)\n[Service]
Sockets=web.socket\nExecStart=\nExecStart=/srv/puma -b x\nRestart=no\nRuntimeDirectory=cdktf-puma-web-standin
RuntimeDirectoryPreserve=yes\n`);
    expect(await run({ fresh: { "web.service": unit } }, "understudy_unit rehearsal '' x")).not.toContain(
      "Sockets=",
    );
  });

  test("a unit without a folder of its own is put back as it is", async () => {
    const { root, prelude } = host({ cutOff: "service" });
    mkdirSync(join(root, "state/before/files"), { recursive: true });
    writeFileSync(join(root, "state/before/files/web.service"), "[Service]\nExecStart=/usr/bin/puma\n");
    writeFileSync(join(root, "state/before/path"), "/\n");
    expect(await says(shell, `${prelude}\nput_back_release; ls ${root}/etc`)).not.toContain(".service.d");
  });

  /** A host whose `current` points to release 2, and where the release that ran is another one. */
  function movedOn(ran: string): { root: string; link: string; script: string } {
    const { root, prelude } = host({ cutOff: "service" });
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    const link = join(root, "current");
    symlinkSync("releases/2", link);
    for (const name of ["1.5+a", "2"]) write(`releases/${name}/sbin/puma`, "");
    const unit = [
      "[Service]",
      `WorkingDirectory=${link}`,
      "Environment=RACK_ENV=production",
      `Environment=BUNDLE_GEMFILE=${link}/Gemfile`,
      `EnvironmentFile=/etc/blog/env`,
      `EnvironmentFile=${link}/.env`,
      `ExecStart=${link}/sbin/puma -C ${link}/config/puma.rb -b x`,
    ];
    write("state/before/files/web.service", `${unit.join("\n")}\n`);
    write("state/before/path", join(root, ran));
    write("state/record", `path=${join(root, ran)}\n`);
    return { root, link, script: `${prelude}\nchmod +x ${root}/releases/*/sbin/puma\nput_back_release` };
  }

  test("where a link moved on, the release that ran is started by its own path", async () => {
    const { root, link, script } = movedOn("releases/1.5+a");
    const path = `${root}/releases/1.5+a`;
    expect(await says(shell, script)).toBe(
      `${link} now points to ${root}/releases/2: starting the release that ran before, ${path}\n`,
    );
    const file = join(root, "etc/web.service.d/50-cdktf-puma-last-release.conf");
    expect(readFileSync(file, "utf8").split("\n")).toEqual([
      "[Service]",
      `WorkingDirectory=${path}`,
      `Environment=BUNDLE_GEMFILE=${path}/Gemfile`,
      "EnvironmentFile=",
      "EnvironmentFile=/etc/blog/env",
      `EnvironmentFile=${path}/.env`,
      "ExecStart=",
      `ExecStart=${path}/sbin/puma -C ${path}/config/puma.rb -b x`,
      "",
    ]);
    expect(await says(shell, `${script}\nforget_last_release "$service"; ls ${root}/etc`)).toMatch(/\nx\n$/);
  });

  test("where it did not, or what ran is gone, the link is started", async () => {
    const same = movedOn("releases/2");
    expect(await says(shell, `${same.script}; ls ${same.root}/etc`)).toBe("x\n");
    const gone = movedOn("releases/0");
    expect(await says(shell, `${gone.script}; ls ${gone.root}/etc`)).toMatch(/is gone\nx\n$/);
  });

  test("what a failed run found of that way back is there again", async () => {
    const { root, script } = movedOn("releases/2");
    writeFileSync(join(root, "state/before/last-release"), "[Service]\n# kept\n");
    expect(await says(shell, `${script}; cat ${root}/etc/web.service.d/*`)).toBe("[Service]\n# kept\n");
  });

  test.each(["/srv/a\nunits=ssh.service", "/srv/a\\nExecStartPre=+/x", "/srv/a b", '/srv/a"b', "/srv/100%"])(
    "a folder called %j is as good as none",
    async (path) => {
      expect(await run({}, `plain_path ${quoted(path)}`)).toBe("");
    },
  );

  test("any other folder's name is kept", async () => {
    expect(await run({}, "plain_path /srv/blog/releases/2026-11-25_1.2+b~1")).toBe(
      "/srv/blog/releases/2026-11-25_1.2+b~1",
    );
  });
});
