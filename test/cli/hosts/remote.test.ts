/** Hosts by a stand-in for OpenSSH, which does with the last word what sshd does. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FleetHost } from "../../../lib/cli/fleet/fleet";
import { forEachOf } from "../../../lib/cli/hosts/many";
import { OpenSsh } from "../../../lib/cli/hosts/openssh";
import { type Reach } from "../../../lib/cli/fleet/reach";
import { type Call, Remote } from "../../../lib/cli/hosts/remote";
import { transportScript } from "../../../lib/runtime/parts";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-remote-"));
const { PATH } = process.env;
beforeAll(() => (process.env.PATH = `${folder}:${PATH}`));
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true, force: true });
});

const AS_SSHD = 'for word; do :; done; exec sh -c "$word"';

function ssh(script: string): void {
  writeFileSync(join(folder, "ssh"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "ssh"), 0o755);
}

const reach: Reach = { address: "10.0.1.11", user: "ops", isAuthority: false, isLocal: false, options: [] };
const host: FleetHost = { name: "web1", reach };

/** What a call came to, and its lines. */
async function run(
  call: Partial<Call> = {},
  on = host,
): Promise<{ status?: number; error?: string; lines: string[] }> {
  const remote = new Remote();
  const lines: string[] = [];
  try {
    const status = await remote.run(on, { script: "echo one", onLine: (line) => lines.push(line), ...call });
    return { status, lines };
  } catch (error) {
    return { error: (error as Error).message, lines };
  } finally {
    remote.close();
  }
}

describe("a script", () => {
  beforeEach(() => ssh(AS_SSHD));

  test("runs as it is, with its status and all that it says", async () => {
    const script = `echo "it's \\$1 %s" '!'; echo two >&2\nexit 7`;
    const { status, lines } = await run({ script });
    expect([status, lines.sort()]).toEqual([7, ["it's $1 %s !", "two"]]);
  });

  test("runs without ssh on this machine", async () => {
    ssh("exit 255");
    expect(await run({}, { name: "web1", reach: { ...reach, isLocal: true } })).toEqual({
      status: 0,
      lines: ["one"],
    });
  });

  test("says nothing that could steer a terminal, and no line without end", async () => {
    const script = "printf 'a\\033[31mb\\tc\\r\\n\\342\\200\\256d'; head -c 40000 /dev/zero | tr '\\000' x";
    const { lines } = await run({ script });
    expect(lines[0]).toBe("a?[31mb    c");
    expect(lines[1]).toMatch(/^\?dx+$/);
    expect(lines.map((line) => line.length)).toEqual([12, 16384, 16384, 7234]);
  });

  test("has no input of ours", async () => expect((await run({ script: "cat" })).status).toBe(0));

  test("is given up when its time is over", async () => {
    const { error } = await run({ script: "echo begun; exec sleep 60", timeout: 1 });
    expect(error).toBe("web1: no answer within 1 seconds");
  });

  test("ends when it is to", async () => {
    const abort = new AbortController();
    const ended = run({
      script: "echo begun; exec sleep 60",
      signal: abort.signal,
      onLine: () => abort.abort(),
    });
    expect((await ended).error).toBeUndefined();
  });
});

test.each([
  [
    "echo 'ssh: connect to host 10.0.1.11 port 22: No route to host' >&2; exit 255",
    "No route to host (10.0.1.11 port 22)",
  ],
  [
    "printf '@@@@@@@\\n@ WARNING @\\nHost key verification failed.\\r\\n' >&2; exit 255",
    "Host key verification failed.",
  ],
  ["printf 'a\\033[2J\\n' >&2; exit 255", "a?[2J"],
  ["exit 255", "ssh ended with 255"],
  ["echo 'This account is currently not available.'; exit 1", "ssh ended with 1"],
  [
    `(${AS_SSHD}); echo 'Connection to 10.0.1.11 closed by remote host.' >&2; exit 255`,
    "the connection was cut: Connection to 10.0.1.11 closed by remote host.",
  ],
])("what fails on the way is one line with the host: %s", async (script, cause) => {
  ssh(script);
  expect((await run()).error).toBe(`web1: ${cause}`);
});

