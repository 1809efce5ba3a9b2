import { applyDirectives, checkSystemdVersion, type Directives } from "../../lib/puma/directives";
import { UnitFile } from "../../lib/systemd/unit-file";
import { PropPath } from "../../lib/values/prop-path";

const UNIT =
  "[Unit]\nRequires=web.socket\n[Service]\nRestart=always\nLimitNOFILE=1\nSuccessExitStatus=SIGSTKFLT\n";

const WEB = PropPath.of("PumaService", "web");

function apply(directives: Directives, kind: "service" | "socket" = "service"): string {
  const unit = UnitFile.parse(UNIT);
  applyDirectives(WEB, unit, kind, directives);
  return unit.toString();
}

test("a value replaces what is there, a list is added, an empty value resets", () => {
  const text = apply({
    Unit: { Requires: ["db.service"], Documentation: "man:puma(1)" },
    Service: {
      Restart: "on-failure",
      LimitNOFILE: 65536,
      TasksMax: "",
      PrivateTmp: true,
      ReadWritePaths: ["", "/a /b"],
    },
    Install: { Alias: ["puma.service"] },
  });
  expect(text).toBe(`[Unit]
Requires=web.socket
Requires=db.service
Documentation=man:puma(1)
[Service]
Restart=on-failure
LimitNOFILE=65536
SuccessExitStatus=SIGSTKFLT
TasksMax=
PrivateTmp=true
ReadWritePaths=
ReadWritePaths=/a /b

[Install]
Alias=puma.service
`);
});

test("specifiers are systemd's, and directives that begin with X- are left to others", () => {
  expect(apply({ Service: { SyslogIdentifier: "%n", "X-Owner": "me" } })).toContain(
    "SyslogIdentifier=%n\nX-Owner=me\n",
  );
});

const SECTIONS = "PumaService 'web' 'directives': must be in one of the sections Unit, Install, Service, got";

describe("refused", () => {
  test.each<[string, Directives, string]>([
    ["an unknown section", { service: { User: "x" } }, `${SECTIONS} "service"`],
    ["another type's section", { Socket: { ListenStream: "1" } }, `${SECTIONS} "Socket"`],
    [
      "a directive where a section is to be",
      { MemoryMax: "2G" } as never,
      `${SECTIONS.replace(", got", ": write { Service: { MemoryMax: … } }, got")} "MemoryMax"`,
    ],
    [
      "a misspelt name",
      { Service: { LimitNOFILES: 1 } },
      `Service.LimitNOFILES': must be a directive that systemd knows in [Service], got "LimitNOFILES"; did you mean LimitNOFILE=?`,
    ],
    ["another case", { Service: { restart: "no" } }, "did you mean Restart=?"],
    [
      "nothing like it",
      { Service: { Zzzzzzzz: 1 } },
      `Service.Zzzzzzzz': must be a directive that systemd knows in [Service], got "Zzzzzzzz"`,
    ],
    [
      "another section's",
      { Unit: { LimitNOFILE: 1 } },
      `Unit.LimitNOFILE': must be a directive that systemd knows in [Unit], got "LimitNOFILE"; it belongs to [Service] or [Socket]`,
    ],
    ["the guide's own slip", { Unit: { WorkingDirectory: "/srv" } }, "it belongs to [Service]"],
    ["a socket's", { Service: { ListenStream: "1" } }, "it belongs to [Socket]"],
    [
      "a line break",
      { Service: { LimitNOFILE: "1\nExecStart=/x" } },
      `Service.LimitNOFILE': must not contain a line break, got "1\\nExecStart=/x"`,
    ],
    ["a carriage return", { Service: { LimitNOFILE: "1\r" } }, "LimitNOFILE': must not contain a line break"],
    [
      "a line break in a list",
      { Service: { BindPaths: ["/a", "/b\n/c"] } },
      "Service.BindPaths': must not contain a line break",
    ],
    ["NUL", { Service: { LimitNOFILE: "1\0" } }, "LimitNOFILE': must not contain NUL"],
    [
      "a backslash at the end",
      { Service: { LimitNOFILE: "1\\" } },
      "LimitNOFILE': must not end with a backslash",
    ],
    [
      "white space at an end",
      { Service: { LimitNOFILE: " 1" } },
      "LimitNOFILE': must not begin or end with white space",
    ],
    [
      "no number",
      { Service: { LimitNOFILE: NaN } },
      "LimitNOFILE': must be a string, a number or a boolean, got NaN",
    ],
    [
      "no value",
      { Service: { LimitNOFILE: undefined as unknown as string } },
      "must be a string, a number or a boolean, got undefined",
    ],
    [
      "dropping our socket",
      { Unit: { Requires: "db.service" } },
      `Unit.Requires': must be a list, which is added to web.socket, got "db.service"`,
    ],
    [
      "resetting our exit status",
      { Service: { SuccessExitStatus: ["", "1"] } },
      "Service.SuccessExitStatus': must be a list, which is added to SIGSTKFLT",
    ],
  ])("%s", (_, directives, message) => {
    expect(() => apply(directives)).toThrow(message);
  });
});

