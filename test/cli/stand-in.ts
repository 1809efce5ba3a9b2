/** Hosts that answer without being there: OpenSSH is a script that says what a folder has for an address. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cdktf from "cdktf";
import { Bind, Host, PumaService, SshKey } from "../../lib";
import { main } from "../../lib/cli/main";
import { type Output } from "../../lib/cli/terminal/output";

/** What a host says for a word of a script that it is sent, and how that ends. */
export interface Answer {
  readonly says: string;
  readonly status?: number;
  /** Seconds that it takes. */
  readonly takes?: number;
}

/** What came of a call. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Where the stand-in is, and what was synthesized. */
export class StandIn {
  readonly folder = mkdtempSync(join(tmpdir(), "cdktf-puma-stand-in-"));

  constructor() {
    const script = `#!/bin/sh
folder=${this.folder}
while [ $# -gt 2 ]; do [ "$1" != -- ] || address=$2; shift; done
[ "$1" != -- ] || address=$2
script=$(printf %s "$2" | sed 's/.*printf %s \\([^ ]*\\) .*/\\1/' | base64 -d)
printf '%s\\n' "$address" >>"$folder/asked"
[ ! -f "$folder/$address.down" ] || { cat "$folder/$address.down" >&2; exit 255; }
echo cdktf-puma-connected >&2
for answer in "$folder/$address".*.says; do
  word=\${answer#"$folder/$address."}
  case $script in
    *"\${word%.says}"*)
      [ ! -f "\${answer%says}takes" ] || sleep "$(cat "\${answer%says}takes")"
      cat "$answer"
      exit "$(cat "\${answer%says}status")"
      ;;
  esac
done
printf '%s\\n' "$script" >&2
exit 9
`;
    mkdirSync(join(this.folder, "bin"));
    writeFileSync(join(this.folder, "bin/ssh"), script);
    chmodSync(join(this.folder, "bin/ssh"), 0o755);
  }

  /** What the host at an address answers to scripts that have a word in them. */
  answers(address: string, word: string, { says, status = 0, takes }: Answer): void {
    const file = join(this.folder, `${address}.${word}`);
    writeFileSync(`${file}.says`, says);
    writeFileSync(`${file}.status`, String(status));
    if (takes !== undefined) writeFileSync(`${file}.takes`, String(takes));
  }

  /** The host at an address is not reached. */
  isDown(address: string, cause = `ssh: connect to host ${address} port 22: Connection timed out`): void {
    writeFileSync(join(this.folder, `${address}.down`), `${cause}\n`);
  }

  /** A stack with services on hosts, by their names; each host's address is 10.0.1.1 and its number. */
  synthesize(services: Readonly<Record<string, readonly (string | Host)[]>>, stackName = "blog"): string {
    const outdir = join(this.folder, "cdktf.out");
    const app = new cdktf.App({ outdir });
    const stack = new cdktf.TerraformStack(app, stackName);
    Object.entries(services).forEach(([name, hosts], i) => {
      const all = hosts.map((host) => (typeof host === "string" ? hostNamed(host) : host));
      const props = { user: "app", workingDirectory: "/srv/app", binds: [Bind.tcp(9292 + i)] };
      new PumaService(stack, name, { hosts: all, ...props });
    });
    app.synth();
    return outdir;
  }

  /** Calls the command line where that was synthesized. */
  async call(words: readonly string[], terminal: Partial<Output> = {}): Promise<Called> {
    let [out, err] = ["", ""];
    const output = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
    const { PATH } = process.env;
    process.env.PATH = `${join(this.folder, "bin")}:${PATH}`;
    const code = await main([...words, "--output", join(this.folder, "cdktf.out")], {
      ...output,
      ...terminal,
    });
    process.env.PATH = PATH;
    return { code, out, err };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A host such as web3, at 10.0.1.13. */
export function hostNamed(name: string): Host {
  return new Host(name, { address: `10.0.1.1${/\d+$/.exec(name)?.[0]}`, user: "ops", key: SshKey.agent() });
}

/** What a host tells of a service that runs, as `cdktf-puma facts` has it, but for what is changed or left away. */
export function facts(service: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const all = {
    serves: "yes",
    unit: `${service}.socket active running\n${service}.service active running`,
    since: ago(3 * 3600 + 60),
    restarts: "0",
    health: "passed",
    asked: "http://0.0.0.0:9292",
    threads: "2/5",
    backlog: "0",
    release: "2026-11-26.1",
    last: "2026-11-26 09:12:08 by ops from 10.0.1.2: release 2026-11-26.1 is new; from a to b",
    ...changes,
  };
  return Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value = ""]) => value.split("\n").map((line) => `cdktf-puma ${service} ${key}=${line}\n`))
    .join("");
}

/** The same of one that does not run. */
export function down(
  service: string,
  state: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const nothing = {
    since: undefined,
    health: undefined,
    asked: undefined,
    threads: undefined,
    backlog: undefined,
  };
  return facts(service, { serves: "no", unit: `${service}.service ${state}`, ...nothing, ...changes });
}

/** So many seconds ago, by the clock. */
export function ago(seconds: number): string {
  return String(Math.floor(Date.now() / 1000) - seconds);
}
