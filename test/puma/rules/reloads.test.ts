import { type PumaServiceProps } from "../../../lib";
import { refusal, warnings } from "./refused";

const AT = "PumaService 'web' ";

const reload = (ExecReload: string, changes: Partial<PumaServiceProps> = {}) => ({
  service: {
    configFile: false,
    ...changes,
    directives: { Service: { ExecReload } },
  } as Partial<PumaServiceProps>,
});
const LOG = { args: ["--redirect-stdout", "log/puma.log"] };

test.each([
  "/bin/kill -HUP $MAINPID",
  "/bin/kill -s HUP $MAINPID",
  "kill -1 $MAINPID",
  "/bin/sh -c 'kill -SIGHUP 1'",
])("%s stops a Puma that has no log of its own", (command) => {
  expect(refusal(reload(command))).toBe(
    `${AT}'directives.Service.ExecReload': must not send SIGHUP: it stops a Puma that writes no log file of its own ` +
      `(--redirect-stdout); leave it away, got ${JSON.stringify(command)}`,
  );
  expect(refusal(reload(command, LOG))).toBe("no error");
  expect(warnings(reload(command, LOG))).toEqual([]);
  expect(warnings(reload(command, { configFile: undefined }))).toEqual([
    `${AT}'directives.Service.ExecReload': sends SIGHUP, which stops Puma unless its configuration file says stdout_redirect`,
  ]);
});

test.each(["/bin/kill -USR1 $MAINPID", "/bin/kill -s SIGUSR1 $MAINPID", "/bin/kill -10 $MAINPID"])(
  "%s does not",
  (command) => {
    expect(refusal(reload(command))).toBe("no error");
    expect(warnings(reload(command))).toEqual([]);
  },
);

const HANGS =
  `${AT}'directives.Service.ExecReload': lets Puma restart itself, in which Puma 6 and newer often hang (puma#3677); leave it ` +
  "away: with a 'socket' the library's own is a hot restart";

test.each<[string, Partial<PumaServiceProps>]>([
  ["/bin/kill -USR2 $MAINPID", {}],
  ["/bin/kill -s SIGUSR2 $MAINPID", { pumaVersion: "8.0" }],
  ["/usr/local/bin/pumactl -S /srv/blog/state restart", { pumaVersion: "6.6" }],
  ["/usr/bin/bundle exec pumactl phased-restart", {}],
  ["/bin/kill -USR1 $MAINPID", { workers: 0 }],
  ["/bin/kill -USR1 $MAINPID", { workers: 2, pumaVersion: "7.0" }],
])("%s of %j may hang", (command, changes) => {
  expect(warnings(reload(command, changes))).toEqual([HANGS]);
});

test.each<[string, Partial<PumaServiceProps>]>([
  ["/bin/kill -USR2 $MAINPID", { pumaVersion: "5.6" }],
  ["/bin/kill -USR1 $MAINPID", { workers: 2, pumaVersion: "6.6" }],
  ["/usr/local/bin/pumactl -S /srv/blog/state stats", {}],
  ["", {}],
])("%s of %j does not", (command, changes) => {
  expect(warnings(reload(command, changes))).toEqual([]);
});

test("the library's own is not spoken of", () => {
  expect(warnings({ socket: {}, service: { pumaVersion: "8.0" } })).toEqual([]);
  expect(warnings({ service: { workers: 2, configFile: false, pumaVersion: "6.6" } })).toEqual([]);
});
