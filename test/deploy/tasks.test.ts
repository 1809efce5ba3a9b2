import { TerraformVariable } from "cdktf";
import {
  Bind,
  Connection,
  Duration,
  Host,
  PumaService,
  type PumaServiceProps,
  SshKey,
  Task,
} from "../../lib";
import { errorOf, newHost, newService, newStack, synth } from "../stack";

const migrate = Task.once(["bin/rails", "db:migrate"]);

const made = (changes: Partial<PumaServiceProps>): PumaService => newService(newStack(), changes);

test.each<[what: string, action: () => unknown, error: string]>([
  ["no command", () => Task.once([]), "Task.once 'words': must name a command, got []"],
  [
    "a command without a name",
    () => Task.once(["", "a"]),
    `Task.once 'words': must name a command, got ["","a"]`,
  ],
  [
    "a line for a shell",
    () => Task.once("bin/rails db:migrate" as never),
    `Task.once 'words': must be a list, got "bin/rails db:migrate"`,
  ],
  [
    "a word of two lines",
    () => Task.once(["a", "b\nc"]),
    `Task.once 'words[1]': must not contain a line break, got "b\\nc"`,
  ],
  [
    "a word that Terraform would alter",
    () => Task.once(["e\u0301"]),
    "Task.once 'words[0]': must be in Unicode's normal form C",
  ],
  [
    "a timeout that is none",
    () => Task.once(["a"], { timeout: 5 as never }),
    "Task.once 'timeout': must be of the class Duration, got 5",
  ],
  [
    "a host that is none",
    () => Task.once(["a"], { host: "web1" as never }),
    `Task.once 'host': must be of the class Host, got "web1"`,
  ],
  [
    "an option that nobody reads",
    () => Task.once(["a"], { timeOut: Duration.seconds(1) } as never),
    "Task.once 'timeOut': must be left away, as nobody reads it; did you mean 'timeout'?",
  ],
  [
    "neither a before nor an after",
    () => Task.eachHost({ drain: Duration.seconds(1) }),
    "Task.eachHost: must have a 'before' or an 'after'",
  ],
  [
    "an empty before",
    () => Task.eachHost({ before: [] }),
    "Task.eachHost 'before': must name a command, got []",
  ],
  [
    "an after of two lines",
    () => Task.eachHost({ after: ["a\nb"] }),
    `Task.eachHost 'after[0]': must not contain a line break, got "a\\nb"`,
  ],
  [
    "a program of root's that is looked for",
    () => Task.eachHost({ before: ["bin/lb"], asRoot: true }),
    `Task.eachHost 'before[0]': must be an absolute path where 'asRoot' is true, got "bin/lb"`,
  ],
  [
    "a program of root's that the service's user can write",
    () => made({ tasks: [Task.eachHost({ after: ["/srv/blog/current/bin/lb"], asRoot: true })] }),
    "PumaService 'web' 'tasks[0]': must not run what deploy can write as root: use a folder of root's, such as " +
      `/usr/local/sbin, got "/srv/blog/current/bin/lb"`,
  ],
  [
    "one that a way round leads to",
    () => made({ tasks: [Task.eachHost({ after: ["/opt/../srv/blog//current/bin/lb"], asRoot: true })] }),
    "PumaService 'web' 'tasks[0]': must not run what deploy can write as root: use a folder of root's, such as " +
      `/usr/local/sbin, got "/opt/../srv/blog//current/bin/lb"`,
  ],
  [
    "one below a directory that ends in a slash",
    () =>
      made({
        workingDirectory: "/srv/blog/current/",
        tasks: [Task.eachHost({ after: ["/srv/blog/current/bin/lb"], asRoot: true })],
      }),
    "PumaService 'web' 'tasks[0]': must not run what deploy can write as root: use a folder of root's, such as " +
      `/usr/local/sbin, got "/srv/blog/current/bin/lb"`,
  ],
  [
    "a path of nobody's where the engine runs",
    () => Task.eachHost({ before: ["bin/lb"], where: "engine" }),
    `Task.eachHost 'before[0]': must be an absolute path, or a name that the engine's PATH has, got "bin/lb"`,
  ],
  [
    "two lines where the engine runs",
    () => Task.eachHost({ after: ["lb", "a\nb"], where: "engine" }),
    `Task.eachHost 'after[1]': must not contain a line break, got "a\\nb"`,
  ],
  [
    "root where the engine runs",
    () => Task.eachHost({ after: ["lb"], where: "engine", asRoot: true }),
    `Task.eachHost 'asRoot': must be left away where 'where' is "engine": what runs there runs as who applies`,
  ],
  [
    "a place that there is not",
    () => Task.eachHost({ after: ["lb"], where: "moon" as never }),
    `Task.eachHost 'where': must be one of host, engine, got "moon"`,
  ],
  [
    "a host that cannot ask the engine's side",
    () => made({ tasks: [Task.eachHost({ after: ["lb"], where: "engine" })] }),
    `PumaService 'web' 'tasks': must not be Task.eachHost({ where: "engine" }) where the engine's own ssh reaches a host, which ` +
      `cannot ask for it there: give it Connection.openssh() or .local(), got "web1"`,
  ],
  [
    "two around each host",
    () => made({ tasks: [Task.eachHost({ after: ["a"] }), Task.eachHost({ after: ["b"] })] }),
    `PumaService 'web' 'tasks[1]': must be a task of its own, got "Task.eachHost()"`,
  ],
  [
    "something else than a task",
    () => made({ release: "1", tasks: [migrate, "x" as never] }),
    `PumaService 'web' 'tasks[1]': must be of the class Task, got "x"`,
  ],
  [
    "no list",
    () => made({ release: "1", tasks: migrate as never }),
    "PumaService 'web' 'tasks': must be a list, got an object of Task",
  ],
  [
    "no release",
    () => made({ tasks: [migrate] }),
    "PumaService 'web' 'release': must be given where a 'tasks' runs once for each release",
  ],
  [
    "the same twice",
    () => made({ release: "1", tasks: [migrate, Task.once(["bin/rails", "db:migrate"])] }),
    `PumaService 'web' 'tasks[1]': must be a task of its own, got "bin/rails db:migrate"`,
  ],
  [
    "a host of others",
    () => made({ release: "1", tasks: [Task.once(["a"], { host: newHost("elsewhere") })] }),
    `PumaService 'web' 'tasks[0].host': must be one of the service's 'hosts', got "elsewhere"`,
  ],
])("%s is refused", (_, action, error) => {
  expect(errorOf(action)).toContain(error);
});