describe("what carries a promise names the prop that says it", () => {
  test.each([
    ["Service", "ExecStart", "use 'command' and 'args'"],
    ["Service", "ExecStop", "leave it away: the library's ExecStop= ends stops that hang"],
    ["Service", "Type", "use 'pumaVersion' or 'notify', or for Puma 4 'daemon'"],
    ["Service", "Sockets", "use 'socket' or 'sockets'"],
    ["Service", "User", "use 'user'"],
    ["Service", "Group", "use 'group'"],
    ["Service", "WorkingDirectory", "use 'workingDirectory'"],
    ["Service", "Environment", "use 'environment'"],
    ["Service", "EnvironmentFile", "use 'environmentFiles'"],
    ["Service", "TimeoutStartSec", "use 'startTimeout'"],
    ["Service", "TimeoutSec", "use 'startTimeout' and TimeoutStopSec="],
    ["Service", "WatchdogSec", "use 'watchdog'"],
    ["Service", "RemainAfterExit", "leave it away: a Puma that ended would count as one that runs"],
    ["Service", "PIDFile", "leave it away: Puma runs in the foreground, or 'daemon' names the file"],
    ["Service", "ExitType", "leave it away: a Puma that ended and left a process behind would count as one"],
    ...[
      ["Unit", "StartLimitIntervalSec"],
      ["Unit", "StartLimitInterval"],
      ["Unit", "StartLimitBurst"],
      ["Unit", "StartLimitAction"],
      ["Service", "StartLimitInterval"],
      ["Service", "StartLimitBurst"],
      ["Service", "StartLimitAction"],
    ].map(([section, name]) => [
      ...[section, name],
      "leave it away: a Puma that meets a limit of starts stays down until somebody starts it, and a socket that it has refuses all " +
        "connections then. Without one systemd waits longer each time, and 'alarm' tells of a Puma that crashes",
    ]),
    ["Unit", "RefuseManualStart", "leave it away: an apply starts, stops and restarts it by hand"],
    ["Unit", "RefuseManualStop", "leave it away: an apply starts, stops and restarts it by hand"],
    ["Socket", "ListenStream", "use 'binds'"],
    ["Socket", "ListenNetlink", "use 'binds'"],
    ["Socket", "Service", "use 'name' of the PumaService"],
    ["Socket", "Accept", "leave it away: Puma accepts the connections"],
    ["Socket", "Backlog", "use 'backlog'"],
    ["Socket", "NoDelay", "use 'noDelay'"],
    ["Socket", "ReusePort", "use 'reusePort'"],
    ["Socket", "DeferAcceptSec", "use 'deferAccept'"],
    ["Socket", "SocketUser", "use 'user'"],
    ["Socket", "SocketGroup", "use 'group'"],
    ["Socket", "SocketMode", "use 'mode'"],
  ])("[%s] %s", (section, name, instead) => {
    const kind = section === "Socket" ? "socket" : "service";
    expect(() => apply({ [section]: { [name]: "x" } }, kind)).toThrow(
      `PumaService 'web' 'directives.${section}.${name}': carries a promise of this library; ${instead}`,
    );
  });
});

