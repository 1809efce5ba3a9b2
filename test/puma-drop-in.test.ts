/** A drop-in of a unit that something else owns: what it says, what goes to hosts, and what is refused. */
import {
  Bind,
  Duration,
  HealthCheck,
  PumaDropIn,
  type PumaDropInProps,
  PumaService,
  Restart,
  Rollout,
} from "../lib";
import { DropIn, deployedDropIn } from "../lib/deploy/drop-in";
import { PropPath } from "../lib/values/prop-path";
import { errorOf, newHost, newStack, synth, type Synthesized } from "./stack";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;

const PROPS = { unit: "mastodon-web.service", directives: { Service: { LimitNOFILE: 65536 } } };

function dropIn(changes: Partial<PumaDropInProps> = {}, id = "tuning", stack = newStack()): PumaDropIn {
  return new PumaDropIn(stack, id, { hosts: [newHost()], ...PROPS, ...changes });
}

function synthesized(changes: Partial<PumaDropInProps> = {}): Synthesized {
  const stack = newStack();
  dropIn(changes, "tuning", stack);
  return synth(stack);
}

const text = (directives: PumaDropInProps["directives"]): string => dropIn({ directives }).text;

test("a value, a list and what resets one, each section under its name", () => {
  expect(
    text({
      Unit: { After: "postgresql.service" },
      Service: { LimitNOFILE: 65536, Environment: ["A=1", "B=2"], ExecStart: ["", "/usr/bin/puma -C x.rb"] },
    }),
  ).toBe(
    "[Unit]\nAfter=postgresql.service\n\n[Service]\nLimitNOFILE=65536\nEnvironment=A=1\nEnvironment=B=2\n" +
      "ExecStart=\nExecStart=/usr/bin/puma -C x.rb\n",
  );
});

test("what a service of this library refuses, a unit of others may have: nothing was promised of it", () => {
  const Service = { User: "social", Type: "notify", Restart: "no", KillMode: "process", StartLimitBurst: 3 };
  expect(text({ Service })).toBe(
    "[Service]\nUser=social\nType=notify\nRestart=no\nKillMode=process\nStartLimitBurst=3\n",
  );
});

const UNIT = "mastodon-web.service";
const FILE = "mastodon-web.service.d/60-tuning.conf";

test("a host is told its unit by its name, and nothing that is the unit's own", () => {
  const props = { ...PROPS, directives: { Service: { ...PROPS.directives.Service, Environment: "A=1" } } };
  const resolved = DropIn.resolve(PropPath.of("PumaDropIn", "tuning"), "tuning", props);
  const { bundle } = deployedDropIn(resolved, props);
  const settings = bundle("blog").plainSettings();
  for (const line of [
    "PUMA_SERVICE='mastodon-web.service:tuning'",
    "PUMA_UNITS=''",
    "PUMA_ENABLED_UNITS=''",
    "PUMA_START_ON='others'",
    "PUMA_RESTART='hot'",
    "PUMA_SINGLE='Service.LimitNOFILE'",
    `PUMA_FILES='/etc/systemd/system/${FILE} 644 root:root drop-in :${Buffer.from(resolved.lines.toString()).toString("base64")}'`,
  ])
    expect(settings.split("\n")).toContain(line);
});

test("the plan shows each line under what a change of it does", () => {
  const { locals, resource } = synthesized({
    directives: { Service: { LimitNOFILE: 65536, MemoryMax: "2G" } },
    healthCheck: HealthCheck.none(),
  });
  const [id] = Object.keys(resource.terraform_data).filter((name) => name.startsWith("puma_mastodon"));
  expect(Object.keys(resource.terraform_data[id as string].triggers_replace)).toEqual([
    `${FILE}: no restart`,
    `${FILE}: restarts Puma (hot)`,
  ]);
  expect(locals[`${id}_units`]).toEqual({ [FILE]: ["[Service]", "LimitNOFILE=65536", "MemoryMax=2G"] });
  expect(locals.puma_services).toEqual({ web1: "mastodon-web.service:tuning" });
});

test("an instance of a template has a name of its own on a host", () => {
  const { file, name } = DropIn.resolve(PropPath.of("PumaDropIn", "x"), "x", {
    ...PROPS,
    ...{ unit: "puma@blog.service", name: "limits", order: 5 },
  });
  expect([file, name]).toEqual(["puma@blog.service.d/05-limits.conf", "puma:blog.service:limits"]);
});

test("a removal knows it by the same name", () => {
  const { locals } = synthesized({ retain: true, lockTimeout: Duration.minutes(1) });
  expect(Object.entries(locals.puma_removals_hosts)).toEqual([
    [
      "mastodon-web.service:tuning@web1@web1.example.org",
      expect.stringContaining(
        'service = "mastodon-web.service:tuning", name = "web1", retain = true, lock_timeout = 60,',
      ),
    ],
  ]);
});

test("batches wait for each other as those of a service", () => {
  const hosts = ["web1", "web2"].map((name) => newHost(name));
  const { locals } = synthesized({ hosts, rollout: Rollout.rolling({ batchSize: 1 }) });
  expect(Object.keys(locals).filter((name) => name.includes("batch_1"))).toHaveLength(1);
});

test("several drop-ins of one unit are several", () => {
  const stack = newStack();
  dropIn({}, "tuning", stack);
  dropIn({ name: "memory", directives: { Service: { MemoryMax: "1G" } } }, "other", stack);
  expect(synth(stack).locals.puma_services).toEqual({
    web1: "mastodon-web.service:memory mastodon-web.service:tuning",
  });
});

