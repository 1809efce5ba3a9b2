import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, says, SHELLS } from "./shell";

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe.each(SHELLS)("under $name", (shell) => {
  test("a run's folder is root's alone from its beginning, and so is what has come, whatever an older run left", async () => {
    const root = folderOf({ "var/lib/x": "", "etc/x": "", "run/x": "" });
    const stage = join(root, "run/cdktf-puma/web");
    mkdirSync(join(stage, "candidates"), { recursive: true, mode: 0o755 });
    writeFileSync(join(stage, "answer"), "of before");
    const PUMA_FILES = "/etc/app/puma.rb 640 root:root restart :MQo=";
    const script = `mkdir() { command mkdir "$@"; ls -ld "$STAGE" | cut -c -10; }\nunpack; : >"$STAGE/answer"; : >"$STATE.new"`;
    expect(await says(shell, `${functions({ PUMA_FILES }, root)}\nmkdir -p $ROOT; ${script}`)).toMatch(
      /^(drwx------\n)+$/,
    );
    expect(readdirSync(stage).sort()).toEqual(["answer", "new"]);
    expect([mode(stage), mode(join(stage, "new/etc/app/puma.rb"))]).toEqual(["700", "600"]);
    expect(mode(join(root, "var/lib/cdktf-puma/web.new"))).toBe("644");
  });

  test("the last word of a run is root's alone, and nothing else that it writes is", async () => {
    const root = folderOf({ "var/lib/cdktf-puma/web/record": "owner=site\n" });
    await says(shell, `${functions({}, root)}\nwrite_last "failed: an answer"; : >"$STATE/other"`);
    const state = join(root, "var/lib/cdktf-puma/web");
    expect([mode(join(state, "last")), mode(join(state, "other"))]).toEqual(["600", "644"]);
  });

  test("who processes of the service's user speak of is asked for", async () => {
    const settings = { PUMA_READABLE_FILES: "configFile /etc/a b\ncommand /srv/x" };
    const asked = (words: string): Promise<string> =>
      says(shell, `${functions(settings)}\nif is_asked_for '${words}'; then echo yes; else echo no; fi`);
    expect(
      await Promise.all(["configFile /etc/a b", "command /srv/x", "command /srv", "x", ""].map(asked)),
    ).toEqual(["yes\n", "yes\n", "no\n", "no\n", "no\n"]);
  });
});
