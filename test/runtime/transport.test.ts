import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Result, run } from "../../lab/fleet/run";
import { folderOf, part, SHELLS, type Shell, stubs } from "./shell";

/** Runs the command that it is given as a host does, and notes its words and its environment. */
const SSH = `for word in "$@"; do printf '%s\\n' "$word" >>"$LOG"; command=$word; done
  env >>"$LOG.env"
  for word in "$@"; do case $word in *UserKnownHostsFile=*) cat "\${word#*=}" >>"$LOG.known" ;; esac; done
  exec /bin/sh -c "$command"`;

/** Says `words`, and ends as ssh does where there is no connection; after some tries it goes on. */
const failing = (words: string, tries = 99): string => `echo try >>"$LOG.tries"
  [ "$(grep -c try "$LOG.tries")" -gt ${tries} ] || { printf '%b\\n' '${words}' >&2; exit 255; }
  ${SSH}`;

interface Transport extends Result {
  /** What ssh was called with, a word a line. */
  readonly log: string;
  readonly env: string;
  readonly known: string;
  readonly tries: number;
}

async function transport(
  shell: Shell,
  settings: Record<string, string> = {},
  commands: Record<string, string> = {},
  exported: Record<string, string> = {},
): Promise<Transport> {
  const LOG = join(folderOf(), "log");
  const names = [...new Set(part("transport").match(/CDKTF_PUMA_[A-Z_]+/g))];
  const given: Record<string, string> = {
    HOST: "web1",
    ADDRESS: "192.0.2.1",
    TIMEOUT: "2000ms",
    SCRIPT: "set -eu -- 'a b' c",
    PACKED: gzipSync('echo "got $1"; read -r line || echo none left\n').toString("base64"),
    ...settings,
  };
  const variables = names.map((name) => [name, given[name.replace("CDKTF_PUMA_", "")] ?? ""]);
  const PATH = `${stubs({ ssh: SSH, sleep: "exec /bin/sleep 0.05", ...commands })}:${shell.path}`;
  const env = { ...exported, ...Object.fromEntries(variables), PATH, LOG };
  const [command, ...words] = shell.command;
  const script = part("transport");
  const result = await run(command, [...words, "-c", script, "web on web1"], { env, allowFailure: true });
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const tries = read(`${LOG}.tries`).split("try").length - 1;
  return { ...result, log: read(LOG), env: read(`${LOG}.env`), known: read(`${LOG}.known`), tries };
}

const SECRET = "the-script-itself";
const NO_WORDS = [
  "-oProxyCommand=x",
  "a b",
  "a;b",
  "a'b",
  "a$(b)",
  "a`b`",
  "a\nb",
  "a|b",
  "a&b",
  'a"b',
  "a\\b",
];

