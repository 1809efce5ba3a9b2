/** What was healthy, in order: what becomes a generation, which of them a rollback goes to, and what goes. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Host, STATE, UNIT } from "./committed";
import { functions, sh, SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  /** A host with a generation of each code. */
  async function hostWith(...codes: string[]): Promise<Host> {
    const host = new Host(shell);
    for (const code of codes) await host.commit(code);
    return host;
  }

  test("one rollback after another goes further back, to the first", async () => {
    const host = await hostWith("/1", "/2", "/3");
    expect([await host.rollBack(), await host.rollBack(), await host.rollBack()]).toEqual(["/2", "/1", ""]);
  });

  test("what has been brought back, and was not cleared away as the host lost its power, is not gone back to", async () => {
    const host = await hostWith("/1", "/2", "/3");
    const folder = join(host.root, STATE, "generations");
    cpSync(folder, `${folder}.kept`, { recursive: true });
    expect(await host.rollBack()).toBe("/2");
    cpSync(`${folder}.kept`, folder, { recursive: true });
    expect(await host.rollBack()).toBe("/1");
  });

  test("behind what came after a rollback is what had been rolled back to", async () => {
    const host = await hostWith("/1", "/2", "/bad");
    expect(await host.rollBack()).toBe("/2");
    await host.commit("/4");
    expect([await host.rollBack(), await host.rollBack(), await host.rollBack()]).toEqual(["/2", "/1", ""]);
  });

  test("a restart of the same is none, whatever started it", async () => {
    const host = await hostWith("/1", "/2");
    await host.commit("/2", { action: "restart" });
    await host.commit("/2", { action: "restart" });
    expect(host.generations()).toHaveLength(1);
    expect(await host.rollBack()).toBe("/1");
  });

  test.each([
    ["code", "/3", {}],
    ["units", "/2", { PUMA_HASH: "other" }],
  ])("a restart with other %s is one", async (_, code, settings) => {
    const host = await hostWith("/1", "/2");
    await host.commit(code, { action: "restart", ...settings });
    expect(host.generations()).toHaveLength(2);
    expect(await host.rollBack()).toBe("/2");
  });

  test("five are kept, what runs among them, and all of these can be gone back to", async () => {
    const host = await hostWith("/1", "/2", "/3", "/4", "/5", "/6", "/7");
    expect(host.generations()).toHaveLength(4);
    const codes = [
      await host.rollBack(),
      await host.rollBack(),
      await host.rollBack(),
      await host.rollBack(),
    ];
    expect(codes).toEqual(["/6", "/5", "/4", "/3"]);
    expect([await host.rollBack(), host.generations().length]).toEqual(["", 4]);
  });

  test("what only the way back of a run needed goes", async () => {
    const host = await hostWith("/1", "/2");
    const [id = ""] = host.generations();
    expect(readdirSync(join(host.root, STATE, "generations", id)).sort()).toEqual([
      "live",
      "record",
      "settings",
    ]);
  });

  test("a clock that was set back changes no order", async () => {
    const host = await hostWith("/1", "/2");
    Object.assign(host, { clock: 10 });
    await host.commit("/3");
    expect(await host.rollBack()).toBe("/2");
  });

  /** By what, and by whom, what runs has come. */
  const came = (host: Host): Promise<string> =>
    host.run('recorded web generation; printf %s "${found#* * }"; say_asked_since');

  test("what an apply finds as the stack says it is is the apply's, and behind it is what was", async () => {
    const host = await hostWith("/1", "/2", "/3");
    await host.rollBack();
    expect(await came(host)).toMatch(/^rollback mesince the last apply:\n/);
    await host.commit("/2", { action: "restart" });
    expect(await came(host)).toMatch(/^rollback me/);
    const kept = host.generations();
    await host.commit("/2");
    expect([await came(host), host.generations()]).toEqual(["apply me", kept]);
    expect([await host.rollBack(), await host.rollBack()]).toEqual(["/1", ""]);
  });

  test("what is kept stopped is none, and behind it is what ran before", async () => {
    const host = await hostWith("/1", "/2");
    await host.commit("/2", { PUMA_START_ON: "never" });
    expect(await host.run("recorded web generation; printf %s $found")).toBe("");
    await host.commit("/3");
    expect([await host.rollBack(), await host.rollBack()]).toEqual(["/2", "/1"]);
  });

  test("an apply with nothing to do where somebody rolled back makes that the stack's", async () => {
    const host = await hostWith("/1", "/2");
    await host.rollBack();
    const was = await host.run('recorded web generation; printf %s "$found"');
    const refreshed = (action: string): Promise<string> =>
      host.run(
        'recorded web generation; generation=$found; take_over_generation; printf %s "$generation"',
        action,
      );
    expect(was).toMatch(/^\d+ \d+ rollback me$/);
    expect(await refreshed("restart")).toBe(was);
    expect(await refreshed("apply")).toBe(was.replace("rollback", "apply"));
  });

  test("a first installation, and one by an older version, leave none", async () => {
    const host = new Host(shell);
    await host.commit("/1");
    expect(host.generations()).toEqual([]);
    const record = join(host.root, STATE, "record");
    writeFileSync(record, readFileSync(record, "utf8").replace(/^generation=.*\n/m, ""));
    await host.commit("/2");
    expect([host.generations(), await host.rollBack()]).toEqual([[], ""]);
  });

  const FORM = { PUMA_SETTINGS_FORM: "now" };

  test.each([
    ["of another version", "then", "/usr", /was kept by another version of cdktf-puma/],
    ["whose code is gone", "now", "/nowhere", /the code of the generation of .* is gone from \/nowhere/],
  ])("one %s is refused", async (_, form, path, told) => {
    const host = await hostWith(path, "/2");
    const [id = ""] = host.generations();
    writeFileSync(join(host.root, STATE, "generations", id, "settings"), `PUMA_SETTINGS_ARE=${form}\n`);
    const script = `time_of_generation() { echo then; }\n(check_generation ${id}) || :`;
    expect(await host.run(script, "rollback", "", FORM)).toMatch(told);
  });

  test("one whose secrets have gone is refused by their version", async () => {
    const host = new Host(shell);
    const secrets = { PUMA_SECRETS_VERSION: "3", PUMA_SECRET_FILES: "/nowhere/3/environment" };
    expect(await host.run('check_secrets; printf %s "$problems"', "rollback", "1000", secrets)).toBe(
      "\n  - version 3 of the secrets, which that generation uses, is not on this host any more (there is no /nowhere/3/environment) ('secrets')",
    );
  });

  test.each([
    ["an apply", "apply", "", 1],
    ["a rollback", "rollback", "1000", 0],
  ])("%s needs the link that is watched, if it goes by it", async (_, action, target, problems) => {
    const watched = { PUMA_WATCHED: "link /nowhere/current" };
    const said = await new Host(shell).run('check_watched; printf %s "$problems"', action, target, watched);
    expect(said.split("is no link").length - 1).toBe(problems);
  });

  test("a service that only its first connection starts is not as it is to be while it was rolled back to", async () => {
    const host = new Host(shell);
    const script = `change_of() { found=''; }; read_change_of_files() { :; }; are_installed() { :; }; is_enabled_right() { :; }
      compare; printf '%s ' $installed
      file=$(last_release_file web); mkdir -p "\${file%/*}"; : >"$file"
      compare; printf %s $installed`;
    expect(await host.run(script)).toBe("true false");
  });

  test("one that is whole is not", async () => {
    const host = await hostWith("/usr", "/2");
    const [id = ""] = host.generations();
    writeFileSync(join(host.root, STATE, "generations", id, "settings"), "PUMA_SETTINGS_ARE=now\n");
    const link = `${host.root}/usr`;
    const unit = join(host.root, STATE, "generations", id, "live/web.service");
    writeFileSync(unit, `[Service]\nWorkingDirectory=${link}\nExecStart=/bin/sh\n`);
    expect(await host.run(`check_generation ${id}; echo on`, "rollback", "", FORM)).toBe("on\n");
  });

  test("what the run reads of the service's folder is of the code of then, and nothing else", async () => {
    const { root } = new Host(shell);
    mkdirSync(join(root, "releases/1"), { recursive: true });
    symlinkSync("releases/2", join(root, "current"));
    const [link, code] = [join(root, "current"), join(root, "releases/1")];
    const settings = [
      `PUMA_DIRECTORY='${link}'`,
      `PUMA_EXECUTABLE='${link}/sbin/puma'`,
      `PUMA_VERSION_COMMAND=''\\''${link}/sbin/puma'\\'' '\\''--version'\\'''`,
      `PUMA_BINDS='unix ${link}/tmp/puma.sock'`,
      `PUMA_READABLE_FILES='configFile ${link}/config/puma.rb`,
      `configFile ${link}-2/a'`,
      `PUMA_RELEASE='${link}'`,
    ];
    const file = join(root, "settings");
    writeFileSync(file, `${settings.join("\n")}\n`);
    const script = `${functions({}, root)}\nwith_release settings ${file} ${link} ${code}`;
    const { stdout } = await sh(shell, script);
    expect(stdout.split("\n")).toEqual([
      `PUMA_DIRECTORY='${code}'`,
      `PUMA_EXECUTABLE='${code}/sbin/puma'`,
      `PUMA_VERSION_COMMAND=''\\''${code}/sbin/puma'\\'' '\\''--version'\\'''`,
      `PUMA_BINDS='unix ${link}/tmp/puma.sock'`,
      `PUMA_READABLE_FILES='configFile ${code}/config/puma.rb`,
      `configFile ${link}-2/a'`,
      `PUMA_RELEASE='${link}'`,
      "",
    ]);
  });

  test.each([
    ["leads where it led then", "", "own\n"],
    ["has moved since", "rm current; ln -s releases/3 current", "link\n"],
    ["was moved to what runs", "rm current; ln -s releases/1 current", "link\n"],
    [
      "had moved before a run that failed, which has brought it back by itself",
      'echo "[Service]" >"$file"',
      "link\n",
    ],
  ])("a restart takes what was rolled back to if the link %s", async (_, change, told) => {
    const host = new Host(shell);
    const { root } = host;
    for (const name of ["1", "2", "3"]) mkdirSync(join(root, "releases", name), { recursive: true });
    symlinkSync("releases/2", join(root, "current"));
    mkdirSync(join(root, STATE, "live"));
    mkdirSync(join(root, STATE, "generations"));
    writeFileSync(join(root, STATE, "live/web.service"), UNIT.replace("/srv/app", root));
    writeFileSync(join(root, STATE, "record"), `path=${root}/releases/1\n`);
    const script = `cd ${root}
      file=$(last_release_file web)
      mkdir -p "\${file%/*}"
      where_it_leads ${root}/current >"$file"
      ${change}
      if is_still_rolled_back; then echo own; else echo link; fi`;
    expect(await host.run(script, "restart")).toBe(told);
  });
});
