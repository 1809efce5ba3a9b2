import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ON_CHANGE } from "../../lib/deploy/deploy-props";
import { folderOf, functions, quoted, says, type Shell, SHELLS } from "./shell";

const SERVICE =
  "[Unit]\nDescription=Puma\n[Service]\nEnvironment=A=1\nExecStart=/srv/blog/current/sbin/puma\n";
const SOCKET = "[Socket]\nListenStream=0.0.0.0:9292\n";

/** What is on a host, and what is to become of it; unless told, nothing is to. */
interface Case {
  readonly active?: string;
  readonly live?: Record<string, string>;
  readonly fresh?: Record<string, string>;
  readonly record?: string;
  /** What a run had touched that was cut off. */
  readonly cutOff?: "service" | "socket" | "both";
  readonly settings?: Record<string, string>;
  /** Whether the units that run stand in /etc, too. */
  readonly installed?: boolean;
}

const BOTH = "web.socket web.service";
const SETTINGS = {
  PUMA_START_ON: "boot",
  PUMA_RESTART: "hot",
  PUMA_REHEARSE: "false",
  PUMA_SOCKET: "web.socket",
  PUMA_UNITS: BOTH,
};
const STATE = "var/lib/cdktf-puma/web";
const STAGE = "run/cdktf-puma/web";

const RECORD = `units=${BOTH}\nrelease=\n`;
const INVOCATIONS = ["web.socket", "web.service"].map((unit) => `invocation:${unit}=of ${unit}\n`).join("");

/** What systemd says of the units, as read_facts keeps it. */
function factsOf(active: string): string {
  const lines = ["web.socket", "web.service"].flatMap((unit) => [
    `${unit} ActiveState=${active.split(" ").includes(unit) ? "active" : "inactive"}`,
    `${unit} InvocationID=of ${unit}`,
  ]);
  return `\n${lines.join("\n")}\n`;
}

