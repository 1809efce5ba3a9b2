import { folderOf, part, quoted, says, sh, SHELLS, type Shell } from "./shell";

/** common.sh, as the other parts find it, with the folders of a host under a root. */
function common(root: string, service = "web"): string {
  const settings = `service=${service} units=web.service socket= binds= owner=site`;
  return `${settings}\nset -- a 192.0.2.1 apply me web\n${part("common.sh", root)}`;
}

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
  ])("words of '%s' without those of '%s'", async (some, others, rest) => {
    const call = `words_without ${quoted(some)} ${quoted(others)}`;
    expect(await says(shell, `${common("/nowhere")}\n${call}`)).toBe(rest);
  });

  describe("a record", () => {
    const record = "owner=site\nhost=a\nunits=web.socket web.service\nrelease=a=b  c\npath=\n";
    const root = folderOf({ "var/lib/cdktf-puma/web/record": record });
    test.each([
      ["web", "owner", "site\n"],
      ["web", "units", "web.socket web.service\n"],
      ["web", "release", "a=b  c\n"],
      ["web", "path", "\n"],
      ["web", "own", ""],
      ["web", "hash", ""],
      ["api", "owner", ""],
    ])("of %s says of %s", async (service, key, value) => {
      expect(await says(shell, `${common(root)}\nrecorded ${service} ${key}`)).toBe(value);
    });

    test("tells whose a service is", async () => {
      const owners = `${common(root)}
        is_ours web && echo ours; is_ours api || echo not ours; owner=other; is_ours web || echo theirs`;
      expect(await says(shell, owners)).toBe("ours\nnot ours\ntheirs\n");
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
    const { code, stderr } = await sh(shell, `${part("preflight.sh")}\nat_least_6_1 ${version}`);
    expect({ code, stderr }).toEqual({ code: expected ? 0 : 1, stderr: "" });
  });

  test.each([
    ["0.0.0.0", "127.0.0.1"],
    ["192.0.2.1", "192.0.2.1"],
    ["::", "[::1]"],
    ["::1", "[::1]"],
    ["2001:db8::1", "[2001:db8::1]"],
  ])("a bind on %s is asked at %s", async (address, asked) => {
    expect(await says(shell, `${part("probe.sh")}\nloopback ${address}`)).toBe(asked);
  });

  test("what a step is called is kept for the one who has to explain its failure", async () => {
    const root = folderOf({ "run/cdktf-puma/web/old": "" });
    const script = `${common(root)}\nstep one; mark two\nattempt give_up three; cause_of_failure`;
    expect(
      await printed(
        shell,
        `${script.replace("step one", `${part("apply.sh", root)}\n${part("ending.sh", root)}\nstep one`)}`,
      ),
    ).toBe("one\nthree\n");
    const unexplained = script.replace("give_up three", "false");
    expect(
      await printed(
        shell,
        unexplained.replace("step one", `${part("apply.sh", root)}\n${part("ending.sh", root)}\nstep one`),
      ),
    ).toBe("one\nthis step did not succeed: two");
  });
});

async function printed(shell: Shell, script: string): Promise<string> {
  return (await sh(shell, script)).stdout;
}
