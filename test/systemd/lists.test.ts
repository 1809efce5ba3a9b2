import { isSingle } from "../../lib/systemd/lists";

test.each([
  ["Service", "LimitNOFILE"],
  ["Service", "Type"],
  ["Service", "WorkingDirectory"],
  ["Service", "RestartSec"],
  ["Service", "RuntimeDirectoryMode"],
  ["Service", "SystemCallErrorNumber"],
  ["Unit", "Description"],
  ["Unit", "StartLimitBurst"],
])("[%s] %s= has one value", (section, directive) => {
  expect(isSingle(section, directive)).toBe(true);
});

test.each([
  ["Service", "Environment"],
  ["Service", "ExecStartPre"],
  ["Service", "ReadWritePaths"],
  ["Service", "SystemCallFilter"],
  ["Service", "RuntimeDirectory"],
  ["Service", "X-Team"],
  ["Unit", "After"],
  ["Unit", "ConditionPathExists"],
])("[%s] %s= is a list", (section, directive) => {
  expect(isSingle(section, directive)).toBe(false);
});