/** A host under a folder of its own, and the shell of a run there that has looked at it. */
function host({ active = BOTH, live, fresh, record, cutOff, settings, installed }: Case): {
  root: string;
  prelude: string;
} {
  const files = (folder: string, units: Record<string, string>): [string, string][] =>
    Object.entries(units).map(([name, text]) => [`${folder}/${name}`, text]);
  const root = folderOf({
    ...Object.fromEntries(files(`${STATE}/live`, live ?? { "web.service": SERVICE, "web.socket": SOCKET })),
    ...Object.fromEntries(files(`${STAGE}/new`, { "web.service": SERVICE, "web.socket": SOCKET, ...fresh })),
    ...(live === undefined && { [`${STATE}/record`]: `${record ?? RECORD}${INVOCATIONS}` }),
    ...(cutOff && { [`${STATE}/before/touched`]: `${cutOff}\n` }),
    "etc/systemd/system/x": "",
    ...(installed &&
      Object.fromEntries(files("etc/systemd/system", { "web.service": SERVICE, "web.socket": SOCKET }))),
  });
  const PUMA_FILES = ["web.socket", "web.service"]
    .map((unit) => `${root}/etc/systemd/system/${unit} 644 root:root unit -`)
    .join("\n");
  const prelude = functions({ PUMA_FILES, ...SETTINGS, ...settings }, root);
  return { root, prelude: `${prelude}\nfacts=${quoted(factsOf(active))}; read_files; read_sums` };
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
  ["a new release", { settings: { PUMA_RELEASE: "2" } }, "service/release 2 follows (none)/false"],
  ["a release less", { record: `units=${BOTH}\nrelease=2\n` }, "service/release (none) follows 2/false"],
  ["a run was cut off at the service", { cutOff: "service" }, `service/${CUT_OFF}/false`],
  ["a run was cut off at the socket", { cutOff: "socket" }, `both/${CUT_OFF}/false`],
  ["a run was cut off at both", { cutOff: "both" }, `both/${CUT_OFF}/false`],
  [
    "a socket is dropped",
    { settings: { PUMA_SOCKET: "", PUMA_UNITS: "web.service" } },
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
    "a run that was cut off",
    { cutOff: "service" },
    "cut_off=true",
    [
      "an earlier run was cut off in the middle: an apply would go on from what was healthy before it",
      `web.service would be restarted: ${CUT_OFF}`,
    ],
  ],
  [
    "a socket that is dropped",
    { settings: { PUMA_SOCKET: "", PUMA_UNITS: "web.service" } },
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

  test.each(WAYS)("%s takes its way", async (state, way) => {
    const [work, running, mode] = state.split("/");
    const ways = ["restart", "replace_behind_standin", "restart_by_phases", "leave_running"];
    const script = `work=${work} running=${running} mode=${mode} reason=x
      ${ways.map((name) => `${name}() { echo ${name}; }`).join("\n")}
      change_over`;
    expect((await run({}, script)).trimEnd()).toBe(way);
  });

  test("each mode that can be asked for has its ways", () => {
    const modes = WAYS.map(([state]) => state.split("/")[2]);
    expect([...new Set(modes)].sort()).toEqual([...ON_CHANGE].sort());
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
    const line = (effect: string): string => `files="$files\n${root}/etc/blog.rb 640 root:root ${effect}"`;
    writeFileSync(
      join(root, `${STAGE}/new`, `${root}/etc/blog.rb`.slice(1).replaceAll("/", "!")),
      "workers 2\n",
    );
    const decided = (effect: string): Promise<string> =>
      says(shell, `${prelude}\n${line(effect)}\nread_sums; compare; decide; printf %s "$work/$reason"`);
    expect(await decided("restart")).toBe(`service/${root}/etc/blog.rb changed`);
    expect(await decided("reload")).toBe("none/");
    expect(await decided("none")).toBe("none/");
  });

  test("a candidate has what others added to the unit on the host, less its ties, where its own unit says", async () => {
    const marker = "# What others have added to the unit on the host stands here.";
    const { root, prelude } = host({});
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    write(`${STAGE}/candidates/standin`, `[Service]\nUser=deploy\n${marker}\n[Service]\nRestart=no\n`);
    write("run/systemd/system/x", "");
    const own = "etc/systemd/system/web.service.d/50-cdktf-puma-last-release.conf";
    write(own, "[Service]\nWorkingDirectory=/srv/old\n");
    write(
      "etc/systemd/system/web.service.d/mine.conf",
      "[Unit]\nRequires=web.socket\n[Service]\nNice=5\nSockets=web.socket",
    );
    write("etc/systemd/system/service.d/all.conf", "[Service]\nNice=9\n");
    const files = [
      own,
      "etc/systemd/system/web.service.d/mine.conf",
      "etc/systemd/system/service.d/all.conf",
    ];
    const dropIns = files.map((file) => join(root, file)).join(" ");
    const script = `facts="$facts"${quoted(`web.service DropInPaths=${dropIns}\n`)}; write_candidate standin`;
    await says(shell, `${prelude}\n${script}`);
    expect(readFileSync(join(root, "run/systemd/system/web-standin.service"), "utf8")).toBe(
      `[Service]\nUser=deploy\n${marker}\n[Unit]\n[Service]\nNice=5\n[Service]\nRestart=no\n`,
    );
  });

  test("a unit without a folder of its own is put back as it is", async () => {
    const { root, prelude } = host({ cutOff: "service" });
    mkdirSync(join(root, "var/lib/cdktf-puma/web/before/files"), { recursive: true });
    writeFileSync(
      join(root, "var/lib/cdktf-puma/web/before/files/web.service"),
      "[Service]\nExecStart=/usr/bin/puma\n",
    );
    writeFileSync(join(root, "var/lib/cdktf-puma/web/before/path"), "/\n");
    expect(await says(shell, `${prelude}\nrestore_release; ls ${root}/etc/systemd/system`)).not.toContain(
      ".service.d",
    );
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
    write("var/lib/cdktf-puma/web/before/files/web.service", `${unit.join("\n")}\n`);
    write("var/lib/cdktf-puma/web/before/path", join(root, ran));
    write("var/lib/cdktf-puma/web/record", `path=${join(root, ran)}\n`);
    return { root, link, script: `${prelude}\nchmod +x ${root}/releases/*/sbin/puma\nrestore_release` };
  }

  test("where a link moved on, the release that ran is started by its own path", async () => {
    const { root, link, script } = movedOn("releases/1.5+a");
    const path = `${root}/releases/1.5+a`;
    expect(await says(shell, script)).toBe(
      `${link} now points to ${root}/releases/2: starting the release that ran before, ${path}\n`,
    );
    const file = join(root, "etc/systemd/system/web.service.d/50-cdktf-puma-last-release.conf");
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
    expect(await says(shell, `${script}\nforget_last_release web; ls ${root}/etc/systemd/system`)).toMatch(
      /\nx\n$/,
    );
  });

  test("where it did not, or what ran is gone, the link is started", async () => {
    const same = movedOn("releases/2");
    expect(await says(shell, `${same.script}; ls ${same.root}/etc/systemd/system`)).toBe("x\n");
    const gone = movedOn("releases/0");
    expect(await says(shell, `${gone.script}; ls ${gone.root}/etc/systemd/system`)).toMatch(/is gone\nx\n$/);
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
