import { folderOf, functions, quoted, says, sh, SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  test.each([
    ["", "", ""],
    ["a b c", "", "a b c "],
    ["a b c", "b", "a c "],
    ["a b c", "c a", "b "],
    ["a b c", "a b c d", ""],
    ["web.service web.socket", "web.service", "web.socket "],
    ["web", "web.service", "web "],
    ["web.service", "web", "web.service "],
    [" a  b ", " b ", "a "],
    ["a\nb\nc", "c\nb", "a "],
  ])("words of '%s' without those of '%s'", async (some, others, rest) => {
    const call = `words_without ${quoted(some)} ${quoted(others)}`;
    expect(await says(shell, `${functions()}\n${call}`)).toBe(rest);
  });

  test.each([
    ["a=1\nb=2\n", "b=", "2"],
    ["a=1\na=2\n", "a=", "1"],
    ["a=1\nba=2\n", "c=", ""],
    ["\na= 1  *  ?\n", "a=", " 1  *  ?"],
    ["Listen=[::]:9292 (Stream)\n", "Listen=", "[::]:9292 (Stream)"],
    ["a=\\n$(no)\nb=2", "a=", "\\n$(no)"],
    ["a*=1\nab=2\n", "ab=", "2"],
    ["ab=2\na*=1\n", "a*=", "1"],
    ["", "a=", ""],
  ])("of '%s' the rest of the line that begins with '%s'", async (lines, beginning, rest) => {
    const cwd = folderOf({ "a=1": "", "Listen=:": "" });
    const script = `rest_of ${quoted(lines)} ${quoted(beginning)}; printf %s "$found"; for word in *; do printf " %s" "$word"; done`;
    expect(await says(shell, `${functions()}\n${script}`, { cwd })).toBe(`${rest} Listen=: a=1`);
  });

  test("each unit has properties of its own", async () => {
    const facts =
      "\n[a.socket]\nActiveState=active\nListen=[::]:1 (Stream)\n\n[a.service]\nActiveState=failed\n";
    const script = `facts=${quoted(facts)}
      for unit in a.socket a.service b.service; do property $unit ActiveState; printf '%s ' "$unit:$found"; done
      property a.service Listen; printf %s "$found"`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe(
      "a.socket:active a.service:failed b.service: ",
    );
  });

  describe("a record", () => {
    const record = "owner=site\nhost=a\nunits=web.socket web.service\nrelease=a=b  c\npath=\n";
    const root = folderOf({ "var/lib/cdktf-puma/web/record": record });
    test.each([
      ["web", "owner", "site"],
      ["web", "units", "web.socket web.service"],
      ["web", "release", "a=b  c"],
      ["web", "path", ""],
      ["web", "own", ""],
      ["web", "hash", ""],
      ["api", "owner", ""],
    ])("of %s says of %s", async (service, key, value) => {
      expect(
        await says(shell, `${functions({}, root)}\nrecorded ${service} ${key}; printf %s "$found"`),
      ).toBe(value);
    });

    test("tells whose a service is", async () => {
      const owners = `${functions({}, root)}
        is_ours web && echo ours; is_ours api || echo not ours; ! is_of_others || echo theirs`;
      expect(await says(shell, owners)).toBe("ours\nnot ours\n");
      const others = `${functions({ PUMA_OWNER: "other" }, root)}\nis_ours web || echo not ours; is_of_others && echo theirs`;
      expect(await says(shell, others)).toBe("not ours\ntheirs\n");
    });
  });

  test.each([
    ["6.1", true],
    ["6.1.0", true],
    ["6.10", true],
    ["6.6.0", true],
    ["7.0", true],
    ["10.0", true],
    ["6.0.2", false],
    ["5.6.5", false],
    ["4.3.8", false],
  ])("Puma %s tells systemd that it is ready: %s", async (version, expected) => {
    const { code, stderr } = await sh(shell, `${functions()}\nat_least_6_1 ${version}`);
    expect({ code, stderr }).toEqual({ code: expected ? 0 : 1, stderr: "" });
  });

  test.each([
    ["6.6", "6.6.0", true],
    ["6.6.0", "6.6.0", true],
    ["", "6.6.0", true],
    ["6.6", "6.60.0", false],
    ["6.6.1", "6.6.0", false],
    ["7.0", "6.6.0", false],
  ])("'pumaVersion' %j is that of a host with Puma %s: %s", async (PUMA_VERSION, version, expected) => {
    const { code, stderr } = await sh(shell, `${functions({ PUMA_VERSION })}\nis_as_declared ${version}`);
    expect({ code, stderr }).toEqual({ code: expected ? 0 : 1, stderr: "" });
  });

  test.each([
    ["puma version 6.6.0", "6.6.0"],
    ["puma version 4.3.8-stable", "4.3.8"],
    ['Puma version: 8.0.2 ("Into the Arena")\nRuby 3.3', "8.0.2"],
    ["warning: old\npuma version 5.6.5", "5.6.5"],
    ["puma 6.6.0 (tcp://0.0.0.0:9292) [blog]", "6.6.0"],
    ["ruby 3.3.8", ""],
    ["version 7", ""],
    ["", ""],
  ])("%j says the version %j", async (said, version) => {
    expect(await says(shell, `${functions()}\nversion_in ${quoted(said)}`)).toBe(version);
  });

  test.each([
    ["0.0.0.0", "127.0.0.1"],
    ["192.0.2.1", "192.0.2.1"],
    ["::", "[::1]"],
    ["::1", "[::1]"],
    ["2001:db8::1", "[2001:db8::1]"],
  ])("a bind on %s is asked at %s", async (address, asked) => {
    expect(await says(shell, `${functions()}\nloopback ${address}`)).toBe(asked);
  });

  test("what a step is called is kept for the one who has to explain its failure", async () => {
    const root = folderOf({ "run/cdktf-puma/web/old": "" });
    const after = (failure: string): Promise<string> =>
      says(shell, `${functions({}, root)}\nstep one; mark two\nattempt ${failure}; cause_of_failure`);
    expect(await after("give_up three")).toBe("one\nthree\n");
    expect(await after("false")).toBe("one\nthis step did not succeed: two");
  });

  test.each([
    ["http 0.0.0.0 9292", "http://0.0.0.0:9292"],
    ["https :: 443", "https://[::]:443"],
    ["unix /run/web.sock", "unix:/run/web.sock"],
    ["any 127.0.0.1 80", "127.0.0.1:80"],
    ["held ::1 443", "[::1]:443"],
    ["held /run/web.sock", "/run/web.sock"],
  ])("a person calls %j %s", async (bind, name) => {
    expect(await says(shell, `${functions()}\nname_of ${quoted(bind)}`)).toBe(name);
  });

  test("a process that has ended while it was looked at has no memory", async () => {
    const cwd = folderOf({
      zombie: "Name:\truby\nState:\tZ (zombie)\n",
      status: "VmPeak:\t9 kB\nVmRSS:\t  123 kB\n",
    });
    const of = (file: string): Promise<string> =>
      says(shell, `${functions()}\nkilobytes VmRSS ${file}`, { cwd });
    expect([await of("status"), await of("zombie"), await of("gone")]).toEqual(["123", "0", "0"]);
  });

  test.each([
    ["\nweb.socket enabled\nweb.service static\n", "enabled static none"],
    ["\nweb.socket \n", "none none none"],
    ["", "none none none"],
  ])("how units are enabled is never no word: %j", async (enablements, words) => {
    const script = `enablements=${quoted(enablements)}
      for unit in web.socket web.service api.service; do enablement_of $unit; printf '%s ' $found; done`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe(`${words} `);
  });

  test("a file's name among copies is its own for a unit, and tells its folders for others", async () => {
    const key = (path: string): Promise<string> =>
      says(shell, `${functions()}\nkey ${path}; printf %s "$found"`);
    expect(await key("/nowhere/etc/systemd/system/web.service")).toBe("web.service");
    expect(await key("/etc/blog/puma.rb")).toBe("etc!blog!puma.rb");
  });

  test.each(["", "a  b", "a\nb", "\na", "a\n\n", "a\n\n b"])("%j becomes one line", async (text) => {
    const script = `${functions()}\none_line ${quoted(text)}`;
    expect(await says(shell, script)).toBe(text.replaceAll("\n", " "));
  });

  test("lines can be joined to one, and are the same again", async () => {
    const lines = "http 0.0.0.0 9292\nunix /run/web.sock\nhttps :: 443";
    expect(await says(shell, `${functions()}\njoined ${quoted(lines)}`)).toBe(lines.replaceAll("\n", ";"));
    expect(await says(shell, `${functions()}\nsplit "$(joined ${quoted(lines)})"`)).toBe(`${lines}\n`);
    expect(await says(shell, `${functions()}\nsplit "$(joined '')"`)).toBe("");
  });

  test.each([
    ["uid", "1001"],
    ["gid", "1002"],
    ["groups", "1002,27,33"],
  ])("what id(1) says of %s is read", async (key, numbers) => {
    const names = "1002(domain users),27(sudo),33(www-data)";
    const account = `uid=1001(deploy) gid=1002(domain users) groups=${names} context=user_u:user_r`;
    expect(await says(shell, `${functions()}\naccount=${quoted(account)}; account_ids ${key}`)).toBe(numbers);
  });
});
