import {
  goneSince,
  knownSince,
  nearest,
  sectionsOf,
  sectionsWith,
  type SectionName,
} from "../../lib/systemd/directives";

test.each<[SectionName, string, number | undefined]>([
  ["Service", "ExecStart", 247],
  ["Service", "LimitNOFILE", 247],
  ["Service", "RestartSteps", 257],
  ["Service", "RestartMode", 257],
  ["Service", "OpenFile", 257],
  ["Service", "ExitType", 252],
  ["Socket", "ListenStream", 247],
  ["Socket", "PassFileDescriptorsToExec", 257],
  ["Socket", "Environment", 247],
  ["Unit", "Upholds", 252],
  ["Install", "WantedBy", 247],
  ["Install", "UpheldBy", 257],
  ["Service", "ListenStream", undefined],
  ["Unit", "User", undefined],
  ["Unit", "toString", undefined],
  ["Service", "execstart", undefined],
  ["Service", "X-Team", 247],
])("[%s] %s is known since %s", (section, name, version) => {
  expect(knownSince(section, name)).toBe(version);
});

test("a directive that systemd dropped says since when", () => {
  expect(goneSince("Service", "CPUShares")).toBe(262);
  expect(goneSince("Service", "CPUWeight")).toBeUndefined();
});

test.each<[SectionName, string, string | undefined]>([
  ["Service", "ExecStrat", "ExecStart"],
  ["Service", "execstart", "ExecStart"],
  ["Service", "LimitNoFile", "LimitNOFILE"],
  ["Service", "WorkingDir", undefined],
  ["Service", "WorkingDirectories", "WorkingDirectory"],
  ["Socket", "ListenSteam", "ListenStream"],
  ["Install", "WantedBye", "WantedBy"],
  ["Unit", "Completely", undefined],
])("[%s] %s most likely means %s", (section, name, meant) => {
  expect(nearest(section, name)).toBe(meant);
});

test.each([
  ["User", ["Service", "Socket"]],
  ["After", ["Unit"]],
  ["ListenStream", ["Socket"]],
  ["Nothing", []],
])("%s belongs in %j", (name, sections) => {
  expect(sectionsWith(name)).toEqual(sections);
});

test.each([
  ["web.service", ["Unit", "Install", "Service"]],
  ["web.socket", ["Unit", "Install", "Socket"]],
  ["web.target", ["Unit", "Install"]],
])("%s has %j", (fileName, sections) => {
  expect(sectionsOf(fileName)).toEqual(sections);
});