describe.each(SHELLS)("under $name", (shell) => {
  test("what the engine has in its environment under a name of the script's gets none of its values", async () => {
    const FETCH = `printf '%s' ': ${SECRET}'`;
    const exported = { SCRIPT: "x", PACKED: "x", FETCH: "x", fetched: "x" };
    const { code, env } = await transport(shell, { SCRIPT: `: ${SECRET}`, FETCH }, {}, exported);
    expect(code).toBe(0);
    expect(env).toContain("PATH=");
    expect(env).not.toContain(SECRET);
  });

  test("sends the script to a shell of the host, whose output and exit code are its own", async () => {
    const { code, stdout, stderr, log, env } = await transport(shell, {
      SCRIPT: `: ${SECRET}\nset -- 'a b'`,
    });
    expect([code, stdout, stderr]).toEqual([0, "got a b\nnone left\n", ""]);
    for (const text of [log, env]) expect(text).not.toContain(SECRET);
    expect(log).toMatch(/\n--\n192\.0\.2\.1\nexec \/bin\/sh -c 'echo /);
    expect((await transport(shell, { PACKED: "", SCRIPT: "echo so; echo it >&2; exit 7" })).stdout).toBe(
      "so\nit\n",
    );
    expect((await transport(shell, { PACKED: "", SCRIPT: "exit 7" })).code).toBe(7);
  });

  test("asks nobody, forwards nothing, becomes no master, and leaves the rest to ssh_config", async () => {
    const { log } = await transport(shell);
    const words = log.split("\n");
    for (const word of ["-T", "-a", "-x", "BatchMode=yes", "ControlMaster=no", "ClearAllForwardings=yes"])
      expect(words).toContain(word);
    for (const word of ["PermitLocalCommand=no", "LogLevel=INFO"]) expect(words).toContain(word);
    for (const word of ["-l", "-p", "-i", "-F"]) expect(words).not.toContain(word);
    expect(log).not.toMatch(/StrictHostKeyChecking|KnownHosts|ProxyCommand|Identit/);
  });

  test("each setting is an option, its own first", async () => {
    const { log, known } = await transport(shell, {
      ...{ USER: "ops", PORT: "2222", KEY_FILE: "/dev/null", CONFIG: "/dev/null", CERTIFICATE: "ssh-cert" },
      ...{ HOST_KEY: "ssh-ed25519 AAAA", OPTIONS: "ProxyCommand=nc %h %p\nCiphers=+a b" },
    });
    const words = log.split("\n");
    const after = (word: string): string | undefined => words[words.indexOf(word) + 1];
    expect(["-l", "-p", "-i", "-F"].map(after)).toEqual(["ops", "2222", "/dev/null", "/dev/null"]);
    expect(words).toEqual(
      expect.arrayContaining([
        "IdentitiesOnly=yes",
        "StrictHostKeyChecking=yes",
        "ControlPath=none",
        "ProxyCommand=nc %h %p",
        "Ciphers=+a b",
      ]),
    );
    expect(words.indexOf("StrictHostKeyChecking=yes")).toBeLessThan(words.indexOf("Ciphers=+a b"));
    expect(known).toBe("* ssh-ed25519 AAAA\n");
    // Its folder goes with it.
    const [, folder = ""] = /UserKnownHostsFile=(.*)\/host-known_hosts/.exec(log) ?? [];
    expect([folder.startsWith("/tmp/cdktf-puma."), existsSync(folder)]).toEqual([true, false]);
  });

  test("leaves no folder where its engine was killed, and nobody reads what it says any more", async () => {
    const LOG = join(folderOf(), "log");
    const ssh = `for word in "$@"; do case $word in *UserKnownHostsFile=*) echo "\${word#*=}" >${LOG} ;; esac; done
      echo cdktf-puma-connected >&2; sleep 1; exit 255`;
    const unread = {
      name: `${shell.name}, unread`,
      path: shell.path,
      command: ["sh", "-c", `"$@" | :`, "sh", ...shell.command] as const,
    };
    await transport({ ...shell, ...unread }, { HOST_KEY: "ssh-ed25519 AAAA" }, { ssh });
    const folder = dirname(readFileSync(LOG, "utf8").trim());
    expect([folder.startsWith("/tmp/cdktf-puma."), existsSync(folder)]).toEqual([true, false]);
  });

  test("an authority is pinned as one, and not as a key: ssh would ask for certificates alone", async () => {
    const { known } = await transport(shell, { HOST_KEY: "ssh-ed25519 AAAA", HOST_AUTHORITY: "true" });
    expect(known).toBe("@cert-authority * ssh-ed25519 AAAA\n");
  });

  test("a bastion has a login of its own, by a command in which nothing is more than a word", async () => {
    const settings = {
      ...{ BASTION_ADDRESS: "jump", BASTION_USER: "me", BASTION_PORT: "23", BASTION_KEY_FILE: "/dev/null" },
      ...{ BASTION_HOST_KEY: "ssh-ed25519 BBBB", CONFIG: "/dev/null" },
    };
    const { log } = await transport(shell, settings);
    const proxy = log.split("\n").find((word) => word.startsWith("ProxyCommand=")) ?? "";
    expect(proxy).toMatch(
      /^ProxyCommand=ssh '-T' '-a' '-x' '-o' 'BatchMode=yes' .* '-p' '23' '-l' 'me' -W '\[%h\]:%p' -- 'jump'$/,
    );
    expect(proxy).toContain("bastion-known_hosts' ");
  });

  test.each(NO_WORDS)("%j is no address and no user", async (word) => {
    for (const name of ["ADDRESS", "USER", "BASTION_ADDRESS", "BASTION_USER"]) {
      const { code, stdout, log } = await transport(shell, { BASTION_ADDRESS: "jump", [name]: word });
      expect([name, code, log]).toEqual([name, 1, ""]);
      expect(stdout).toMatch(/^FAILED on web1: this is no name .*\n$/);
    }
  });

  const REFUSED = "ssh: connect to host 192.0.2.1 port 22: Connection refused";

  test("tries again until there is a connection, and says so once", async () => {
    const { code, stdout, tries } = await transport(
      shell,
      { TIMEOUT: "60000ms" },
      { ssh: failing(REFUSED, 3) },
    );
    expect([code, tries]).toEqual([0, 4]);
    expect(stdout).toBe(`no connection to 192.0.2.1 yet: ${REFUSED}\ngot a b\nnone left\n`);
  });

  test("gives up in time, and names the host and the cause alone", async () => {
    const { code, stdout } = await transport(
      shell,
      { USER: "ops", TIMEOUT: "1000ms" },
      { ssh: failing(REFUSED) },
    );
    expect(code).toBe(1);
    expect(stdout.replace(`no connection to ops@192.0.2.1 yet: ${REFUSED}\n`, "")).toBe(
      `FAILED on web1: no connection to ops@192.0.2.1 by ssh, so nothing ran there: ${REFUSED}\n`,
    );
  });

  test.each([
    [
      "@@@@@@@\n@ WARNING: REMOTE HOST @\nSHA256:x\nHost key for a has changed.\r\nHost key verification failed.",
      "Host key for a has changed.; Host key verification failed.",
    ],
    ["a: Permission denied (publickey).", "a: Permission denied (publickey)."],
    ["a\x1b[2Jb: Could not resolve hostname", "a?[2Jb: Could not resolve hostname"],
    [
      "command-line: line 0: Bad configuration option: x",
      "command-line: line 0: Bad configuration option: x",
    ],
  ])("does not try again where that is of no use: %j", async (words, cause) => {
    const ssh = failing(words.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\x1b", "\\033"));
    const { stdout, tries } = await transport(shell, { TIMEOUT: "60000ms" }, { ssh });
    expect([tries, stdout]).toEqual([
      1,
      `FAILED on web1: no connection to 192.0.2.1 by ssh, so nothing ran there: ${cause}\n`,
    ]);
  });

  test("a machine that was just made may not know its user yet", async () => {
    const commands = { ssh: failing("a: Permission denied (publickey).", 2) };
    const { code, tries } = await transport(shell, { TIMEOUT: "60000ms", FRESH: "true" }, commands);
    expect([code, tries]).toEqual([0, 3]);
  });

  test("a connection that is cut is not tried again", async () => {
    const ssh = `echo try >>"$LOG.tries"; echo cdktf-puma-connected >&2; echo some words; echo "Timeout, server not responding." >&2; exit 255`;
    const { code, stdout, tries } = await transport(shell, { TIMEOUT: "60000ms" }, { ssh });
    expect([code, tries]).toEqual([1, 1]);
    expect(stdout).toBe(
      "some words\nFAILED on web1: the connection to 192.0.2.1 was cut: what runs there ends by itself, and the next apply says how " +
        "(Timeout, server not responding.)\n",
    );
  });

  test.each([0, 1])("a login that runs no command is told from a run that ended so: %i", async (status) => {
    const ssh = `echo This account is currently not available.; exit ${status}`;
    const { code, stdout } = await transport(shell, {}, { ssh });
    expect([code, stdout]).toEqual([
      1,
      "This account is currently not available.\n" +
        `FAILED on web1: the login of 192.0.2.1 runs no command, so nothing ran there (exit code ${status})\n`,
    ]);
  });

  test.each(["read -r line", "head -c 9 >/dev/null", "cat >/dev/null", "exec </dev/null"])(
    "a profile that reads of the script lets nothing run: %s",
    async (line) => {
      const { code, stdout } = await transport(shell, {}, { ssh: `${line}\n${SSH}` });
      expect(code).toBe(1);
      expect(stdout).toMatch(/^FAILED on web1: something took of the script before .*\n$/);
    },
  );

  test.each(["gzip", "base64"])("without %s nothing is sent, rather than half of it", async (command) => {
    for (const REACH of ["openssh", "local"]) {
      const { code, stdout, log } = await transport(shell, { REACH }, { [command]: "exit 127" });
      expect([code, stdout, log]).toEqual([
        1,
        "FAILED on web1: there is no gzip or no base64 on the machine that runs the engine\n",
        "",
      ]);
    }
  });

  test("a file that is not there is named before anything is tried", async () => {
    const { stdout, log } = await transport(shell, { KEY_FILE: "/nowhere/id" });
    expect([stdout, log]).toEqual([
      "FAILED on web1: there is no file /nowhere/id on the machine that runs the engine, or it cannot be read\n",
      "",
    ]);
  });

  test("a key goes to the agent by its standard input", async () => {
    const commands = { "ssh-add": 'cat >"$LOG.key"; echo "ssh-add $*" >>"$LOG"' };
    const { log, env } = await transport(shell, { KEY: "-----KEY\nabc\n" }, commands);
    expect(log).toContain("ssh-add -q -\n");
    expect(log.split("\n")).toEqual(
      expect.arrayContaining(["IdentityAgent=SSH_AUTH_SOCK", "IdentitiesOnly=no"]),
    );
    for (const text of [log, env]) expect(text).not.toContain("-----KEY");
  });

  test("runs it here, where there is no host to reach", async () => {
    const { stdout, log } = await transport(shell, { REACH: "local", ADDRESS: "local" });
    expect([stdout, log]).toEqual(["got a b\nnone left\n", ""]);
  });
});
