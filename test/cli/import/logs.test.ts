import { importTexts } from "./imported";

const SERVICE =
  "[Service]\nUser=app\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n";
const programOf = (lines: string): string => importTexts({ "web.service": `${SERVICE}${lines}\n` }).program;

test.each([
  ["StandardOutput=append:/var/log/a.log", 'logs: Logs.file("/var/log/a.log"),'],
  ["StandardOutput=append:/var/log/%p.log\nStandardError=inherit", 'logs: Logs.file("/var/log/web.log"),'],
  [
    "StandardError=append:/var/log/a.log\nStandardOutput=append:/var/log/a.log",
    'logs: Logs.file("/var/log/a.log"),',
  ],
  [
    "StandardOutput=append:/var/log/a.log\nStandardError=append:/var/log/a.err",
    'logs: Logs.file("/var/log/a.log", { errors: "/var/log/a.err" }),',
  ],
])("files that are appended to become a prop: %j", (lines, prop) => {
  const program = programOf(lines);
  expect(program).toContain(prop);
  expect(program).toMatch(/^import \{ .*Logs.* \} from "cdktf-puma";$/m);
  expect(program).not.toContain("directives");
});

test.each([
  "StandardOutput=file:/var/log/a.log",
  "StandardOutput=append:/var/log/%H.log",
  "StandardOutput=append:/var/log/a.log\nStandardError=null",
  "StandardError=append:/var/log/a.log",
])("all else is said as it is: %j", (lines) => {
  const program = programOf(lines);
  expect(program).not.toContain("Logs");
  for (const [name, value] of lines.split("\n").map((line) => line.split("=")))
    expect(program).toContain(`${name}: "${value}"`);
});

test("each line of one where the application writes is left away, with the reason", () => {
  const program = programOf(
    "StandardOutput=append:/srv/app/log/a.log\nStandardError=append:/srv/app/log/a.log",
  );
  expect(program).not.toContain("Logs");
  for (const line of ["StandardOutput", "StandardError"])
    expect(program).toMatch(
      new RegExp(`${line}=append:/srv/app/log/a.log: must not be below 'workingDirectory'`),
    );
});