const at = (prop: string): string => `PumaDropIn 'tuning' '${prop}': must`;

test.each<[changes: Any, error: string]>([
  [
    { unit: "mastodon-web" },
    `${at("unit")} be the name of a unit such as "page.service" or "page@web.service", got "mastodon-web"`,
  ],
  [
    { unit: "puma.socket" },
    `${at("unit")} be a service such as "mastodon-web.service" or "puma@blog.service", without a colon, got "puma.socket"`,
  ],
  [
    { unit: "a:b.service" },
    `${at("unit")} be a service such as "mastodon-web.service" or "puma@blog.service", without a colon, got "a:b.service"`,
  ],
  [
    { unit: "cdktf-puma-restart@web.service" },
    `${at("unit")} be a unit of others, and this is one of this library's own, got "cdktf-puma-restart@web.service"`,
  ],
  [
    { unit: "../x.service" },
    `${at("unit")} be the name of a unit such as "page.service" or "page@web.service", got "../x.service"`,
  ],
  [{ unit: undefined }, `${at("unit")} be a string, got undefined`],
  [
    { name: "a/b" },
    `${at("name")} be at most 100 letters, digits and '-_.', and begin with neither '-' nor '.', got "a/b"`,
  ],
  [{ order: 100 }, `${at("order")} be a whole number between 0 and 99, got 100`],
  [{ directives: {} }, `${at("directives")} have a line`],
  [{ directives: { Service: {} } }, `${at("directives")} have a line`],
  [{ directives: undefined }, `${at("directives")} be an object, got undefined`],
  [
    { directives: { Install: { WantedBy: "a.target" } } },
    `${at("directives.Install")} be left away: whoever owns the unit says what it is enabled for, and a drop-in has no say in it`,
  ],
  [
    { directives: { Socket: { Backlog: 1 } } },
    `${at("directives")} be in one of the sections Unit, Service, got "Socket"`,
  ],
  [
    { directives: { Service: { LimitNOFILES: 1 } } },
    `${at("directives.Service.LimitNOFILES")} be a directive that systemd knows in [Service], got "LimitNOFILES"; did you mean LimitNOFILE=?`,
  ],
  [
    { directives: { Service: { ExecStart: "/bin/true" } } },
    `${at("directives.Service.ExecStart")} be a list that begins with "", as the unit has one already, got "/bin/true"`,
  ],
  [
    { directives: { Service: { ExecStart: ["/bin/true"] } } },
    `${at("directives.Service.ExecStart")} be a list that begins with "", as the unit has one already, got ["/bin/true"]`,
  ],
  [
    { restart: Restart.overlap() },
    `${at("restart")} be Restart.hot() or Restart.none(), since the unit is not this library's, got "overlap"`,
  ],
  [
    { restart: Restart.hot({ rehearse: true }) },
    `${at("restart")} be Restart.hot() or Restart.none(), since the unit is not this library's, got "hot"`,
  ],
  [
    { restart: Restart.phased() },
    `${at("restart")} be Restart.hot() or Restart.none(), since the unit is not this library's, got "phased"`,
  ],
  [
    { restart: Restart.full() },
    `${at("restart")} be Restart.hot() or Restart.none(), since the unit is not this library's, nor are its sockets, got "full"`,
  ],
  [{ hosts: [] }, `${at("hosts")} name at least one host, got []`],
  [{ startTimeout: 5 }, `${at("startTimeout")} be of the class Duration, got 5`],
  [{ retain: "yes" }, `${at("retain")} be one of true, false, got "yes"`],
  [{ directive: {} }, `${at("directive")} be left away, as nobody reads it; did you mean 'directives'?`],
])("%j is refused", (changes, error) => {
  expect(errorOf(() => dropIn(changes))).toBe(error);
});

test("a value that systemd would ignore is refused in its type's words", () => {
  const error = errorOf(() => dropIn({ directives: { Service: { MemoryMax: "much" } } }));
  expect(error).toMatch(/^PumaDropIn 'tuning' 'directives\.Service\.MemoryMax': must .*, got "much"$/);
});

test("a host whose systemd is too old for a line", () => {
  const hosts = [newHost("web1", { systemdVersion: 247 })];
  expect(errorOf(() => dropIn({ hosts, directives: { Service: { MemoryKSM: true } } }))).toBe(
    "Host 'web1' 'systemdVersion': must be newer than 252 for MemoryKSM=, got 247",
  );
});

describe("a unit of a PumaService on the same host", () => {
  const service = (stack: Any): PumaService =>
    new PumaService(stack, "mastodon-web", {
      ...{ hosts: [newHost()], binds: [Bind.tcp(9292)], user: "deploy", workingDirectory: "/srv/blog" },
    });
  const refusal =
    `${at("unit")} be a unit that something else owns: use 'directives' of the PumaService ` +
    `'mastodon-web' on 'web1', got "${UNIT}"`;

  test("is refused, whichever comes first", () => {
    const [first, second] = [newStack(), newStack()];
    service(first);
    expect(errorOf(() => dropIn({}, "tuning", first))).toBe(refusal);
    dropIn({}, "tuning", second);
    expect(errorOf(() => service(second))).toBe(refusal);
  });

  test("is another one on another host", () => {
    const stack = newStack();
    service(stack);
    expect(() => dropIn({ hosts: [newHost("web2")] }, "tuning", stack)).not.toThrow();
  });
});