describe("what breaks a promise only in some units", () => {
  const message = (name: string) => `'directives.${name}': carries a promise of this library; `;
  const applyTo = (text: string, directives: Directives, kind: "service" | "socket" = "service") => {
    const unit = UnitFile.parse(text);
    return () => applyDirectives(WEB, unit, kind, directives);
  };

  test("NotifyAccess=, where Puma notifies", () => {
    const directives = { Service: { NotifyAccess: "all" } };
    expect(applyTo("[Service]\nType=notify\n", directives)).toThrow(message("Service.NotifyAccess"));
    expect(applyTo("[Service]\nType=simple\n", directives)).not.toThrow();
  });

  test("RemoveOnStop=, where the library writes it", () => {
    const directives = { Socket: { RemoveOnStop: false } };
    const error = message("Socket.RemoveOnStop");
    expect(applyTo("[Socket]\nRemoveOnStop=true\n", directives, "socket")).toThrow(error);
    expect(applyTo("[Socket]\nBacklog=1\n", directives, "socket")).not.toThrow();
  });

  test("KillMode=none and process, by which the old code would go on answering, and no other", () => {
    for (const KillMode of ["none", ["", "none"], "process", ["mixed", "process"]]) {
      expect(applyTo("[Service]\n", { Service: { KillMode } })).toThrow(message("Service.KillMode"));
    }
    for (const KillMode of ["mixed", "control-group"])
      expect(applyTo("[Service]\n", { Service: { KillMode } })).not.toThrow();
  });

  test("FinalKillSignal=, unless it is the one that nothing outlives", () => {
    for (const FinalKillSignal of ["SIGTERM", "ABRT", "SIGKILLED", ["", "SIGQUIT"]]) {
      expect(applyTo("[Service]\n", { Service: { FinalKillSignal } })).toThrow(
        `${message("Service.FinalKillSignal")}use SIGKILL, or KillSignal=`,
      );
    }
    for (const FinalKillSignal of ["SIGKILL", "KILL", "9"])
      expect(applyTo("[Service]\n", { Service: { FinalKillSignal } })).not.toThrow();
  });

  test("DynamicUser=, unless it says no", () => {
    for (const DynamicUser of [true, "yes", "1", ["no", "on"]]) {
      expect(applyTo("[Service]\n", { Service: { DynamicUser } })).toThrow(
        `${message("Service.DynamicUser")}use 'user', an account that is on the host`,
      );
    }
    for (const DynamicUser of [false, "no", "off", "0"]) {
      expect(applyTo("[Service]\n", { Service: { DynamicUser } })).not.toThrow();
    }
  });

  test("RestartMode=direct, and no other: with no limit of starts, a start that fails would not end", () => {
    expect(applyTo("[Service]\n", { Service: { RestartMode: "direct" } })).toThrow(
      message("Service.RestartMode"),
    );
    expect(applyTo("[Service]\n", { Service: { RestartMode: "normal" } })).not.toThrow();
  });

  describe.each(["PassEnvironment", "UnsetEnvironment"])("%s=", (name) => {
    const give = (value: string | string[]) => applyTo("[Service]\n", { Service: { [name]: value } });

    test.each([
      ...["CDKTF_PUMA_ROLE", "CDKTF_PUMA_CONTROL", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"],
      ...["LISTEN_FDS", "LISTEN_PID", "MAINPID", "SERVICE_RESULT"],
    ])("of %s, by which somebody is told", (variable) => {
      const error = `${message(`Service.${name}`)}use names other than CDKTF_PUMA_ROLE, CDKTF_PUMA_CONTROL, `;
      for (const value of [variable, `LANG ${variable}`, ["LANG", `A "${variable}=1"`]])
        expect(give(value)).toThrow(error);
    });

    test.each(["LANG", "MY_LISTEN_FDS", "NOTIFY_SOCKETS", ["WATCHDOG", "PID_MAINPID2"]])(
      "not of %s",
      (value) => expect(give(value)).not.toThrow(),
    );
  });
});

describe("the systemd of a host", () => {
  const check = (text: string, version: number) => () =>
    checkSystemdVersion(PropPath.of("Host", "a").key("systemdVersion"), UnitFile.parse(text), version);

  test("has to know each directive", () => {
    const text = "[Service]\nRestartMode=direct\n";
    expect(check(text, 252)).toThrow(
      "Host 'a' 'systemdVersion': must be newer than 252 for RestartMode=, got 252",
    );
    expect(check(text, 247)).toThrow("must be newer than 252 for RestartMode=, got 247");
    expect(check(text, 257)).not.toThrow();
  });

  test("has the last word where the table cannot tell", () => {
    expect(check("[Service]\nRestartMode=direct\n", 254)).not.toThrow();
    expect(check("[Unit]\nDescription=x\n", 232)).not.toThrow();
  });
});
