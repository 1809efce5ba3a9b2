/** Files of a service: whose they are on a host, and what is seen of new ones before they are in their places. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { STATE, STAGE, writeNew } from "./host";
import { folderOf, functions, says, SHELLS } from "./shell";

const RECORD = (owner: string, files: string): string => `format=1\nowner=${owner}\nfiles=${files}\n`;
const PLACE = "# cdktf-puma: a file is about to be put here\n";

/** A host with these files, and a run that brings `/etc/a` to `/etc/c`. */
function prelude(
  there: Record<string, string>,
  settings: Record<string, string> = {},
): { root: string; begin: string } {
  const root = folderOf({ "etc/systemd/system/x": "", ...there });
  for (const name of ["a", "b", "c"]) writeNew(root, `etc/app/${name}`, `new ${name}\n`);
  const lines = ["a 0640 root:root restart", "b 0600 root:root restart", "c 0640 root:root reload"];
  const PUMA_FILES = lines.map((line) => `${root}/etc/app/${line} :`).join("\n");
  const all = { PUMA_FILES, PUMA_OWNER: "blog", PUMA_TAKE_OVER: "false", ...settings };
  return { root, begin: `${functions(all, root)}\nread_files; read_sums` };
}

describe.each(SHELLS)("under $name", (shell) => {
  const judge = async (there: Record<string, string>, settings = {}): Promise<string> => {
    const { root, begin } = prelude({ "etc/app/a": "old\n", ...there }, settings);
    return (await says(shell, `${begin}; check_files; printf %s "$problems"`)).replaceAll(root, "");
  };
  const THEIRS = "/etc/app/a was not written by this service";

  test.each<[what: string, there: (root: string) => Record<string, string>, isRefused: boolean]>([
    ["of nobody that is known", () => ({}), true],
    ["of the service", (root) => ({ [`${STATE}/record`]: RECORD("blog", `${root}/etc/app/a`) }), false],
    [
      "of another service of the stack",
      (root) => ({ "var/lib/cdktf-puma/api/record": RECORD("blog", `/x ${root}/etc/app/a /y`) }),
      false,
    ],
    [
      "of another stack's service",
      (root) => ({ "var/lib/cdktf-puma/api/record": RECORD("shop", `${root}/etc/app/a`) }),
      true,
    ],
    [
      "that a run had begun to add",
      (root) => ({
        [`${STATE}/before/paths`]: `${root}/etc/app/a\n`,
        [`${STATE}/before/units`]: "",
      }),
      false,
    ],
    ["that only keeps its place", () => ({ "etc/app/a": PLACE }), false],
  ])("a file %s: refused %#", async (_, there, isRefused) => {
    const { root, begin } = prelude({ "etc/app/a": "old\n" });
    for (const [path, text] of Object.entries(there(root))) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const said = await says(shell, `${begin}; check_files; printf %s "$problems"`);
    expect(said.replaceAll(root, "").includes(THEIRS)).toBe(isRefused);
  });

  test("what is to be taken over is not refused, and a folder always is", async () => {
    expect(await judge({}, { PUMA_TAKE_OVER: "true" })).toBe("");
    expect(await judge({ "etc/app/b/x": "" }, { PUMA_TAKE_OVER: "true" })).toContain(
      "/etc/app/b is a folder, where a file is to be",
    );
  });

  test("who is to own a file has to be there", async () => {
    const { begin } = prelude({});
    const script = `files="/x 0640 nobody-here:nogroup-here restart"; declared_paths=/x; check_files; printf %s "$problems"`;
    expect(await says(shell, `${begin}; ${script}`)).toBe(
      "\n  - there is no user 'nobody-here' to own a file ('files')" +
        "\n  - there is no group 'nogroup-here' to own a file ('files')",
    );
  });

  test("the service's group is written out, and no other", async () => {
    const { begin } = prelude({}, { PUMA_GROUP: "" });
    const script = `account="uid=1(web) gid=77(web) groups=77(web)"
      files="/x 0640 root:@ restart
/y 0640 root:adm reload"; name_owners; printf %s "$files"`;
    expect(await says(shell, `${begin}; ${script}`)).toBe("/x 0640 root:77 restart\n/y 0640 root:adm reload");
  });

  test("a file that is open to others, or another's, differs", async () => {
    const same = { "etc/app/a": "new a\n", "etc/app/b": "new b\n", "etc/app/c": "new c\n" };
    const { root, begin } = prelude(same);
    const at = `cd ${root}/etc/app; me=$(id -un):$(id -gn); gid=$(id -g)`;
    const script = `chmod 640 a c; chmod 644 b
      files="${root}/etc/app/a 0640 $me restart
${root}/etc/app/b 0600 $me restart
${root}/etc/app/c 0640 $me:x reload"
      read_access_of_files; printf %s "$differing"`;
    expect((await says(shell, `${begin}; ${at}; ${script}`)).replaceAll(`${root}/etc/app/`, "").trim()).toBe(
      "b c",
    );
  });

  test("what runs before they are in their places finds new files there, and their places go again", async () => {
    const { root, begin } = prelude({ "etc/app/a": "old\n", "etc/app/c": "new c\n" });
    const unit = join(root, "unit");
    writeFileSync(
      unit,
      `[Service]\nEnvironmentFile=${root}/etc/app/b\nEnvironmentFile=-/etc/x\nEnvironmentFile=${root}/etc/app/c\n[Install]`,
    );
    const show = `${begin}; chown() { :; }; show_new_files ${unit}`;
    await says(shell, show);
    const stage = `${root}/${STAGE}/new`;
    expect(readFileSync(unit, "utf8").replaceAll(stage, "NEW").replaceAll(root, "")).toBe(
      "[Service]\nEnvironmentFile=NEW/etc/app/b\nEnvironmentFile=-/etc/x\nEnvironmentFile=/etc/app/c\n[Install]\n\n" +
        "[Service]\nBindReadOnlyPaths=NEW/etc/app/a:/etc/app/a\nBindReadOnlyPaths=NEW/etc/app/b:/etc/app/b\n",
    );
    expect(readFileSync(join(root, "etc/app/b"), "utf8")).toBe(PLACE);
    await says(shell, `${begin}; remove_mount_points`);
    expect(existsSync(join(root, "etc/app/b"))).toBe(false);
    expect(readFileSync(join(root, "etc/app/a"), "utf8")).toBe("old\n");
  });

  test.each<[what: string, live: string, there: string, again: boolean, reason: string]>([
    ["as it runs", "new a\n", "new a\n", false, ""],
    ["another than it runs with", "old\n", "old\n", false, "/etc/app/a"],
    ["that came while Puma was left running", "old\n", "new a\n", false, "/etc/app/a"],
    ["that it has read since, by a restart by hand", "old\n", "new a\n", true, ""],
    ["that somebody edited, and then restarted it", "new a\n", "old\n", true, "/etc/app/a"],
    ["that others brought as it is to be", "", "new a\n", false, ""],
    ["that others brought as another", "", "old\n", false, "/etc/app/a"],
    ["that is not there", "", "", false, "/etc/app/a"],
  ])("a file %s is a reason to restart, or none", async (_, live, there, again, reason) => {
    const { root } = prelude({});
    const copy = (name: string): string =>
      `${STATE}/live/${root.slice(1).replaceAll("/", "!")}!etc!app!${name}`;
    const files = {
      [copy("a")]: live,
      [copy("b")]: "new b\n",
      "etc/app/a": there,
      "etc/app/b": "new b\n",
    };
    for (const [path, text] of Object.entries(files).filter(([, text]) => text !== "")) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const settings = {
      PUMA_FILES: ["a", "b"].map((name) => `${root}/etc/app/${name} 0640 root:root restart :`).join("\n"),
    };
    const script = `was_started_again() { ${again}; }; read_files; read_sums; read_change_of_files; printf %s "$files_change"`;
    expect((await says(shell, `${functions(settings, root)}\n${script}`)).replaceAll(root, "")).toBe(reason);
  });

  test.each<[what: string, answer: string, isNew: boolean, said: string]>([
    ["loads", "puma version 6.6.0\n\nconfiguration: loads\n", true, ""],
    [
      "does not load",
      "puma version 6.6.0\n\nconfiguration: refuses line 3: no such thing (NameError)\n",
      false,
      "\n  - Puma does not load /etc/app/a: line 3: no such thing (NameError) ('files')",
    ],
    [
      "says what no terminal should see",
      "configuration: refuses \u001b[31mred\n",
      true,
      "\n  - Puma does not load /etc/app/a: ?[31mred ('files')",
    ],
    [
      "tells nothing of a new one",
      "puma version 6.6.0\n",
      true,
      "note: nobody could tell whether Puma loads /etc/app/a: the command starts no Ruby that goes by RUBYOPT ('command')\n",
    ],
    ["tells nothing of one that is there", "puma version 6.6.0\n", false, ""],
  ])("a Puma that %s", async (_, answer, isNew, said) => {
    const there: Record<string, string> = isNew ? {} : { "etc/app/a": "new a\n" };
    const { root } = prelude(there);
    const settings = {
      PUMA_FILES: `${root}/etc/app/a 0640 root:root restart :`,
      PUMA_READABLE_FILES: `configFile ${root}/etc/app/a\nbinds /srv/key.pem`,
    };
    writeFileSync(join(root, STAGE, "version"), answer);
    const script = 'read_files; read_sums; judge_config; printf %s "$problems"';
    expect((await says(shell, `${functions(settings, root)}\n${script}`)).replaceAll(root, "")).toBe(said);
  });

  test("a configuration file that the service only names is not asked about", async () => {
    const { begin } = prelude({}, { PUMA_READABLE_FILES: "configFile /srv/config.rb" });
    expect(await says(shell, `${begin}; declared_config; printf %s "[$found]"`)).toBe("[]");
  });

  test("a file that another service of the stack has, or is about to have, is not removed with this one", async () => {
    const { root, begin } = prelude({});
    const path = (name: string): string => `${root}/etc/app/${name}`;
    const files = {
      [`${STATE}/record`]: RECORD("blog", ["d", "e", "f", "g"].map(path).join(" ")),
      "var/lib/cdktf-puma/api/record": RECORD("blog", path("d")),
      "var/lib/cdktf-puma/new/before/paths": `${path("e")}\n`,
      "var/lib/cdktf-puma/shop/record": RECORD("shop", path("f")),
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    await says(
      shell,
      `${begin}; cd ${root}/etc/app 2>/dev/null || mkdir -p ${root}/etc/app; cd ${root}/etc/app; touch d e f g; remove_declared web`,
    );
    expect(["d", "e", "f", "g"].filter((name) => existsSync(path(name)))).toEqual(["d", "e"]);
  });
});
