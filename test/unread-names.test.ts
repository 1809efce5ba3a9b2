import { Bind, HealthCheck, PumaCommand, PumaService, PumaSocket, Restart, Rollout, SshKey } from "../lib";
import { errorOf, newHost, newService, newStack } from "./stack";

// Names that nobody reads, as a program in JavaScript can give them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const any = (value: unknown): any => value;

const service = (changes: Record<string, unknown>) => () => newService(newStack(), any(changes));
const socket = (props: Record<string, unknown>) => () =>
  new PumaSocket(newStack(), "socket", any({ binds: [Bind.tcp(1)], ...props }));
const host = (options: Record<string, unknown>) => () => newHost("web1", any(options));

const WEB = "PumaService 'web'";

const KEY = { key: "k", cert: "c" };

test.each<[() => unknown, string]>([
  [
    service({ enviroment: {} }),
    `${WEB} 'enviroment': must be left away, as nobody reads it; did you mean 'environment'?`,
  ],
  [
    service({ onChange: "hot" }),
    `${WEB} 'onChange': must be left away, as nobody reads it; known are workingDirectory, `,
  ],
  [
    service({ threads: { min: 1, max: 2, mx: 3 } }),
    `${WEB} 'threads.mx': must be left away, as nobody reads it; did you mean 'max'?`,
  ],
  [
    socket({ backLog: 5 }),
    "PumaSocket 'socket' 'backLog': must be left away, as nobody reads it; did you mean 'backlog'?",
  ],
  [
    socket({ umask: "0117" }),
    "PumaSocket 'socket' 'umask': must be left away, as nobody reads it; known are binds, ",
  ],
  [
    host({ hostkey: "x" }),
    "Host 'web1' 'hostkey': must be left away, as nobody reads it; did you mean 'hostKey'?",
  ],
  [
    host({ bastion: { address: "b", adress: "c" } }),
    "Host 'web1' 'bastion.adress': must be left away, as nobody reads it; did you mean",
  ],
  [
    () => Bind.tcp(1, any({ host: "::" })),
    "Bind.tcp 'host': must be left away, as nobody reads it; known are address, backlog",
  ],
  [
    () => Bind.ssl(1, any({ ...KEY, ciphers: "x" })),
    "Bind.ssl 'ciphers': must be left away, as nobody reads it; known are",
  ],
  [
    () => Bind.unix("/run/x", any({ mod: "0660" })),
    "Bind.unix 'mod': must be left away, as nobody reads it; did you mean 'mode'?",
  ],
  ...(["hot", "full", "phased"] as const).map((mode): [() => unknown, string] => [
    () => Restart[mode](any({ rehearsal: true })),
    `Restart.${mode} 'rehearsal': must be left away, as nobody reads it; did you mean 'rehearse'?`,
  ]),
  [
    () => Rollout.rolling(any({ batchSize: 1, canary: 1 })),
    "Rollout.rolling 'canary': must be left away, as nobody reads it; known are",
  ],
  ...(["answers", "tcp", "none"] as const).map((kind): [() => unknown, string] => [
    () => HealthCheck[kind](any({ retries: 5 })),
    `HealthCheck.${kind} 'retries': must be left away, as nobody reads it; known are settle`,
  ]),
  [
    () => HealthCheck.http("/up", any({ headers: {} })),
    "HealthCheck.http 'headers': must be left away, as nobody reads it; did you mean 'header'?",
  ],
  [
    () => HealthCheck.command(["x"], any({ status: 204 })),
    "HealthCheck.command 'status': must be left away, as nobody reads it; known are settle, ",
  ],
  [
    () => PumaCommand.bundler(any({ version: "2.1" })),
    "PumaCommand.bundler 'version': must be left away, as nobody reads it; known are bundle, bundlerVersion",
  ],
  [
    () => SshKey.sensitive("${TfToken[TOKEN.0]}", any({ tear: SshKey.agent() })),
    "SshKey.sensitive 'tear': must be left away, as nobody reads it; known are teardown",
  ],
])("%# says which name nobody reads", (action, message) => {
  expect(errorOf(action)).toContain(message);
});

test("what extends a construct may have props of its own, but none that comes near to one of it", () => {
  class OurPuma extends PumaService {}
  const props = { hosts: [newHost()], binds: [Bind.tcp(9292)], workingDirectory: "/srv/blog" };
  const ours = (changes: object) => () => new OurPuma(newStack(), "web", any({ ...props, ...changes }));
  expect(errorOf(ours({ team: "shop" }))).toBe("no error");
  expect(errorOf(ours({ enviroment: {} }))).toContain("did you mean 'environment'?");
});

test("a name that nobody reads does not show its value, and may be undefined", () => {
  expect(errorOf(service({ password: "hunter2" }))).not.toContain("hunter2");
  expect(errorOf(service({ password: undefined }))).toBe("no error");
});
