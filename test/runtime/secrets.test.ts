import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifier } from "../../lib/terraform/identifier";
import { folderOf, functions, says, SHELLS, stubs } from "./shell";

/** A host that has had these versions of the secrets, one an hour. */
function versions(...names: readonly string[]): { readonly root: string; readonly folder: string } {
  const root = folderOf();
  const folder = join(root, "var/lib/cdktf-puma/web/secrets");
  names.forEach((name, i) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "environment"), name);
    utimesSync(join(folder, name), i * 3600, i * 3600);
  });
  return { root, folder };
}

describe.each(SHELLS)("under $name", (shell) => {
  test.each(["web1", "web1.example.org", "a_b-c"])(
    "a version that is not on %s is told, and how to bring it",
    async (name) => {
      const settings = { PUMA_SECRETS_VERSION: "3", PUMA_SECRET_FILES: "/none/a\n/none/b" };
      const script = functions(settings).replace("set -- a ", `set -- ${name} `);
      const address = identifier(`puma_web_secrets_on_${name}`);
      expect(await says(shell, `${script}\ncheck_secrets; say "$problems"`)).toBe(
        `\n  - version 3 of the secrets is not on this host (there is no /none/a): bring it by apply -replace='terraform_data.${address}' ('secrets')\n`,
      );
    },
  );

  test("one that is there is no problem, and neither is none", async () => {
    const file = join(folderOf({ a: "" }), "a");
    for (const files of [file, ""]) {
      const settings = { PUMA_SECRETS_VERSION: "3", PUMA_SECRET_FILES: files };
      expect(await says(shell, `${functions(settings)}\ncheck_secrets; say "$problems"`)).toBe("\n");
    }
  });

  test.each<[string, readonly string[]]>([
    ["3", ["3", "4"]],
    ["4", ["4"]],
    ["", []],
  ])("with version %j in effect, older ones go", async (version, left) => {
    const { root, folder } = versions("1", "2", ".2.new", "3", "4");
    await says(shell, `${functions({ PUMA_SECRETS_VERSION: version }, root)}\nforget_old_secrets`);
    expect(existsSync(folder) ? readdirSync(folder).sort() : []).toEqual(left);
  });

  test("where only those in effect are there, no program looks for others", async () => {
    const { root } = versions("3");
    const before = stubs({ find: "echo find", rm: "echo rm" });
    const settings = { PUMA_SECRETS_VERSION: "3" };
    expect(await says(shell, `${functions(settings, root)}\nforget_old_secrets`, { before })).toBe("");
  });

  test.each([
    ["apply", "forget"],
    ["restart", ""],
  ])("a commit of %s: %j", async (action, forgets) => {
    const stubbed =
      "end_leftovers mark recorded split remove_sockets to_disk write_settings keep_copies replace_record put_predecessor_away forget_before"
        .split(" ")
        .map((name) => `${name}() { :; }`)
        .join("\n");
    const script = `${functions().replace("set -- a 192.0.2.1 apply", `set -- a 192.0.2.1 ${action}`)}
      ${stubbed}\nfound=''\nforget_old_secrets() { printf forget; }\ncommit`;
    expect(await says(shell, script)).toBe(forgets);
  });

  test("a first installation that failed leaves what was staged, and a removal nothing", async () => {
    const { root, folder } = versions("1");
    const state = join(folder, "..");
    writeFileSync(join(state, "last"), "");
    await says(shell, `${functions({}, root)}\nforget_state`);
    expect(readdirSync(state)).toEqual(["secrets"]);
    await says(shell, `${functions({}, root)}\nforget_all`);
    expect(existsSync(state)).toBe(false);
  });
});
