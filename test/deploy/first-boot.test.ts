import { type TerraformStack } from "cdktf";
import {
  Bind,
  type CloudConfigOptions,
  ManagedFile,
  type PumaServiceProps,
  PumaSocket,
  RestartOn,
  Secret,
  Secrets,
  Task,
} from "../../lib";
import { errorOf, newHost, newService, newStack, synth } from "../stack";

/** What is said when a service with these changes is asked for its user data. */
function said(changes: Partial<PumaServiceProps>, options?: CloudConfigOptions): string {
  const stack = newStack();
  return errorOf(() => {
    newService(stack, { hosts: [], ...changes }).cloudConfig(options);
    synth(stack);
  });
}

const WHERE = "where cloudConfig() brings the service";

test.each<[string, Partial<PumaServiceProps>, string]>([
  [
    "secrets",
    { secrets: Secrets.environment({ A: Secret.fromCommand(["pass", "a"]) }, { version: "1" }) },
    `'secrets': must be left away ${WHERE}: whoever may describe the machine reads user data, and so does each program on it; ` +
      "let the machine fetch them by its own role, into a file of 'environmentFiles', before Puma starts",
  ],
  [
    "a file of what looks like a secret",
    { files: [ManagedFile.environment({ SECRET_KEY_BASE: "0123456789abcdef0123456789abcdef" })] },
    `'files': must hold no secret ${WHERE}, which each program on the machine can read: `,
  ],
  [
    "a user's own systemd",
    { scope: "user", user: undefined },
    `'scope': must not be "user" ${WHERE}: cloud-init works for root`,
  ],
  [
    "tasks, and no host to run them on",
    { tasks: [Task.once(["bin/rails", "db:migrate"])], release: "1" },
    "'tasks': must be left away without 'hosts', as an apply runs them there",
  ],
])("refused: %s", (_, changes, message) => {
  expect(said(changes)).toContain(`PumaService 'web' ${message}`);
});

test("a service without hosts has to come with machines", () => {
  const stack = newStack();
  newService(stack, { hosts: [] });
  expect(errorOf(() => synth(stack))).toContain(
    "PumaService 'web' 'hosts': must name at least one host, unless cloudConfig() brings the service to machines, got []",
  );
  expect(said({})).toBe("no error");
});

test("with hosts, tasks run there and are none of the machines' own", () => {
  const tasks = [Task.once(["bin/rails", "db:migrate"])];
  expect(said({ hosts: [newHost()], tasks, release: "1" })).toBe("no error");
});

const noise = (bytes: number): ManagedFile => {
  const words = Array.from({ length: bytes / 16 }, (_, i) => (i * 2654435761).toString(36).padStart(15, "x"));
  return ManagedFile.file("/etc/blog/noise", { content: `${words.join("\n")}\n` });
};

test.each<[string, number, CloudConfigOptions | undefined, RegExp]>([
  [
    "plain",
    16_000,
    undefined,
    /^PumaService 'web': must be at most 16384 bytes of user data: use \{ gzip: true \}, which takes about \d+, got \d+$/,
  ],
  ["plain, beyond what gzip saves", 44_000, undefined, /: have the image bring what is in 'files', got \d+$/],
  [
    "packed",
    44_000,
    { gzip: true },
    /^PumaService 'web': must be at most 16384 bytes of user data: have the image/,
  ],
  ["of another cloud", 32, { limit: 4096 }, /must be at most 4096 bytes/],
])("refused: too much, %s", (_, bytes, options, message) => {
  expect(said({ files: [noise(bytes)] }, options)).toMatch(message);
});

test.each<[string, number, CloudConfigOptions]>([
  ["packed", 16_000, { gzip: true }],
  ["where the cloud takes more", 44_000, { limit: 65_536 }],
])("taken: what fits %s", (_, bytes, options) => {
  expect(said({ files: [noise(bytes)] }, options)).toBe("no error");
});

test.each<[unknown, string]>([
  [{ gzip: 1 }, "PumaService.cloudConfig 'gzip': must be one of true, false, got 1"],
  [{ limit: 1 }, "PumaService.cloudConfig 'limit': must be "],
  [
    { zip: true },
    "PumaService.cloudConfig 'zip': must be left away, as nobody reads it; did you mean 'gzip'?",
  ],
])("refused: the options %j", (options, message) => {
  expect(said({}, options as CloudConfigOptions)).toContain(message);
});

function warningsOf(changes: (stack: TerraformStack) => Partial<PumaServiceProps>): string[] {
  const stack = newStack();
  const service = newService(stack, changes(stack));
  service.cloudConfig();
  service.cloudConfig({ gzip: true });
  return service.node.metadata
    .map(({ data }) => String(data))
    .filter((text) => text.includes("cloudConfig()"));
}

test("what the script of the runs is needed for comes with the first apply, which a warning says once", () => {
  expect(
    warningsOf(() => ({
      operators: ["deploy"],
      restartOn: [RestartOn.releaseLink()],
      needrestart: "redirect",
    })),
  ).toEqual([
    "PumaService 'web': 'operators', 'restartOn', 'needrestart' come with the first apply, and not by cloudConfig(), which has no room for what they start",
  ]);
  expect(warningsOf(() => ({ needrestart: "exempt" }))).toEqual([]);
});

test("what is started, and as whom, the script is told", () => {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
  const props = {
    socket,
    startOn: "firstConnection",
    group: "web",
    needrestart: "exempt",
  } as const;
  newService(stack, { hosts: [], ...props, operators: ["deploy"] }).cloudConfig();
  const script = synth(stack).locals.puma_web_first_boot as string;
  for (const line of [
    "PUMA_UNITS='web.socket web.service'",
    "PUMA_ENABLED_UNITS='web.socket'",
    "PUMA_START_ON='firstConnection'",
    "PUMA_USER='deploy'",
    "PUMA_GROUP='web'",
    "PUMA_DIRECTORY='/srv/blog/current'",
    "PUMA_BACK_OFF='RestartSteps=5 RestartMaxDelaySec=30'",
    "PUMA_HEALTH_BIND='http 0.0.0.0 9292'",
  ])
    expect(script).toContain(`\n${line}\n`);
  const files = /PUMA_FILES='([^']*)'/
    .exec(script)?.[1]
    ?.split("\n")
    .map((line) => line.split(" ")[0]);
  expect(files).toEqual([
    ...["stop.sh", "ended.sh", "reload.sh", "on-call.txt"].map((name) => `/var/lib/cdktf-puma/web/${name}`),
    ...["/etc/systemd/system/web.socket", "/etc/systemd/system/web.service"],
    "/etc/needrestart/conf.d/cdktf-puma-web.conf",
  ]);
});
