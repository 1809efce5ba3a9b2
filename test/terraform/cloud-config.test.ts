/** User data as an engine has it: what is known at synth is read by a reader of YAML, as cloud-init does. */
import { gunzipSync } from "node:zlib";
import { Fn, TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { parse } from "yaml";
import { Bind, ManagedFile, type PumaServiceProps, PumaSocket } from "../../lib";
import { packed } from "../../lib/runtime/parts";
import { cdktn, errorOf, newService, newStack, synth, type Synthesized } from "../stack";

const FOLDER = "/var/lib/cdktf-puma/web/first-boot";

interface WrittenFile {
  readonly path: string;
  readonly permissions: string;
  readonly encoding?: string;
  readonly content: string;
}

/** The files that cloud-init is to write, by their paths below the folder, of a service that comes with machines. */
function written(changes: Partial<PumaServiceProps> = {}): {
  files: Record<string, WrittenFile>;
  runcmd: unknown;
  json: Synthesized;
} {
  const stack = newStack();
  newService(stack, { hosts: [], ...changes }).cloudConfig();
  const json = synth(stack);
  const text = json.locals.puma_web_cloud_config as string;
  expect(text).toMatch(/^#cloud-config\n/);
  const { write_files, runcmd } = parse(text) as { write_files: WrittenFile[]; runcmd: unknown };
  return {
    files: Object.fromEntries(write_files.map((file) => [file.path.slice(FOLDER.length), file])),
    runcmd,
    json,
  };
}

const UNIT = "/etc/systemd/system/web.service";

test("units and files are laid ready for root alone, and a script puts them in their places", () => {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
  const files = [ManagedFile.file("/etc/blog/a.yml", { content: "a: 1\n\n  b: 'c'\n" })];
  const service = newService(stack, { hosts: [], socket, binds: undefined, files });
  service.cloudConfig();
  const { write_files, runcmd } = parse(synth(stack).locals.puma_web_cloud_config as string);
  const texts: Record<string, string> = { ...service.unitFiles, "a.yml": "a: 1\n\n  b: 'c'\n" };
  expect((write_files as WrittenFile[]).slice(0, 3).map(({ path, content }) => [path, content])).toEqual([
    [`${FOLDER}/etc/systemd/system/web.socket`, texts["web.socket"]],
    [`${FOLDER}${UNIT}`, texts["web.service"]],
    [`${FOLDER}/etc/blog/a.yml`, texts["a.yml"]],
  ]);
  expect([...new Set((write_files as WrittenFile[]).map(({ permissions }) => permissions))]).toEqual([
    "0600",
  ]);
  expect(runcmd).toEqual([["sh", `${FOLDER}/run`, FOLDER]]);
});

test.each([
  ["the beginning of a template", "a ${b} %{c}\n"],
  ["quotes and backslashes", `"\\'\t|\n- #\n`],
])("a text with %s stands there as it is", (_, content) => {
  const { files } = written({ files: [ManagedFile.file("/etc/a/b", { content })] });
  expect(files["/etc/a/b"]?.content).toBe(content.replace(/[$%](?=\{)/g, "$&$&"));
});

test.each([
  ["letters that are not ASCII", "Grüße\n"],
  ["a line break of YAML's own", "a\u0085b\n"],
  ["a control character", "a\u007fb\n"],
  ["no line", ""],
  ["empty lines at its end", "a\n\n"],
  ["a blank ahead", " a\n"],
  ["nothing but a line break", "\n"],
])("a text with %s comes as base64", (_, content) => {
  const { files } = written({ files: [ManagedFile.file("/etc/a/b", { content })] });
  const file = files["/etc/a/b"];
  expect(file?.encoding).toBe("b64");
  expect(Buffer.from(file?.content ?? "", "base64").toString()).toBe(content);
});

test("where there is a token, the engine encodes the text as the other hosts have it", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
  const files = [ManagedFile.file("/etc/a/b", { content: stringValue })];
  newService(stack, {
    hosts: [],
    environment: { A: stringValue },
    files,
    release: stringValue,
  }).cloudConfig();
  const { locals } = synth(stack);
  const { write_files } = parse(locals.puma_web_cloud_config as string);
  expect((write_files as WrittenFile[]).slice(0, 3)).toEqual([
    {
      ...{ path: `${FOLDER}${UNIT}`, permissions: "0600", encoding: "b64" },
      content: '${base64encode(join("\\n", concat(local.puma_web_units["web.service"], [""])))}',
    },
    {
      ...{ path: `${FOLDER}/etc/a/b`, permissions: "0600", encoding: "b64" },
      content: '${base64encode(join("\\n", concat(local.puma_web_files["/etc/a/b"], [""])))}',
    },
    {
      ...{ path: `${FOLDER}/record`, permissions: "0600", encoding: "b64" },
      content: '${base64encode(join("\\n", concat(local.puma_web_first_record, [""])))}',
    },
  ]);
  expect(locals.puma_web_first_record).toEqual([
    ...["format=1", "owner=${local.puma_owner}", "release=${var.v}", "generation="],
    ...["binds=http 0.0.0.0 9292", "deployed_by=cloud-init"],
  ]);
});

test("the script is packed by the engine, which does so alike on each machine, and the text has room for 16 KB", () => {
  const { files, json } = written();
  expect(files["/run"]).toMatchObject({
    encoding: "gz+b64",
    content: "${base64gzip(local.puma_web_first_boot)}",
  });
  const script = (json.locals.puma_web_first_boot as string).replace(/([$%])\1(?=\{)/g, "$1");
  expect(script).toContain("PUMA_SERVICE='web'\n");
  expect(script).toContain("\nfirst_boot </dev/null\n");
  expect(gunzipSync(Buffer.from(packed(script), "base64")).toString()).toBe(script);
  expect((json.locals.puma_web_cloud_config as string).length + packed(script).length).toBeLessThan(9000);
});

test("who refers to it gets one local, plain or packed, also in a function and in another stack", () => {
  const app = Testing.app();
  const [stack, other] = [new TerraformStack(app, "blog"), new TerraformStack(app, "group")];
  const service = newService(stack, { hosts: [] });
  const output = (scope: TerraformStack, id: string, value: string) =>
    new TerraformOutput(scope, id, { value, staticId: true });
  output(stack, "plain", service.cloudConfig());
  output(stack, "packed", service.cloudConfig({ gzip: true }));
  output(stack, "encoded", Fn.base64encode(service.cloudConfig()));
  output(other, "there", service.cloudConfig());
  const value = (json: Synthesized, id: string): unknown => json.output[id].value;
  app.synth();
  const json = JSON.parse(JSON.stringify(stack.toTerraform())) as Synthesized;
  expect(["plain", "packed", "encoded"].map((id) => value(json, id))).toEqual([
    "${local.puma_web_cloud_config}",
    "${base64gzip(local.puma_web_cloud_config)}",
    "${base64encode(local.puma_web_cloud_config)}",
  ]);
  expect(value(JSON.parse(JSON.stringify(other.toTerraform())) as Synthesized, "there")).toMatch(
    /^\$\{data\.terraform_remote_state\.\S+puma_web_cloud_config\}$/,
  );
});

test("what is sensitive the engine refuses at plan, as user data hides nothing", () => {
  const stack = newStack();
  const [token, release] = ["v", "r"].map(
    (id) => new TerraformVariable(stack, id, { type: "string" }).stringValue,
  ) as [string, string];
  const files = ["1", token].map((content, i) => ManagedFile.file(`/etc/a/${i}`, { content }));
  const environment = { A: token };
  const service = newService(stack, { hosts: [], environment, files, release });
  const conditions = (): { condition: string; error_message: string }[] =>
    synth(stack).resource.terraform_data.puma_web.lifecycle.precondition;
  service.cloudConfig();
  service.cloudConfig({ gzip: true });
  const why =
    "must not be sensitive, as each program on the machine can read the user data of cloudConfig(): " +
    "let the machine fetch it by its own role, or nonsensitive() if it is none.";
  expect(conditions().filter(({ error_message }) => error_message.includes("cloudConfig"))).toEqual([
    { condition: "${!issensitive(tostring(var.v))}", error_message: `PumaService 'web' 'files[1]': ${why}` },
    { condition: "${!issensitive(tostring(var.r))}", error_message: `PumaService 'web' 'release': ${why}` },
  ]);
  // What it has without user data is still asked.
  expect(conditions()).toHaveLength(5);
});

test("of two services of a name each without hosts, only one is in a stack; beside one with hosts it has names of its own", () => {
  const stack = newStack();
  newService(stack, {}, "a");
  const name = "a";
  newService(stack, { hosts: [], name }, "b").cloudConfig();
  expect(Object.keys(synth(stack).locals as object)).toContain("puma_a_with_machines_cloud_config");
  expect(errorOf(() => newService(stack, { hosts: [], name }, "c"))).toBe(
    "PumaService 'c' 'name': must be another than that of a service without 'hosts' in the same stack: " +
      'use a stack for each group of machines, got "a"',
  );
});

test("with the fork it is the same", () => {
  const stack = newStack("blog", cdktn);
  newService(stack, { hosts: [] }).cloudConfig();
  expect(synth(stack, cdktn).locals.puma_web_cloud_config).toBe(written().json.locals.puma_web_cloud_config);
});

test("who never asks for it has nothing of it", () => {
  const stack = newStack();
  newService(stack);
  expect(Object.keys(synth(stack).locals as object).filter((name) => /cloud|first/.test(name))).toEqual([]);
});
