import { differences } from "../../../lib/cli/import/differences";
import { unitNameOf } from "../../../lib/systemd/specifiers";
import { unitsOf } from "../../../lib/cli/import/unit";
import { UnitFile } from "../../../lib/systemd/unit-file";

/** What a file and a unit say otherwise than each other. */
function between(file: string, unit: string): string[] {
  const { service } = unitsOf([{ path: "web.service", text: file }]);
  const found = differences(service, UnitFile.parse(unit), unitNameOf("web.service"));
  return found.map(({ sign, section, text }) => `${sign} [${section}] ${text}`);
}

const of = (line: string): string => `[Service]\n${line}\n`;

test.each([
  ["User=app", "User = app"],
  ["Environment=A=1 'B=x y'", 'Environment="B=x y"\nEnvironment=A=1'],
  ["TimeoutStartSec=90", "TimeoutStartSec=1min 30s"],
  ["TimeoutSec=15", "TimeoutStartSec=15s\nTimeoutStopSec=15"],
  ["WatchdogSec=0", ""],
  ["PrivateTmp=yes", "PrivateTmp=true"],
  ["SendSIGKILL=no", "SendSIGKILL=off"],
  ["ExecStart=/bin/a 'b' \"c d\"", "ExecStart=/bin/a b 'c d'"],
  ["SyslogIdentifier=%p", "SyslogIdentifier=web"],
  ["User=a\nUser=\nUser=b", "User=b"],
])("%j and %j are the same", (file, unit) => {
  expect(between(of(file), of(unit))).toEqual([]);
});

test.each([
  ["User=app", "User=web", ["- [Service] User=app", "+ [Service] User=web"]],
  ["User=app", "", ["- [Service] User=app"]],
  ["", "User=app", ["+ [Service] User=app"]],
  [
    "Environment=A=1 B=2",
    "Environment=A=1 B=3",
    ["- [Service] Environment=B=2", "+ [Service] Environment=B=3"],
  ],
  ["TimeoutSec=15", "TimeoutStartSec=15s", ["- [Service] TimeoutSec=15"]],
  [
    "ExecStart=/bin/a b",
    "ExecStart=/bin/a 'b '",
    ["- [Service] ExecStart=/bin/a b", "+ [Service] ExecStart=/bin/a 'b '"],
  ],
  ["Environment=API_KEY=x", "", ["- [Service] Environment=API_KEY=…"]],
  ["LimitNOFILE=1", "LimitNOFILE=true", ["- [Service] LimitNOFILE=1", "+ [Service] LimitNOFILE=true"]],
])("%j and %j differ", (file, unit, expected) => {
  expect(between(of(file), of(unit))).toEqual(expected);
});

test("a directive of another section is another one", () => {
  expect(between("[Unit]\nUser=a\n[Service]\n", "[Service]\nUser=a\n")).toEqual([
    "- [Unit] User=a",
    "+ [Service] User=a",
  ]);
});
