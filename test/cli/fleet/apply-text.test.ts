/** What an apply would send, as the command line reads it of a synthesized stack. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformVariable } from "cdktf";
import { Connection, ManagedFile, PumaService, type PumaServiceProps } from "../../../lib";
import { applyText } from "../../../lib/cli/fleet/apply-text";
import { Expressions } from "../../../lib/cli/fleet/expressions";
import { fleetOf } from "../../../lib/cli/fleet/fleet";
import { newHost, newService, newStack, synth } from "../../stack";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-apply-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOSTILE = `it's "\${x}" %{y} $HOME \\n \\\\ \`id\` é \t end`;

type Given = Partial<PumaServiceProps> | ((stack: ReturnType<typeof newStack>) => Partial<PumaServiceProps>);

/** The launcher's variables for a service, and its units. */
function sent(given: Given): { service: PumaService; text: string; siblings: string } {
  const stack = newStack("blog");
  const service = newService(stack, typeof given === "function" ? given(stack) : given);
  const file = join(folder, "cdk.tf.json");
  writeFileSync(file, JSON.stringify(synth(stack)));
  const [placement] = fleetOf({ output: file }).placements;
  return { service, ...applyText(file, placement as never) };
}

/** A variable of the settings that the launcher hands over. */
function setting(text: string, name: string): string {
  const before = text.slice(0, text.lastIndexOf("\nreadonly PUMA_SERVICE PUMA_ACTION"));
  const script = `${before}\neval "$PUMA_SETTINGS"\nprintf %s "$${name}"`;
  return spawnSync("/bin/dash", ["-s"], { input: script, encoding: "utf8", env: {} }).stdout;
}

/** The files that are sent, by their paths. */
const files = (text: string): Record<string, string> =>
  Object.fromEntries(
    setting(text, "PUMA_FILES")
      .split("\n")
      .map((line) => line.split(" "))
      .map(([path = "", , , , data = ""]) => [path, Buffer.from(data.slice(1), "base64").toString()]),
  );

test.each<[string, Given]>([
  ["the engine reaches", {}],
  ["OpenSSH reaches", { hosts: [newHost("web1", { connection: Connection.openssh() })] }],
])("a host that %s is sent each file as it is", (_, given) => {
  const { service, text, siblings } = sent({
    environment: { HOSTILE: HOSTILE.replace("\t", " ") },
    release: HOSTILE.replace("\t", " "),
    files: [ManagedFile.file("/etc/blog/a", { content: `${HOSTILE}\n\nb` })],
    ...given,
  });
  const there = files(text);
  expect(there["/etc/systemd/system/web.service"]).toBe(service.unitFiles["web.service"]);
  expect(there["/etc/blog/a"]).toBe(`${HOSTILE}\n\nb\n`);
  expect(there["/var/lib/cdktf-puma/web/stop.sh"]).toMatch(/^#!\/bin\/sh\n/);
  expect(setting(text, "PUMA_RELEASE")).toBe(HOSTILE.replace("\t", " "));
  expect(setting(text, "PUMA_OWNER")).toBe("blog");
  expect(setting(text, "PUMA_HASH")).toMatch(/^[0-9a-f]{12}$/);
  expect(siblings).toBe("web");
  expect(text).toContain("\nPUMA_ACTION='apply'\n");
  expect(text.trimEnd()).toMatch(/launch <\/dev\/null$/);
});

test("a variable counts as an engine would find it, and what only the engine knows is named", () => {
  const given = (stack: ReturnType<typeof newStack>): Given => ({
    release: new TerraformVariable(stack, "release", { type: "string" }).stringValue,
  });
  process.env.TF_VAR_release = "it's 2";
  expect(setting(sent(given as never).text, "PUMA_RELEASE")).toBe("it's 2");
  delete process.env.TF_VAR_release;
  expect(() => sent(given as never)).toThrow(
    "what it is to be is known to the engine alone (var.release): see it in a plan",
  );
});

test.each<[string, unknown]>([
  ['${replace("a.b", ".", "$$")}', "a$$b"],
  ['${join("-", flatten([for key, value in local.map : [key, value]]))}', "a-1-2-b-3"],
  ['${terraform.workspace == "default" ? "blog" : "blog/${terraform.workspace}"}', "blog/qa"],
  ['${substr(sha256("a"), 0, 12)}', "ca978112ca1b"],
  ['${trimsuffix(trimprefix(jsonencode("a\\"b"), "\\""), "\\"")}', 'a\\"b'],
  ["$${a} %%{b} $c", "${a} %{b} $c"],
  ['a${local.map["b"][0]}b', "a3b"],
])("%s", (template, expected) => {
  const map = { a: ["1", "2"], b: ["3"] };
  const known = ([first, second, ...rest]: readonly string[]): unknown =>
    first === "terraform"
      ? "qa"
      : second === "map"
        ? rest.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], map)
        : undefined;
  expect(Expressions.template(template, known)).toBe(expected);
});
