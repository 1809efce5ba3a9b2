import { PropPath } from "../../lib/values/prop-path";
import {
  Bind,
  ManagedFile,
  PumaConfig,
  type PumaConfigOptions,
  type PumaServiceProps,
  Restart,
} from "../../lib";
import { filesWarnings } from "../../lib/deploy/declared-files";
import { fileParts } from "../../lib/deploy/plan-parts";
import { RESTART_MODES } from "../../lib/deploy/restart";
import { errorOf, newHost, newService, newStack, synth } from "../stack";
import { TerraformVariable } from "cdktf";

const config = (options = {}): ManagedFile => ManagedFile.pumaConfig(PumaConfig.of(options));
const refusal = (props: Partial<PumaServiceProps>): string => errorOf(() => newService(newStack(), props));
const unitOf = (props: Partial<PumaServiceProps>): string =>
  newService(newStack(), props).unitFiles["web.service"] ?? "";

const file = ManagedFile.file("/etc/blog/a.yml", { content: "a: 1" });

test("Puma is started with the configuration, and systemd reads the variables last", () => {
  const unit = unitOf({
    environmentFiles: ["/etc/a.env"],
    files: [config({ workers: 2 }), ManagedFile.environment({ A: "1" })],
  });
  expect(unit).toContain("\nEnvironmentFile=/etc/a.env\nEnvironmentFile=/etc/puma/web.env\n");
  expect(unit).toContain(" -C /etc/puma/web.rb -b tcp://0.0.0.0:9292\n");
});

test("a configuration says the binds no more than 'configFile' does", () => {
  expect(errorOf(() => newService(newStack(), { binds: undefined, files: [config()] }))).toBe("no error");
});

test("a file that nothing of the unit names leaves the unit as it is", () => {
  expect(unitOf({ files: [file] })).toBe(unitOf({}));
});