test("without tasks there is nothing of them", () => {
  const stack = newStack();
  newService(stack, { release: "1", tasks: [] });
  const { resource, locals } = synth(stack);
  expect(Object.keys(resource.null_resource)).toEqual(["puma_web_on_web1"]);
  expect(Object.keys(locals).join()).not.toContain("task");
});

test("a host is found by its name, since a stack may make it twice", () => {
  const stack = newStack();
  const host = (): Host => new Host("b", { address: "10.0.0.2", key: SshKey.agent() });
  new PumaService(stack, "web", {
    ...{ hosts: [newHost("a"), host()], binds: [Bind.tcp(1)], workingDirectory: "/srv", user: "deploy" },
    ...{ release: "1", tasks: [Task.once(["a"], { host: host() })] },
  });
  const [task] = synth(stack).resource.null_resource.puma_web_task_a.provisioner;
  expect(task["remote-exec"].connection.host).toBe("10.0.0.2");
});

test("what is done around each host wants no release, and is no resource", () => {
  const stack = newStack();
  newService(stack, { tasks: [Task.eachHost({ after: ["a"] })] });
  const { resource, locals } = synth(stack);
  expect(Object.keys(resource.null_resource)).toEqual(["puma_web_on_web1"]);
  expect(locals.puma_web_settings).toContain("PUMA_AFTER=''\\''a'\\'''\n");
});

test("what runs where the engine runs is told to what reaches the host, and to the host that it is to ask", () => {
  const stack = newStack();
  const arn = new TerraformVariable(stack, "arn", { type: "string" }).stringValue;
  const hosts = [newHost("a", { key: undefined, connection: Connection.openssh(), identity: "i-${1}" })];
  const task = Task.eachHost({
    ...{ before: ["/bin/lb", "it's ${x}", `of ${arn}`], after: ["lb"], where: "engine" },
    timeout: Duration.seconds(7),
  });
  newService(stack, { hosts, tasks: [task] });
  const { resource, locals } = synth(stack);
  const [run] = resource.null_resource.puma_web_on_a.provisioner;
  const { interpreter, environment } = run["local-exec"];
  expect(interpreter.at(-1)).toBe("${base64decode(var.puma_conversing_transport)}");
  expect(environment).toMatchObject({
    CDKTF_PUMA_BEFORE: `'/bin/lb' 'it'\\''s $\${x}' 'of \${replace(var.arn, "'", "'\\\\''")}'`,
    CDKTF_PUMA_AFTER: "'lb'",
    CDKTF_PUMA_AROUND_TIMEOUT: "7",
    CDKTF_PUMA_IDENTITY: "i-$${1}",
    CDKTF_PUMA_BESIDE: "${base64decode(var.puma_beside)}",
  });
  expect(environment.CDKTF_PUMA_SCRIPT).toMatch(
    / 0 stdin\nSERVICE='web'\n\$\{base64decode\(var\.puma_hear\)\}\nheard\(\) \{$/,
  );
  expect(locals.puma_web_settings).toContain("PUMA_BEFORE=''\nPUMA_AFTER=''\n");
  expect(locals.puma_web_settings).toContain("PUMA_AROUND_AT_ENGINE='before after'\n");
});

test("where nothing runs there, nothing is said of it", () => {
  const stack = newStack();
  const hosts = [newHost("a", { key: undefined, connection: Connection.openssh() })];
  newService(stack, { hosts, tasks: [Task.eachHost({ after: ["lb"] })] });
  const { locals, resource } = synth(stack);
  const [run] = resource.null_resource.puma_web_on_a.provisioner;
  const names = [...Object.keys(locals), ...Object.keys(run["local-exec"].environment)];
  expect(names.filter((name) => /beside|hear|conversing|AROUND|IDENTITY/i.test(name))).toEqual([]);
  expect(locals.puma_web_settings).not.toContain("AROUND_AT_ENGINE");
});

test("what runs as root is where root alone decides", () => {
  const stack = newStack();
  newService(stack, { tasks: [Task.eachHost({ before: ["/usr/local/sbin/lb", "/x"], asRoot: true })] });
  expect(synth(stack).locals.puma_web_settings).toMatch(
    /PUMA_OPENED='[^']*run tasks \/usr\/local\/sbin\/lb'/,
  );
});
