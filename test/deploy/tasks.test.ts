import { Bind, Duration, Host, PumaService, type PumaServiceProps, SshKey, Task } from "../../lib";
import { errorOf, newHost, newService, newStack, synth } from "../stack";

const migrate = Task.once(["bin/rails", "db:migrate"]);

const made = (changes: Partial<PumaServiceProps>): PumaService => newService(newStack(), changes);

test.each<[what: string, action: () => unknown, error: string]>([
  ["no command", () => Task.once([]), "Task.once 'words': must name a command, got []"],
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