test("without OpenSSH", async () => {
  rmSync(join(folder, "ssh"));
  process.env.PATH = folder;
  const { error } = await run();
  process.env.PATH = `${folder}:${PATH}`;
  expect(error).toMatch(/^web1: ssh could not be started: .*ENOENT/);
});

test("whom sshd turns away comes back", async () => {
  ssh(
    `[ -f ${folder}/knocked ] || { >${folder}/knocked; echo 'kex_exchange_identification: read: Connection reset by peer' >&2; exit 255; }; ${AS_SSHD}`,
  );
  expect(await run()).toEqual({ status: 0, lines: ["one"] });
});

test("no more than so many at once", async () => {
  let [now, most] = [0, 0];
  const done = await forEachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
    return item * 2;
  });
  expect([most, done]).toEqual([3, [2, 4, 6, 8, 10, 12, 14]]);
});

describe("the words for OpenSSH", () => {
  const FILES = { key: join(folder, "it's"), other: join(folder, "key%h"), config: join(folder, "config") };
  const bastion = {
    address: "jump",
    user: "j",
    port: "2200",
    keyFile: FILES.other,
    hostKey: "kind B",
    isAuthority: false,
  };
  const full: Reach = {
    ...{
      ...reach,
      port: "22",
      keyFile: FILES.key,
      certificate: "cert",
      hostKey: "kind A",
      isAuthority: true,
    },
    ...{ bastion, configFile: FILES.config, options: ["Compression=yes", "ProxyUseFdpass=no"] },
  };

  /** The words of a call of transport.sh, by which an apply reaches a host. */
  function ofApply({ bastion, ...one }: Reach): string[] {
    const login = (
      prefix: string,
      { address, user, port, keyFile, certificate, hostKey, isAuthority }: typeof bastion & object,
    ): object => ({
      [`${prefix}ADDRESS`]: address,
      [`${prefix}USER`]: user,
      [`${prefix}PORT`]: port,
      [`${prefix}KEY_FILE`]: keyFile,
      [`${prefix}CERTIFICATE`]: certificate,
      [`${prefix}HOST_KEY`]: hostKey,
      [`${prefix}HOST_AUTHORITY`]: isAuthority ? "true" : "",
      [`${prefix}KEY`]: "",
    });
    const variables = {
      ...{ HOST: "web1", REACH: "openssh", SCRIPT: ":", PACKED: "", TIMEOUT: "1000ms", FRESH: "" },
      ...{ CONFIG: one.configFile, OPTIONS: one.options.join("\n") },
      ...login("", one),
      ...login("BASTION_", bastion ?? { address: "", isAuthority: false }),
    };
    const env = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [`CDKTF_PUMA_${name}`, value ?? ""]),
    );
    spawnSync("/bin/sh", ["-c", transportScript()], { env: { ...env, PATH: process.env.PATH } });
    return called();
  }

  /** The words of the last call, with what is in files that were made for it, each of them once. */
  const called = (): string[] => readFileSync(join(folder, "called"), "utf8").split("\0").slice(0, -1);

  const comparable = (words: string[]): string[] =>
    words
      .slice(0, -1)
      .map((word) =>
        word.replace(/(ConnectTimeout|LogLevel|ServerAlive\w+)=\w+/g, "$1").replace(/^-tt$/, "-T"),
      )
      .sort();

  const RECORD = `
show() {
  case $1 in
    CertificateFile=* | UserKnownHostsFile=*) printf '%s\\0' "\${1%%=*}=<$(cat "\${1#*=}")>" ;;
    ProxyCommand=*) (eval "set -- $(printf %s "\${1#*=}" | sed 's/%%/%/g')"; shift; for word; do show "$word"; done) ;;
    *) printf '%s\\0' "$1" ;;
  esac
}
for word; do show "$word"; done >${folder}/called
exit 255`;

  beforeEach(() => {
    ssh(RECORD);
    for (const path of Object.values(FILES)) writeFileSync(path, "");
  });

  test.each<[string, Reach]>([
    ["a plain one", reach],
    ["all that there is", full],
  ])("are those of an apply: %s", async (_, one) => {
    const openssh = new OpenSsh();
    const [program = "", ...args] = openssh.words(one, { connectTimeout: 5 });
    spawnSync(program, [...args, "true"], { env: process.env });
    openssh.close();
    const ours = called();
    expect(comparable(ours)).toEqual(comparable(ofApply(one)));
  });
});
