import { importTexts, notesOf } from "./imported";

describe("a daemon", () => {
  const unit = (lines: string): string => `[Service]\nWorkingDirectory=/srv/app\n${lines}\n`;
  const program = (lines: string): string => importTexts({ "web.service": unit(lines) }).program;

  test.each([
    ["by its command", "Type=simple\nExecStart=/srv/app/bin/puma -p 80 -d"],
    ["by its type", "Type=forking\nExecStart=/srv/app/bin/puma -p 80"],
    ["by both", "Type=forking\nExecStart=/srv/app/bin/puma -p 80 --daemon"],
  ])("%s", (_, lines) => {
    expect(program(lines)).toContain('daemon: true,\n  pumaVersion: "4.3",');
    expect(program(lines)).toContain("is for Puma 4 alone");
  });

  test("has one file for its number, which the library names", () => {
    const lines =
      "Type=forking\nPIDFile=/run/a.pid\nExecStart=/srv/app/bin/puma -p 80 --daemon --pidfile /run/a.pid";
    expect(notesOf(importTexts({ "web.service": unit(lines) }))).toEqual([
      "web.service:5 --daemon: is for Puma 4 alone: from 5 on Puma stays in the foreground, so leave 'daemon' away and say its own 'pumaVersion'",
      "web.service:4 PIDFile: Puma runs in the foreground, or 'daemon' names the file",
      "web.service:5 --pidfile /run/a.pid: must be left to 'daemon', whose unit names the file too",
    ]);
  });

  test("none is what stays in the foreground", () => {
    expect(program("Type=simple\nExecStart=/srv/app/bin/puma -p 80")).not.toContain("daemon");
  });
});
