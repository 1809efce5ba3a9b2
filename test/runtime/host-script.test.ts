import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bind, HealthCheck, type PumaServiceProps, Restart } from "../../lib";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { Service } from "../../lib/puma/service";
import { serviceUnit } from "../../lib/puma/service-unit";
import { hostScript, launchScript, part, PARTS, stopScript } from "../../lib/runtime/parts";
import { PropPath } from "../../lib/values/prop-path";
import { folderOf, quoted, sh, SHELLS, stubs } from "./shell";
import { heldBy } from "../stack";

const BINDS = [Bind.tcp(9292), Bind.ssl(9293, { key: "k.pem", cert: "c.pem" }), Bind.unix("/run/web.sock")];

/** What a host gets for a service that says all that it can, quotes and line breaks included. */
function payload(): string {
  const props: Omit<PumaServiceProps, "hosts"> = {
    workingDirectory: "/srv/blog/current",
    user: "deploy",
    environmentFiles: ["/etc/it's mine", "/etc/two"],
    restart: Restart.overlap(),
    release: 'it\'s 100% $HOME `id` "new"',
    healthCheck: HealthCheck.http("/health?a='b'", { header: { "X-A": "it's $HOME", "X-B": "b" } }),
  };
  const sockets = heldBy("web", BINDS);
  const service = Service.resolve(
    PropPath.of("PumaService", "web"),
    { name: "web", stack: "blog" },
    props,
    sockets,
  );
  const units = new Map([["web.service", serviceUnit(service)]]);
  return Bundle.of(service, DeployStrategy.resolve(service, props), units, "blog").toShell();
}

const script = payload();
const LAST_LINE = "main </dev/null\n";
/** Commands that do harm without an argument. */
const HARMFUL = /^(halt|init|poweroff|reboot|reset|rmmod|shutdown|swapoff|telinit) /;
const ARGS = ["a", "192.0.2.1", "apply", "me", "web"];

test("the one call is on the last line", () => {
  expect(script.endsWith(`}\n${LAST_LINE}`)).toBe(true);
  expect(hostScript().match(/^main\b.*$/gm)).toEqual(["main() {", "main </dev/null"]);
});

test("nothing of the comments goes to the hosts", () => {
  expect(hostScript().match(/^\s*#.*/gm)).toBeNull();
  expect(launchScript().match(/^\s*#.*/gm)).toBeNull();
});

test("no here-document has a line that would be taken for a comment", () => {
  const documents = PARTS.flatMap((name) => [...part(name).matchAll(/<<(\w+)$([^]*?)^\1$/gm)]);
  expect(documents.length).toBeGreaterThan(15);
  expect(documents.filter(([, , text]) => /^[ \t]*#/m.test(text as string))).toEqual([]);
});

describe.each(SHELLS)("under $name", (shell) => {
  const parses = (text: string): unknown => {
    const [command, ...words] = shell.command;
    const { status, stderr } = spawnSync(command, [...words, "-n"], { input: text, encoding: "utf8" });
    return { status, stderr };
  };

  test.each([
    ["the host's script", script],
    ["the launcher", launchScript()],
    ["the helper that stops", stopScript()],
  ])("%s parses", (_, text) => {
    expect(parses(text)).toEqual({ status: 0, stderr: "" });
    expect(parses(`${text}\nif`)).not.toEqual({ status: 0, stderr: "" });
  });

  /** Every command that there is, each of which leaves a line in a file instead of doing anything. */
  const { stdout: names } = spawnSync("busybox", ["--list"], { encoding: "utf8" });
  const SYSTEM = [
    "systemctl",
    "systemd-run",
    "systemd-cat",
    "systemd-analyze",
    "journalctl",
    "curl",
    "getent",
    "runuser",
  ];
  const record = join(folderOf(), "record");
  const everything = stubs(
    Object.fromEntries(
      [...names.trim().split("\n"), ...SYSTEM].map((name) => [name, `echo ${quoted(name)} $# >>${record}`]),
    ),
  );

  /**
   * What commands a script called that arrived like this, and with how many arguments: not the one whose name is the
   * beginning of the name at which the script was cut, and which therefore has no arguments.
   */
  async function calledBy(text: string): Promise<string[]> {
    writeFileSync(record, "");
    await sh(shell, `set -- ${ARGS.join(" ")}; PATH=${everything}; ${text}`);
    const called = readFileSync(record, "utf8").split("\n").filter(Boolean);
    return called.filter((call) => call !== `${/\w*$/.exec(text)?.[0]} 0` || HARMFUL.test(call));
  }

  test("a script that arrives cut short calls no command", async () => {
    const whole = script.length - LAST_LINE.length;
    for (let i = 0; i <= 200; i++) {
      const cut = Math.round((whole * i) / 200);
      expect([cut, await calledBy(script.slice(0, cut))]).toEqual([cut, []]);
    }
  });

  test("nor does one that ends at any of its lines", async () => {
    const lines = script.split("\n").slice(0, -2);
    const step = Math.ceil(lines.length / 200);
    for (let i = 0; i < lines.length; i += step) {
      expect([i, await calledBy(lines.slice(0, i).join("\n"))]).toEqual([i, []]);
    }
  });

  test("a whole one does", async () => {
    expect(await calledBy(script)).toContain("df 4");
  });

  test("every setting arrives as it was", async () => {
    const said = await sh(
      shell,
      `${script.replace(LAST_LINE, "")}\nprintf '%s|' "$PUMA_RELEASE" "$PUMA_ENVIRONMENT_FILES" "$PUMA_HEALTH_HEADERS"`,
      {
        args: ARGS,
      },
    );
    expect(said.stdout).toBe(
      "it's 100% $HOME `id` \"new\"|/etc/it's mine\n/etc/two|X-A: it's $HOME\nX-B: b|",
    );
  });
});

test("no such thing as a folder of this machine is in what goes to the hosts", () => {
  expect(existsSync(process.cwd())).toBe(true);
  expect(script + launchScript()).not.toContain(process.cwd());
});
