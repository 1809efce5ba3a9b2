import {
  Bind,
  Duration,
  HealthCheck,
  Host,
  HostKey,
  PumaCommand,
  PumaSocket,
  Removal,
  Restart,
  Rollout,
  SshKey,
} from "../lib";
import { errorOf, newHost, newService, newStack } from "./stack";

// What a program in JavaScript, or one with a cast too many, can give: never a TypeError, always the prop's name.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const any = (value: unknown): any => value;

const service = (changes: Record<string, unknown>) => () => newService(newStack(), any(changes));
const socket = (props: Record<string, unknown>) => () =>
  new PumaSocket(newStack(), "socket", any({ binds: [Bind.tcp(1)], ...props }));
const host = (options: Record<string, unknown>) => () => newHost("web1", any(options));

const WEB = "PumaService 'web'";

test.each<[() => unknown, string]>([
  [service({ environment: { A: undefined } }), `${WEB} 'environment.A': must be a string, got undefined`],
  [service({ environment: { A: null } }), `${WEB} 'environment.A': must be a string, got null`],
  [service({ environment: { A: 5 } }), `${WEB} 'environment.A': must be a string, got 5`],
  [
    service({ environment: { CDKTF_PUMA_ROLE: "standin" } }),
    `${WEB} 'environment.CDKTF_PUMA_ROLE': must be left away: a candidate is told its role by it, got "standin"`,
  ],
  [service({ environment: "A=5" }), `${WEB} 'environment': must be an object, got "A=5"`],
  [service({ args: "-q" }), `${WEB} 'args': must be a list, got "-q"`],
  [service({ args: ["-q", 5] }), `${WEB} 'args[1]': must be a string, got 5`],
  [
    service({ args: "-q", restart: Restart.hot({ rehearse: true }) }),
    `${WEB} 'args': must be a list, got "-q"`,
  ],
  [service({ binds: Bind.tcp(1) }), `${WEB} 'binds': must be a list, got an object of Bind`],
  [service({ binds: [9292] }), `${WEB} 'binds[0]': must be of the class Bind, got 9292`],
  [service({ command: "puma" }), `${WEB} 'command': must be of the class PumaCommand, got "puma"`],
  [service({ socket: {} }), `${WEB} 'socket': must be of the class PumaSocket, got an object of Object`],
  [service({ healthCheck: "/up" }), `${WEB} 'healthCheck': must be of the class HealthCheck, got "/up"`],
  [service({ hardening: "STRICT" }), `${WEB} 'hardening': must be of the class Hardening, got "STRICT"`],
  [service({ rollout: Rollout }), `${WEB} 'rollout': must be of the class Rollout, got the function Rollout`],
  [service({ startTimeout: 90 }), `${WEB} 'startTimeout': must be of the class Duration, got 90`],
  [service({ lockTimeout: "1min" }), `${WEB} 'lockTimeout': must be of the class Duration, got "1min"`],
  [service({ watchdog: true }), `${WEB} 'watchdog': must be of the class Duration, got true`],
  [service({ restart: "hot" }), `${WEB} 'restart': must be of the class Restart, got "hot"`],
  [service({ restartOn: "link" }), `${WEB} 'restartOn': must be a list, got "link"`],
  [
    service({ restartOn: [Restart.hot()] }),
    `${WEB} 'restartOn[0]': must be of the class RestartOn, got an object of Restart`,
  ],
  [service({ needrestart: true }), `${WEB} 'needrestart': must be one of redirect, exempt, got true`],
  [service({ restart: null }), `${WEB} 'restart': must be of the class Restart, got null`],
  [service({ workingDirectory: undefined }), `${WEB} 'workingDirectory': must be a string, got undefined`],
  [service({ deployedBy: 7 }), `${WEB} 'deployedBy': must be a string, got 7`],
  [service({ release: 7 }), `${WEB} 'release': must be a string, got 7`],
  [service({ pumaVersion: 6.6 }), `${WEB} 'pumaVersion': must be a string, got 6.6`],
  [service({ pumaVersion: 6, notify: true }), `${WEB} 'pumaVersion': must be a string, got 6`],
  [service({ configFile: true }), `${WEB} 'configFile': must be a string, got true`],
  [service({ scope: "root" }), `${WEB} 'scope': must be one of system, user, got "root"`],
  [service({ user: 1000 }), `${WEB} 'user': must be a string, got 1000`],
  [service({ name: 5 }), `${WEB} 'name': must be a string, got 5`],
  [service({ rackEnv: 5 }), `${WEB} 'rackEnv': must be a string, got 5`],
  [service({ threads: 5 }), `${WEB} 'threads': must be an object, got 5`],
  [service({ environmentFiles: "/etc/env" }), `${WEB} 'environmentFiles': must be a list, got "/etc/env"`],
  [service({ environmentFiles: [1] }), `${WEB} 'environmentFiles[0]': must be a string, got 1`],
  [service({ directives: { Service: "x" } }), `${WEB} 'directives.Service': must be an object, got "x"`],
  [service({ args: null }), `${WEB} 'args': must be a list, got null`],
  [service({ rackEnv: null }), `${WEB} 'rackEnv': must be a string, got null`],
  [service({ name: null }), `${WEB} 'name': must be a string, got null`],
  [service({ environment: new Map() }), `${WEB} 'environment': must be an object, got an object of Map`],
  [service({ directives: null }), `${WEB} 'directives': must be an object, got null`],
  [service({ dependsOn: [{}] }), `${WEB} 'dependsOn[0]': must be a resource, such as one of another's`],
  [service({ dependsOn: [null] }), `${WEB} 'dependsOn[0]': must be a resource`],
  [service({ dependsOn: "x" }), `${WEB} 'dependsOn': must be a list, got "x"`],
  [
    () => Restart.hot(any({ rehearse: "yes" })),
    `Restart.hot 'rehearse': must be one of true, false, got "yes"`,
  ],
  [() => Restart.full(any(true)), "Restart.full 'options': must be an object, got true"],
  [
    () => Restart.phased(any({ rehearse: 1 })),
    "Restart.phased 'rehearse': must be one of true, false, got 1",
  ],
  [service({ takeOver: 1 }), `${WEB} 'takeOver': must be one of true, false, got 1`],
  [service({ ensure: "absent" }), `${WEB} 'ensure': must be one of running, stopped, got "absent"`],
  [service({ retain: "yes" }), `${WEB} 'retain': must be one of true, false, got "yes"`],
  [service({ daemon: 1 }), `${WEB} 'daemon': must be one of true, false, got 1`],
  [service({ notify: "true" }), `${WEB} 'notify': must be one of true, false, got "true"`],
  [
    () => Removal.of(newStack("dev")).onUnreachableHost(any("ignore")),
    `Removal 'dev' 'onUnreachableHost': must be one of fail, continue, got "ignore"`,
  ],
  [socket({ binds: undefined }), "PumaSocket 'socket' 'binds': must be a list, got undefined"],
  [socket({ noDelay: "no" }), `PumaSocket 'socket' 'noDelay': must be one of true, false, got "no"`],
  [socket({ reusePort: 1 }), "PumaSocket 'socket' 'reusePort': must be one of true, false, got 1"],
  [socket({ name: 5 }), "PumaSocket 'socket' 'name': must be a string, got 5"],
  [host({ key: undefined }), "Host 'web1' 'key': must be of the class SshKey, got undefined"],
  [host({ key: "~/.ssh/id" }), `Host 'web1' 'key': must be of the class SshKey, got "~/.ssh/id"`],
  [host({ address: undefined }), "Host 'web1' 'address': must be a string, got undefined"],
  [host({ retain: 1 }), "Host 'web1' 'retain': must be one of true, false, got 1"],
  [host({ timeout: 30 }), "Host 'web1' 'timeout': must be of the class Duration, got 30"],
  [host({ bastion: "b" }), `Host 'web1' 'bastion': must be an object, got "b"`],
  [host({ bastion: {} }), "Host 'web1' 'bastion.address': must be a string, got undefined"],
  [
    host({ bastion: { address: "b", key: "k" } }),
    `Host 'web1' 'bastion.key': must be of the class SshKey, got "k"`,
  ],
  [host({ sudo: "yes" }), `Host 'web1' 'sudo': must be one of true, false, got "yes"`],
  [() => new Host("web1", any(undefined)), "Host 'web1' 'options': must be an object, got undefined"],
  [
    () => new Host(any(5), any({})),
    "Host 'name': must be 1 to 128 letters, digits and . _ -, known at synth, got 5",
  ],
  [() => SshKey.file(any(undefined)), "SshKey.file 'path': must be a string, got undefined"],
  [() => Bind.tcp(any("9292")), `Bind.tcp 'port': must be a whole number between 1 and 65535, got "9292"`],
  [() => Bind.ssl(1, any(undefined)), "Bind.ssl 'options': must be an object, got undefined"],
  [() => Bind.ssl(1, any({ key: "k" })), "Bind.ssl 'cert': must be a string, got undefined"],
  [() => Bind.tcp(1, any(5)), "Bind.tcp 'options': must be an object, got 5"],
  [() => Bind.unix("/x", any(null)), "Bind.unix 'options': must be an object, got null"],
  [() => PumaCommand.bundler(any(null)), "PumaCommand.bundler 'options': must be an object, got null"],
  [() => HealthCheck.http("/", any("x")), `HealthCheck.http 'options': must be an object, got "x"`],
  [
    () => HealthCheck.http("/", any({ bind: 5 })),
    "HealthCheck.http 'bind': must be of the class Bind, got 5",
  ],
  [
    () => HealthCheck.http("/", any({ bind: {} })),
    "HealthCheck.http 'bind': must be of the class Bind, got an object of Object",
  ],
  [() => HealthCheck.http("/", any({ bind: null })), "'bind': must be of the class Bind, got null"],
  ...(["answers", "tcp", "none"] as const).flatMap((kind): [() => unknown, string][] => [
    [() => HealthCheck[kind](any(5)), `HealthCheck.${kind} 'options': must be an object, got 5`],
    [
      () => HealthCheck[kind](any({ settle: 0 })),
      `HealthCheck.${kind} 'settle': must be of the class Duration, got 0`,
    ],
  ]),
  [
    () => HealthCheck.command(["x"], any({ settle: true })),
    "HealthCheck.command 'settle': must be of the class Duration, got true",
  ],
  [() => HostKey.authority(any(undefined)), "HostKey.authority 'publicKey': must be a string, got undefined"],
  [host({ hostKey: 5 }), "Host 'web1' 'hostKey': must be a string, got 5"],
  [() => HealthCheck.command(["x"], any(null)), "HealthCheck.command 'options': must be an object, got null"],
  [() => Bind.unix(any(undefined)), "Bind.unix 'path': must be a string, got undefined"],
  [() => Bind.unix("/run/x", any({ mode: 660 })), "Bind.unix 'mode': must be a string, got 660"],
  [() => PumaCommand.binstub(any(null)), "PumaCommand.binstub 'path': must be a string, got null"],
  [() => PumaCommand.argv(any("puma")), `PumaCommand.argv 'words': must be a list, got "puma"`],
  [() => PumaCommand.argv(any(["/p", 5])), "PumaCommand.argv 'words[1]': must be a string, got 5"],
  [() => PumaCommand.shell(any(5)), "PumaCommand.shell 'script': must be a string, got 5"],
  [() => PumaCommand.shell("exec p", any(5)), "PumaCommand.shell 'options': must be an object, got 5"],
  [
    () => PumaCommand.shell("exec p", any({ shell: 5 })),
    "PumaCommand.shell 'shell': must be a string, got 5",
  ],
  [
    () => PumaCommand.shell("exec p", any({ login: "yes" })),
    `PumaCommand.shell 'login': must be one of true, false, got "yes"`,
  ],
  [
    () => PumaCommand.bundler(any({ bundlerVersion: 2.3 })),
    "PumaCommand.bundler 'bundlerVersion': must be a string, got 2.3",
  ],
  [() => Rollout.rolling(any(undefined)), "Rollout.rolling 'options': must be an object, got undefined"],
  [() => Rollout.rolling(any({ batchSize: null })), "Rollout.rolling 'batchSize': must be a number of hosts"],
  [
    () => Rollout.rolling(any({ batchSize: 1, pause: 5 })),
    "Rollout.rolling 'pause': must be of the class Duration, got 5",
  ],
  [
    () => Duration.seconds(any(undefined)),
    "Duration.seconds: must be more than 0 and a whole number of milliseconds, got undefined",
  ],
])("%# says which prop it is", (action, message) => {
  expect(errorOf(action)).toContain(message);
});

