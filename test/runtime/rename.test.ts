/** Renames: who the predecessor is, who is let go first, what a run that was cut off left, and what would be lost. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, quoted, says, sh, type Shell, SHELLS, stubs } from "./shell";

const LIB = "var/lib/cdktf-puma";
const OWNED = "owner=site\nhost=a\naddress=192.0.2.1\n";
const record = (binds: string, units = ""): string => `${OWNED}units=${units}\nbinds=${binds}\n`;

describe.each(SHELLS)("under $name", (shell: Shell) => {
  const run = (
    root: string,
    script: string,
    settings: Record<string, string> = {},
    commands = {},
  ): Promise<string> =>
    says(shell, `${functions(settings, root)}\nmkdir -p "$STAGE"\n${script}`, { before: stubs(commands) });

  test.each([
    ["http 0.0.0.0 9292", "http 0.0.0.0 9292", "shop "],
    ["http 0.0.0.0 9292", "http 127.0.0.1 9292", "shop "],
    ["http 127.0.0.1 9292", "https 0.0.0.0 9292", "shop "],
    ["http :: 9292", "http 127.0.0.1 9292", "shop "],
    ["http 0.0.0.0 9292", "http ::1 9292", ""],
    ["http 127.0.0.1 9292", "http 127.0.0.2 9292", ""],
    ["http 0.0.0.0 9292", "http 0.0.0.0 9393", ""],
    ["http 0.0.0.0 1;unix /run/a.sock", "unix /run/a.sock", "shop "],
    ["unix /run/a.sock", "unix /run/b.sock", ""],
    ["", "http 0.0.0.0 9292", ""],
  ])("a service at %j is in the way of one at %j: %j", async (theirs, mine, abandoned) => {
    const root = folderOf({ [`${LIB}/shop/record`]: record(theirs) });
    expect(await run(root, 'find_abandoned; printf %s "$abandoned"', { PUMA_BINDS: mine })).toBe(abandoned);
  });

  test.each([
    ["the same command and directory", "ExecStart=puma -C a\nWorkingDirectory=/srv\n", "shop "],
    ["another configuration", "ExecStart=puma -C b\nWorkingDirectory=/srv\n", ""],
    ["another port", 'ExecStart=puma -C a\nWorkingDirectory=/srv\nEnvironment="PORT=1"\n', ""],
    ["another directory", "ExecStart=puma -C a\nWorkingDirectory=/opt\n", ""],
  ])("without binds, one with %s is what this one was: %j", async (_, unit, abandoned) => {
    const root = folderOf({
      [`${LIB}/shop/record`]: record(""),
      [`${LIB}/shop/live/shop.service`]: `Environment=A=1\n${unit}`,
    });
    const script = `mkdir -p "$STAGE/new$ETC"
      printf 'ExecStart=puma -C a\\nWorkingDirectory=/srv\\n' >"$STAGE/new$ETC/web.service"
      find_abandoned; printf %s "$abandoned"`;
    expect(await run(root, script)).toBe(abandoned);
  });

  test("what a run had begun to rename, and that is no more wanted, is in the way as its predecessor is", async () => {
    const root = folderOf({
      [`${LIB}/shop/record`]: record("http 0.0.0.0 9292", "shop.service"),
      [`${LIB}/store/before/predecessor`]: "shop\n",
      [`${LIB}/store/before/units`]: "store.service none inactive\nshop.service enabled active\n",
      [`${LIB}/store/before/files/shop.service`]: "",
    });
    const script = 'find_abandoned; printf %s "$abandoned"; units_of store; printf %s "$found"';
    expect(await run(root, script, { PUMA_BINDS: "http 0.0.0.0 9292" })).toBe("shop store  store.service ");
  });

  test.each([
    [
      "web.socket web.service",
      "shop.socket shop.service",
      "web.socket=shop.socket web.service=shop.service ",
    ],
    [
      "web.socket admin.socket web.service",
      "shop.socket admin.socket shop.service",
      "web.socket=shop.socket admin.socket=admin.socket web.service=shop.service ",
    ],
    [
      "admin.socket web.socket web.service",
      "shop.socket admin.socket shop.service",
      "admin.socket=admin.socket web.socket=shop.socket web.service=shop.service ",
    ],
    [
      "web.socket web-b.socket web.service",
      "shop.socket shop-b.socket shop.service",
      "web.socket=shop.socket web-b.socket=shop-b.socket web.service=shop.service ",
    ],
    [
      "web.socket b.socket web.service",
      "shop.socket shop.service",
      "web.socket=shop.socket web.service=shop.service ",
    ],
  ])("the units %j come in the place of %j", async (mine, theirs, renames) => {
    const root = folderOf({ [`${LIB}/shop/record`]: record("", theirs) });
    expect(await run(root, "renames_of shop", { PUMA_UNITS: mine })).toBe(renames);
  });

  describe("a rename that was cut off when it had its record", () => {
    const done = (): string =>
      folderOf({
        [`${LIB}/shop/record`]: record(""),
        [`${LIB}/web/record`]: record(""),
        [`${LIB}/web/before/predecessor`]: "shop\n",
      });

    test("is not cut off in the middle, and is cleared up by a run of its name", async () => {
      const root = done();
      const script =
        'is_cut_off web && echo "in the middle"; hold_lock_of() { echo "lock of $1"; }; settle_renames';
      expect(await run(root, script)).toBe("lock of shop\n");
      expect(readdirSync(join(root, LIB))).toEqual(["web"]);
      expect(readdirSync(join(root, LIB, "web"))).toEqual(["record"]);
    });

    test("and by one of its former name, which has the lock", async () => {
      const root = done();
      expect(await run(root, "hold_lock_of() { exit 9; }; settle_renames", { PUMA_SERVICE: "shop" })).toBe(
        "",
      );
      expect(readdirSync(join(root, LIB))).toEqual(["web"]);
      expect(existsSync(join(root, LIB, "web/before"))).toBe(false);
    });

    test("but not where a run of its former name did so while that was waited for", async () => {
      const root = done();
      await run(root, 'hold_lock_of() { rm -rf "$STATE/before"; }; settle_renames');
      expect(readdirSync(join(root, LIB)).sort()).toEqual(["shop", "web"]);
    });
  });

  test("a rename whose predecessor was removed since is a first installation that was cut off", async () => {
    const root = folderOf({
      [`${LIB}/web/before/predecessor`]: "shop\n",
      [`${LIB}/web/before/renames`]: "web.service=shop.service\n",
      [`${LIB}/web/before/units`]: "web.service none inactive\nshop.service enabled active\n",
      [`${LIB}/web/before/files/shop.service`]: "",
    });
    const script =
      'hold_lock_of() { :; }; recall_predecessor; printf %s "$predecessor$renames"; cat "$STATE/before/units"';
    expect(await run(root, script)).toBe("web.service none inactive\n");
    expect(readdirSync(join(root, LIB, "web/before")).sort()).toEqual(["files", "units"]);
  });

  describe("the lock of another service", () => {
    const busy = (times: number): Record<string, string> => ({
      "systemd-run": `echo x >>"$LOG"; [ "$(wc -l <"$LOG")" -gt ${times} ]`,
      systemctl: 'case $1 in show) echo "cdktf-puma remove of shop" ;; esac',
      sleep: "",
    });
    const hold = async (times: number): Promise<[number, string]> => {
      const patient = functions().replace("apply me web", "apply me web web site 3");
      const script = `set -eu\n${patient}\nhold_lock_of shop; echo held`;
      const { code, stdout } = await sh(shell, script, {
        before: stubs(busy(times)),
        env: { LOG: join(folderOf(), "log") },
      });
      return [code, stdout];
    };

    test("is waited for, in words that say whose run has it", async () => {
      expect(await hold(2)).toEqual([
        0,
        "waiting for another run to end, as web was shop: cdktf-puma remove of shop\nheld\n",
      ]);
    });

    test("is waited for no longer than the service says, and nothing is changed", async () => {
      expect(await hold(9)).toEqual([
        1,
        "waiting for another run to end, as web was shop: cdktf-puma remove of shop\n" +
          "FAILED on a: another run did not end within 3s, and web was shop; nothing was changed: cdktf-puma remove of shop\n",
      ]);
    });
  });

  test.each([
    ["/etc/systemd/system/shop.service.d/a.conf", true],
    ["/etc/systemd/system.control/shop.service.d/50-MemoryMax.conf", true],
    ["/etc/systemd/system/shop-.service.d/a.conf", true],
    ["/etc/systemd/system/service.d/a.conf", false],
    ["/etc/systemd/system/we-.service.d/a.conf", true],
    ["/etc/systemd/system/web-.service.d/a.conf", false],
    ["/etc/systemd/system/shop.service.d/50-cdktf-puma-back-off.conf", false],
  ])("a drop-in %s of a renamed service is told of: %j", async (file, told) => {
    const script = `facts=${quoted(`\n[web-a.service]\nDropInPaths=${file}\n`)}
      renames=web-a.service=shop.service; check_drop_ins; printf %s "$problems"`;
    const said = await says(shell, `${functions({}, "")}\n${script}`);
    expect(said.includes(`${file} would not count for web-a.service, which is shop.service until now`)).toBe(
      told,
    );
  });

  test.each([
    ["two services exchange their names", "web shop", true],
    ["one gets the name of another that gets a new one", "web store", true],
    ["one only takes what another leaves", "web", false],
  ])("a name is refused where %s", async (_, siblings, refused) => {
    const root = folderOf({
      [`${LIB}/web/record`]: record("http 0.0.0.0 9393"),
      [`${LIB}/shop/record`]: record("http 0.0.0.0 9292"),
    });
    const script = functions({ PUMA_BINDS: "http 0.0.0.0 9292" }, root).replace(
      "apply me web",
      `apply me ${quoted(siblings)}`,
    );
    const said = await says(shell, `${script}\ncheck_name; printf %s "$problems"`);
    expect(said.includes("web listens elsewhere until now, and shop listens where it is to")).toBe(refused);
  });
});