test("another file stands where it is said, and for whom", () => {
  const at = { name: "web" };
  expect(config({ tag: "x" })._of(at)).toMatchObject({
    ...{ path: "/etc/puma/web.rb", mode: "0640", owner: "root:@", effect: "restart" },
    content: expect.stringMatching(/^# .*\n# .*\ntag "x"\n$/),
  });
  const place = { path: "/etc/blog/env", mode: "0644", owner: "root:adm" };
  expect(ManagedFile.environment({ A: 'a"b\\c$d`e\nf' }, place)._of(at)).toEqual({
    ...place,
    ...{ effect: "restart", content: 'A="a\\"b\\\\c\\$d\\`e\nf"\n' },
  });
  const options = { content: "x\n", mode: "0600", owner: "deploy:www-data", effect: "none" } as const;
  // What the host calls "none" is for the library's own.
  expect(ManagedFile.file("/etc/blog/a", options)._of(at)).toEqual({
    ...{ path: "/etc/blog/a", mode: "0600", owner: "deploy:www-data", content: "x\n", effect: "reload" },
  });
});

test.each<[string, Partial<PumaServiceProps>]>([
  ["'files[1]': must have a path of its own, got \"/etc/blog/a.yml\"", { files: [file, file] }],
  [
    "'configFile': must not stand beside ManagedFile.pumaConfig() in 'files', got \"a.rb\"",
    { configFile: "a.rb", files: [config()] },
  ],
  ["'configFile': must not stand beside", { configFile: false, files: [config()] }],
  [
    "'files[2]': must not be a second ManagedFile.pumaConfig()",
    { files: [config(), file, ManagedFile.pumaConfig(PumaConfig.of({}), { path: "/etc/b/b.rb" })] },
  ],
  [
    "'workers': must not stand beside the one of the PumaConfig in 'files', got 3",
    { workers: 3, files: [config({ workers: 2 })] },
  ],
  [
    "'threads': must not stand beside",
    { threads: { min: 1, max: 1 }, files: [config({ threads: { min: 2, max: 2 } })] },
  ],
  [
    "'files[0]': must not be below 'workingDirectory', where deploy could put a link that root follows: use a folder of root's, such as /etc, got",
    { files: [ManagedFile.file("/srv/blog/current/config/a.yml", { content: "" })] },
  ],
  [
    "'files[0]': must not be below 'workingDirectory'",
    {
      workingDirectory: "/srv/blog/current/",
      files: [ManagedFile.file("/srv/blog/current/config/a.yml", { content: "" })],
    },
  ],
  [
    "'files': must be at most 49152 bytes in all, got 49153",
    { files: [ManagedFile.file("/etc/a/b", { content: "x".repeat(49_152) })] },
  ],
])("%s", (message, props) => {
  expect(refusal(props)).toContain(`PumaService 'web' ${message}`);
});

test.each<[string, string]>([
  ["be an absolute path", "a/b"],
  ["be a file in a folder", "/a"],
  ["be a file in a folder", "/etc/a b"],
  ["be a file in a folder", "/etc/a/"],
  ["be a file in a folder", "/etc/*"],
  ["be without '.' and '..'", "/etc/../b"],
  ["be at most 200 characters long", `/etc/${"a".repeat(200)}`],
  ["be none of systemd's: lines of the service's units go into 'directives'", "/etc/systemd/system/x.conf"],
  ["be none of this library's own", "/var/lib/cdktf-puma/web/record"],
])("a path must %s: %s", (limit, path) => {
  expect(errorOf(() => ManagedFile.file(path, { content: "" }))).toContain(
    `ManagedFile.file 'path': must ${limit}`,
  );
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const any = (value: unknown): any => value;

test.each<[string, () => unknown]>([
  [
    "ManagedFile.file 'content': must be a string, got 5",
    () => ManagedFile.file("/a/b", any({ content: 5 })),
  ],
  [
    "ManagedFile.file 'content': must be in Unicode's normal form C, which Terraform would change it to",
    () => ManagedFile.file("/a/b", { content: "ok\ne\u0301" }),
  ],
  ["ManagedFile.file 'content': must not contain NUL", () => ManagedFile.file("/a/b", { content: "\0" })],
  [
    "ManagedFile.file 'effect': must be one of restart, none, got \"reload\"",
    () => ManagedFile.file("/a/b", any({ content: "", effect: "reload" })),
  ],
  [
    "ManagedFile.file 'mode': must be an access mode in octal",
    () => ManagedFile.file("/a/b", { content: "", mode: "rw" }),
  ],
  [
    "ManagedFile.file 'mode': must not let everybody write, got \"0666\"",
    () => ManagedFile.file("/a/b", { content: "", mode: "0666" }),
  ],
  [
    "ManagedFile.file 'owner': must be a user and a group",
    () => ManagedFile.file("/a/b", { content: "", owner: "root" }),
  ],
  [
    "ManagedFile.environment 'variables.a b': must be letters, digits",
    () => ManagedFile.environment({ "a b": "" }),
  ],
  [
    "ManagedFile.environment 'variables.RACK_ENV': must be left to 'rackEnv', or to 'environment'",
    () => ManagedFile.environment({ RACK_ENV: "staging" }),
  ],
  [
    "ManagedFile.environment 'variables.WATCHDOG_USEC': use 'watchdog'",
    () => ManagedFile.environment({ WATCHDOG_USEC: "1" }),
  ],
  [
    "ManagedFile.environment 'variables.A': must be known at synth, got a Terraform token",
    () => ManagedFile.environment({ A: new TerraformVariable(newStack(), "a", {}).stringValue }),
  ],
  [
    "ManagedFile.pumaConfig 'config': must be of the class PumaConfig, got an object of Object",
    () => ManagedFile.pumaConfig(any({ workers: 2 })),
  ],
  [
    "PumaService 'web' 'files[0]': must be of the class ManagedFile",
    () => newService(newStack(), { files: any([{}]) }),
  ],
])("%s", (message, make) => {
  expect(errorOf(make)).toContain(message);
});

describe("in a stack", () => {
  const services = (one: string, other: string) => (): unknown => {
    const stack = newStack();
    newService(stack, { files: [file], hosts: [newHost(one)] });
    return newService(
      stack,
      { name: "api", binds: [Bind.tcp(9393)], files: [file], hosts: [newHost(other)] },
      "api",
    );
  };

  test("two services have no file in common on a host", () => {
    expect(errorOf(services("web1", "web1"))).toBe(
      `PumaService 'api' 'files[0]': must be a file of its own: 'web' on 'web1' has this one too, got "/etc/blog/a.yml"`,
    );
    expect(errorOf(services("web1", "web2"))).toBe("no error");
  });

  test("its lines stand once, for the plan and for the hosts, and whose it is behind a change of Puma", () => {
    const stack = newStack();
    const token = new TerraformVariable(stack, "a", {}).stringValue;
    const content = `a: ${token}\n%{x} \${y}\n`;
    newService(stack, { files: [ManagedFile.file("/etc/blog/a.yml", { content })] });
    const { locals, resource } = synth(stack);
    expect(locals.puma_web_files).toEqual({ "/etc/blog/a.yml": ["a: ${var.a}", "%%{x} $${y}"] });
    expect(locals.puma_web_parts["/etc/blog/a.yml"]).toBe(
      `\${concat(["-- 0640 root:(the service's group)"], local.puma_web_files["/etc/blog/a.yml"])}`,
    );
    expect(resource.terraform_data.puma_web.triggers_replace).toMatchObject({
      "/etc/blog/a.yml: restarts Puma (hot)": '${local.puma_web_parts["/etc/blog/a.yml"]}',
    });
    expect(locals.puma_web_settings).toContain(
      `/etc/blog/a.yml 0640 root:@ restart :\${replace(base64encode(join("\\n", concat(local.puma_web_files["/etc/blog/a.yml"], [""])))`,
    );
  });

  test("a service without any says nothing of it", () => {
    const stack = newStack();
    newService(stack);
    expect(Object.keys(synth(stack).locals as object)).not.toContain("puma_web_files");
  });
});

test("what a change does, in each mode", () => {
  const at = { name: "web" };
  const quiet = ManagedFile.file("/etc/blog/b", { content: "", effect: "none" });
  const said = RESTART_MODES.map((mode) =>
    fileParts([file._of(at), quiet._of(at)], { ensure: "running", restart: mode }).map(({ sentence }) =>
      sentence.replace(/^.*?: /, ""),
    ),
  );
  expect(Object.fromEntries(RESTART_MODES.map((mode, i) => [mode, said[i]]))).toEqual({
    overlap: ["restarts Puma (overlap)", "no restart"],
    hot: ["restarts Puma (hot)", "no restart"],
    full: ["restarts Puma (full)", "no restart"],
    phased: ["restarts Puma (hot, since phased takes up no changed file)", "no restart"],
    none: ["left for Puma's next restart (none)", "no restart"],
  });
});

test.each<[string, boolean]>([
  ["password: geheim", true],
  ['SECRET_KEY_BASE="b7f3a9"', true],
  ["url: redis://:geheim@cache/0", true],
  ["cache: 64", false],
  ['RAILS_MAX_THREADS="8"', false],
])("whether a warning is said of %s: %s", (content, isSaid) => {
  const warnings = filesWarnings(PropPath.of("PumaService", "web"), [
    ManagedFile.file("/etc/blog/a", { content })._of({ name: "web" }),
  ]);
  expect(warnings).toEqual(
    isSaid
      ? [
          "PumaService 'web' 'files[0]': /etc/blog/a holds what looks like a secret, " +
            "which whoever reads the Terraform state or a plan can read; bring it by 'secrets'",
        ]
      : [],
  );
});

test.each<[string, pumaVersion: string | undefined, options: PumaConfigOptions]>([
  ["no error", "6.6", { workers: 2 }],
  ["no error", undefined, { workers: 2 }],
  ["no error", "8.0", { workers: 2, preloadApp: false }],
  ["no error", "8.0", { workers: 2, lines: ["preload_app! false"] }],
  ["must have at least one of 'workers' where 'restart' is Restart.phased()", "6.6", { workers: 0 }],
  ["must say 'preloadApp: false' where 'restart' is Restart.phased()", "6.6", { preloadApp: true }],
  ["must say 'preloadApp: false' where 'restart' is Restart.phased()", "8.0", { workers: 2 }],
])("by phases: %s, with Puma %s and %j", (message, pumaVersion, options) => {
  const props = { restart: Restart.phased(), pumaVersion, files: [file, config(options)] };
  expect(refusal(props)).toContain(
    message === "no error" ? message : `PumaService 'web' 'files[1]': ${message}`,
  );
});