test.each<[() => unknown, string]>([
  [service({ configFile: "c\0" }), `${WEB} 'configFile': must not contain NUL`],
  [service({ configFile: "a\nb" }), `${WEB} 'configFile': must not contain a control character`],
  [service({ configFile: "\ud800" }), `${WEB} 'configFile': must not contain a lone surrogate`],
  [() => PumaCommand.binstub("a\nb"), "PumaCommand.binstub 'path': must not contain a control character"],
  [() => PumaCommand.executable("/a\0"), "PumaCommand.executable 'path': must not contain NUL"],
  [() => PumaCommand.bundler({ bundle: "\udc00" }), "PumaCommand.bundler 'bundle': must not contain a lone"],
  [
    () => PumaCommand.argv(["/p", "a\nb"]),
    "PumaCommand.argv 'words[1]': must not contain a control character",
  ],
  [() => PumaCommand.shell("exec e\u0301"), "PumaCommand.shell 'script': must be in Unicode's normal form C"],
  [() => PumaCommand.shell("exec ${TfToken[TOKEN.1]}"), "PumaCommand.shell 'script': must be known at synth"],
  [service({ user: "e\u0301" }), `${WEB} 'user': must be in Unicode's normal form C`],
  [service({ group: "e\u0301" }), `${WEB} 'group': must be in Unicode's normal form C`],
  [host({ address: "web1\n" }), "Host 'web1' 'address': must not contain a line break"],
  [host({ certificate: "a\0" }), "Host 'web1' 'certificate': must not contain NUL"],
  [host({ certificate: "a\nb\n" }), "Host 'web1' 'certificate': must not contain a line break"],
  [host({ user: "e\u0301" }), "Host 'web1' 'user': must be in Unicode's normal form C"],
  [() => SshKey.file("e\u0301"), "SshKey.file 'path': must be in Unicode's normal form C"],
])("%# is refused before a host could not read it", (action, message) => {
  expect(errorOf(action)).toContain(message);
});
