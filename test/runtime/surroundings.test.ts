import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { LEFT_TO_PUMA } from "../../lib/puma/directive-table";
import { DIRECTIVES } from "../../lib/systemd/directive-table";
import { folderOf, functions, part, quoted, says, SHELLS, stubs } from "./shell";

const SETTINGS = { PUMA_LEFT_TO_PUMA: LEFT_TO_PUMA.join("|") };
const FOLDER = "run/systemd/system/cdktf-puma-web:asked.service.d";

const UNIT = `[Unit]
After=network.target
[Service]
Type=notify
User=deploy
ExecStart=/usr/bin/puma \\
  -b tcp://0.0.0.0:1
ExecStartPre=+/bin/true
NoExecPaths=/tmp
Environment="A=\\
b"
RuntimeDirectory=web
StandardOutput=append:/var/log/web
TimeoutStopSec=5
PrivateNetwork=yes
[Install]
WantedBy=multi-user.target
`;

const DROP_IN = `[Service]
RestrictAddressFamilies=AF_UNIX
IPAddressDeny=any
PrivateNetwork=no
Restart=no`;

const SURROUNDINGS = `[Unit]
[Service]
User=deploy
NoExecPaths=/tmp
Environment="A=\\
b"
IPAddressDeny=any
IPAddressAllow=localhost
[Service]
RestrictAddressFamilies=AF_UNIX
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
IPAddressDeny=any
IPAddressAllow=localhost
`;

test("each pattern of what is left to Puma is of directives that systemd knows", () => {
  const names = [DIRECTIVES.Service, DIRECTIVES.ServiceAndSocket].flatMap((group) =>
    Object.values(group).flatMap((list) => list.split(/\s+/)),
  );
  const idle = LEFT_TO_PUMA.filter((pattern) => !names.some((name) => RegExp(`^(${pattern})$`).test(name)));
  expect(idle).toEqual([]);
});

test("the Ruby that asks Puma is looked up once, and its user is the unit's", () => {
  expect(part("probe").match(/\/proc\/\$main_pid\/exe/g)).toHaveLength(1);
  expect(part("probe")).not.toMatch(/setpriv|stat -c/);
});

describe.each(SHELLS)("under $name", (shell) => {
  test("what is asked has the service's user, environment and sandbox, and reaches what is local", async () => {
    const root = folderOf({ unit: UNIT, "drop-in": DROP_IN });
    const files = ["unit", "drop-in"].map((file) => join(root, file)).join(" ");
    await says(shell, `${functions(SETTINGS, root)}\nsurround ${files}`);
    expect(readFileSync(join(root, FOLDER, "10-service.conf"), "utf8")).toBe(SURROUNDINGS);
  });

  test("nothing that is for all services is for what is asked, such as whom a failure tells", async () => {
    const all = "etc/systemd/system/service.d";
    const files = {
      unit: UNIT,
      [`${all}/tell.conf`]: "",
      [`${all}/10-service.conf`]: "[Unit]\nOnFailure=a.service\n",
    };
    const root = folderOf(files);
    await says(shell, `${functions(SETTINGS, root)}\nsurround ${join(root, "unit")}`);
    expect(readdirSync(join(root, FOLDER)).sort()).toEqual(["10-service.conf", "tell.conf"]);
    expect(readlinkSync(join(root, FOLDER, "tell.conf"))).toBe("/dev/null");
    expect(readFileSync(join(root, FOLDER, "10-service.conf"), "utf8")).toContain("User=deploy");
  });

  test("a command reaches systemd as it is, with its limit", async () => {
    const root = folderOf({ [`${FOLDER}/x`]: "" });
    const PATH = `${stubs({ "systemd-run": 'for word in "$@"; do echo "<$word>"; done' })}:${shell.path}`;
    const words = ["$HOME", "it's $$1 $", "plain", "a\nb"];
    const script = `run_surrounded 5 LimitFSIZE=64K --pipe -- ${words.map(quoted).join(" ")}`;
    const told = await says(shell, `${functions(SETTINGS, root)}\n${script}`, { env: { PATH } });
    expect(told).toContain("<--pipe>\n<-->\n<$$HOME>\n<it's $$$$1 $$>\n<plain>\n<a\nb>");
    expect(readFileSync(join(root, FOLDER, "30-limits.conf"), "utf8")).toBe(
      "[Service]\nRuntimeMaxSec=5\nLimitFSIZE=64K\n",
    );
  });

  test("a run that is interrupted ends what it asked, whose name it wants again on its way back", async () => {
    const root = folderOf({ [`${FOLDER}/x`]: "", "run/cdktf-puma/web/step": "waiting\n" });
    const before = stubs({ systemctl: 'echo "$*"' });
    const script = 'sleep 20 & attempted=$!; interrupt; wait "$attempted" || cat "$STAGE/cause"';
    const told = await says(shell, `${functions(SETTINGS, root)}\n${script}`, { before });
    // A shell may say of a job that it has ended, when it waits for another one.
    expect(told.replace("Terminated\n", "")).toBe(
      "stop -- cdktf-puma-web:asked.service\n" +
        "the run was asked to stop, or has reached its limit, at this step: waiting\n",
    );
  });
});
