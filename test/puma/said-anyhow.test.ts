import { applyDirectives } from "../../lib/puma/directives";
import { UnitFile } from "../../lib/systemd/unit-file";
import { PropPath } from "../../lib/values/prop-path";

const WEB = PropPath.of("PumaService", "web");

describe("what says no more than is so anyhow is accepted", () => {
  const text =
    "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=notify\n[Socket]\nBacklog=1024\nRemoveOnStop=true\n";
  const give = (section: string, name: string, value: string | number | boolean) => () =>
    applyDirectives(WEB, UnitFile.parse(text), section === "Socket" ? "socket" : "service", {
      [section]: { [name]: value },
    });

  test.each<[string, string, string | number | boolean]>([
    ...["no", "off", "0", "False", "n", false, 0].map(
      (value): [string, string, string | number | boolean] => [...(["Socket", "Accept"] as const), value],
    ),
    ["Socket", "Backlog", 4_294_967_295],
    ["Socket", "Backlog", "65536"],
    ["Socket", "RemoveOnStop", true],
    ["Service", "RemainAfterExit", "no"],
    ["Service", "ExitType", "main"],
    ["Service", "NotifyAccess", "main"],
    ["Unit", "StartLimitIntervalSec", 0],
    ["Unit", "StartLimitIntervalSec", "0s"],
    ["Unit", "StartLimitIntervalSec", "0 min"],
    ["Service", "StartLimitInterval", "0"],
    ["Unit", "StartLimitBurst", 0],
    ["Unit", "StartLimitAction", "none"],
    ["Unit", "RefuseManualStop", false],
  ])("[%s] %s=%s", (section, name, value) => expect(give(section, name, value)).not.toThrow());

  test.each<[string, string, string | number | boolean]>([
    ["Socket", "Accept", "yes"],
    ["Socket", "Accept", true],
    ["Socket", "Backlog", 65_535],
    ["Socket", "Backlog", 128],
    ["Socket", "RemoveOnStop", "no"],
    ["Service", "RemainAfterExit", "on"],
    ["Service", "ExitType", "cgroup"],
    ["Service", "NotifyAccess", "main-ish"],
    ["Unit", "StartLimitIntervalSec", ""],
    ["Unit", "StartLimitIntervalSec", "05s"],
    ["Unit", "StartLimitIntervalSec", "infinity"],
    ["Unit", "StartLimitBurst", 5],
    ["Unit", "StartLimitAction", "reboot"],
  ])("but not [%s] %s=%s", (section, name, value) =>
    expect(give(section, name, value)).toThrow("carries a promise of this library"),
  );
});
