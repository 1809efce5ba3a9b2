import { Logs, type PumaServiceProps } from "../../lib";
import { errorOf, newService, newStack } from "../stack";

/** The unit of a service that says this. */
const unit = (props: Partial<PumaServiceProps>): string =>
  newService(newStack(), props).unitFiles["web.service"] ?? "";

const refusal = (props: Partial<PumaServiceProps>): string => errorOf(() => unit(props));

test("both go to one file, of which a percent sign is none of systemd's", () => {
  expect(unit({ logs: Logs.file("/var/log/100%.log") })).toContain(
    "\nStandardOutput=append:/var/log/100%%.log\nStandardError=append:/var/log/100%%.log\n",
  );
});

test("or errors to another one", () => {
  expect(unit({ logs: Logs.file("/var/log/a.log", { errors: "/var/log/a.err" }) })).toContain(
    "\nStandardOutput=append:/var/log/a.log\nStandardError=append:/var/log/a.err\n",
  );
});

test("the journal is what systemd takes anyhow", () => {
  expect(unit({ logs: Logs.journal() })).toBe(unit({}));
});

test.each<[string, Partial<PumaServiceProps>]>([
  [
    "'logs': must not be below 'workingDirectory', where deploy could put a link that root follows: leave it to the journal, " +
      `use /var/log/web.log, or let Puma open it (--redirect-stdout), got "/srv/blog/current/log/puma.log"`,
    { logs: Logs.file("/srv/blog/current/log/puma.log") },
  ],
  [
    "'logs': must not be below LogsDirectory=",
    { logs: Logs.file("/var/log/blog/a.log"), directives: { Service: { LogsDirectory: "blog" } } },
  ],
  [
    `'directives.Service.StandardError': must not stand beside 'logs', got "null"`,
    { logs: Logs.file("/var/log/a.log"), directives: { Service: { StandardError: "null" } } },
  ],
  [
    `'directives.Service.StandardOutput': must not stand beside 'logs', got "null"`,
    { logs: Logs.journal(), directives: { Service: { StandardOutput: "null" } } },
  ],
  [
    "'logs': must not stand beside 'daemon', which prints nothing once it is one: use --redirect-stdout in 'args'",
    { logs: Logs.file("/var/log/a.log"), daemon: true, pumaVersion: "4.3" },
  ],
  [`'logs': must be of the class Logs, got "/a"`, { logs: "/a" as unknown as Logs }],
])("%s", (message, props) => expect(refusal(props)).toContain(message));

test("a file is named by an absolute path, and by nothing else", () => {
  expect(errorOf(() => Logs.file("log/a.log"))).toBe(
    `Logs.file 'path': must be an absolute path, got "log/a.log"`,
  );
  expect(errorOf(() => Logs.file("/a", { errors: "b" }))).toBe(
    `Logs.file 'errors': must be an absolute path, got "b"`,
  );
  expect(errorOf(() => Logs.file("/a", { errors: "/var/log/web/" }))).toBe(
    `Logs.file 'errors': must name a file, not a folder, got "/var/log/web/"`,
  );
  expect(errorOf(() => Logs.file("/"))).toContain("must name a file");
  expect(errorOf(() => Logs.file("/a", { error: "/b" } as object))).toContain("did you mean 'errors'");
});

test("raw ones without 'logs' may differ", () => {
  const directives = { Service: { StandardOutput: "null", StandardError: "journal" } };
  expect(unit({ directives })).toContain("StandardOutput=null\nStandardError=journal\n");
});
