import { linesByEffect } from "../../lib/puma/unit-parts";
import { UnitFile } from "../../lib/systemd/unit-file";

const UNIT = `# Written by cdktf-puma.

[Unit]
Description=Puma
After=network.target

[Service]
# What Puma is told.
Type=notify
Environment=A=1
MemoryMax=1G
Environment=B=2
Restart=always

[Install]
WantedBy=multi-user.target
`;

const partsOf = (text: string) => Object.fromEntries(linesByEffect(UnitFile.parse(text)));

test("a service is what restarts it, in order and with each repeated name, and all else with its sections", () => {
  expect(partsOf(UNIT)).toEqual({
    restart: ["Type=notify", "Environment=A=1", "Environment=B=2"],
    reload: [
      "# Written by cdktf-puma.",
      ...["[Unit]", "Description=Puma", "After=network.target"],
      ...["[Service]", "# What Puma is told.", "MemoryMax=1G", "Restart=always"],
      ...["[Install]", "WantedBy=multi-user.target"],
    ],
  });
});

test("of a socket, what differs closes it, also what its service would take up", () => {
  const socket =
    "[Unit]\nDescription=x\n[Socket]\nListenStream=80\nKillMode=mixed\nTimeoutStopSec=3\nListenStream=81\n";
  expect(partsOf(socket)).toEqual({
    reopen: ["ListenStream=80", "TimeoutStopSec=3", "ListenStream=81"],
    reload: ["[Unit]", "Description=x", "[Socket]", "KillMode=mixed"],
  });
});

test.each<[string, (unit: string) => string, changed: string[]]>([
  ["nothing", (unit) => unit, []],
  ["an empty line", (unit) => unit.replace("\n\n", "\n\n\n"), []],
  ["a comment", (unit) => unit.replace("told", "given"), ["reload"]],
  ["a section without a line", (unit) => `${unit}[Service]\n`, []],
  ["a section in two pieces", (unit) => unit.replace("Restart=", "[Service]\nRestart="), ["reload"]],
  ["a description", (unit) => unit.replace("=Puma", "=Shop"), ["reload"]],
  ["[Install] gone", (unit) => unit.replace(/\[Install\][^]*/, ""), ["reload"]],
  ["a memory limit", (unit) => unit.replace("1G", "2G"), ["reload"]],
  ["a value", (unit) => unit.replace("A=1", "A=2"), ["restart"]],
  ["one of two with one name", (unit) => unit.replace("Environment=B=2\n", ""), ["restart"]],
  [
    "the order of two with one name",
    (unit) => unit.replace("A=1", "B=2").replace("B=2\nR", "A=1\nR"),
    ["restart"],
  ],
  [
    "the order of two that restart apart",
    (unit) => unit.replace("MemoryMax=1G\nEnvironment=B=2", "Environment=B=2\nMemoryMax=1G"),
    [],
  ],
  ["both", (unit) => unit.replace("A=1", "A=2").replace("1G", "2G"), ["reload", "restart"]],
])("an edit of %s differs in the parts that say so", (_, edit, changed) => {
  const [before, after] = [partsOf(UNIT), partsOf(edit(UNIT))];
  const differ = (effect: string) => JSON.stringify(before[effect]) !== JSON.stringify(after[effect]);
  expect(["reload", "restart"].filter(differ)).toEqual(changed);
});

test("an empty unit has nothing that restarts", () => {
  expect(partsOf("")).toEqual({ reload: [] });
});
