import { filesOfSomeDays } from "./releases";

test("what runs on some releases each day is found, and nothing else", () => {
  const files = filesOfSomeDays();
  expect(files).toContain("test/e2e/rename.hosts.ts");
  expect(files).toContain("test/e2e/security/roots.hosts.ts");
  expect(files).toContain("test/e2e/stops.hosts.ts");
  expect(files).not.toContain("test/e2e/logs.hosts.ts");
  expect(files.filter((file) => !file.endsWith(".hosts.ts"))).toEqual([]);
});
