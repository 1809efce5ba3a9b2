/** A fleet of two hosts without hosts: OpenSSH's stand-in runs here what they would, each under a root of its own. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Bind, Host, PumaService, SshKey } from "../../lib";
import { main } from "../../lib/cli/main";
import { newStack, synth } from "../stack";

/** What a call of the command line came to. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface StandIn {
  /** Calls the command line over this fleet. */
  call(...words: string[]): Promise<Called>;
  /** Puts a file on a host. */
  write(host: string, path: string, text: string): void;
  /** The folder of a host. */
  root(host: string): string;
  /** Puts a command on the hosts and here: the lines of a shell. */
  command(name: string, script: string): void;
}

const LOGIN = `
for word; do :; done
case " $* " in *" 10.0.1.11 "*) host=web1 ;; *) host=web2 ;; esac
case $word in *cdktf-puma-connected*) echo cdktf-puma-connected >&2 ;; esac
export SSH_CONNECTION='10.0.0.5 50000 10.0.1.11 22'
text=$(printf %s "$word" | sed 's/.*printf %s \\([A-Za-z0-9+/=]*\\).*/\\1/' | base64 -d |
  sed -E "s#/(var/lib/cdktf-puma|etc/systemd/system|run/systemd/system)#$FLEET/$host&#g")
exec sh -c "$text"`;

/** Sets up the fleet for the tests of a file: "blog" has "web" on web1 and web2, of which each may be dead. */
export function standIn(): StandIn {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-stand-in-"));
  const { PATH } = process.env;
  const root = (host: string): string => join(folder, "fleet", host);
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  };
  const command = (name: string, script: string): void =>
    write(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, 0o755);
  const output = join(folder, "out");
  beforeAll(() => {
    process.env.PATH = `${join(folder, "bin")}:${PATH}`;
    process.env.FLEET = join(folder, "fleet");
    write(join(output, "stacks/blog/cdk.tf.json"), JSON.stringify(synthesized()));
    command("id", "case $1 in -un) echo ops ;; *) echo 0 ;; esac");
    command("systemd-cat", "cat >/dev/null");
    command("date", "echo '2026-11-27 09:12:33'");
  });
  beforeEach(() => command("ssh", LOGIN));
  afterAll(() => {
    process.env.PATH = PATH;
    delete process.env.FLEET;
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    ...{ root, command },
    write: (host, path, text) => write(join(root(host), path), text),
    call: async (...words) => {
      let [out, err] = ["", ""];
      const streams = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
      const [word = "", ...others] = words;
      const code = await main([word, "--output", output, ...others], streams);
      return { code, out, err };
    },
  };
}

function synthesized(): unknown {
  const stack = newStack("blog");
  const hosts = ["web1", "web2"].map(
    (name, i) => new Host(name, { address: `10.0.1.1${i + 1}`, user: "ops", key: SshKey.agent() }),
  );
  new PumaService(stack, "web", { hosts, binds: [Bind.tcp(9292)], user: "app", workingDirectory: "/srv" });
  return synth(stack);
}

/** The blocks of a page: what stands behind each line of three backquotes and a word. */
export function blocksOf(page: string, kind: "sh" | "text"): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\`$`, "gm"))].map(
    ([, text]) => text as string,
  );
}
