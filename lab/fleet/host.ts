import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "./rootfs";
import { type Result, run } from "./run";
import type { Slot } from "./slot";

/** A host by name, and the release that it runs. */
export interface HostSpec {
  readonly name: string;
  readonly release: Release;
  /** Debian packages that it has beside those of every host. @default - none */
  readonly packages?: readonly string[];
}

/** How {@link FleetHost.exec} runs a script. */
export interface ExecOptions {
  /** @default "root" */
  readonly user?: string;
  /** Resolve whatever the exit code is. @default false */
  readonly allowFailure?: boolean;
  /** @default - empty */
  readonly input?: string;
}

/** A busy machine boots twelve hosts at a time. */
const BOOT_SECONDS = 180;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** One booted Debian, with systemd as PID 1 and an sshd that this machine reaches. */
export class FleetHost {
  /** A user without root who may sudo, and whom {@link keyFile} lets in. */
  readonly user = "ops";
  /** The working directory of the Rack app, which its user `deploy` can read. */
  readonly app = "/srv/app/current";
  readonly name: string;
  readonly release: Release;
  /** The IPv4 address at which this machine reaches the host. */
  readonly address: string;
  /** The public key that the engines' ssh client is shown, of the three that sshd has. */
  hostKey = "";

  constructor(
    spec: HostSpec,
    number: number,
    private readonly slot: Slot,
    /** The path of the private key, without a passphrase. */
    readonly keyFile: string,
  ) {
    this.name = spec.name;
    this.release = spec.release;
    this.address = slot.address(number);
  }

  /** Gives the host, before its first boot, what must not be the same on two of them. */
  async personalize(hosts: readonly FleetHost[]): Promise<void> {
    const root = join(this.slot.folder, this.name, "root");
    const names = hosts.map((host) => `${host.address} ${host.name}\n`).join("");
    await writeFile(join(root, "etc/hostname"), `${this.name}\n`);
    await writeFile(
      join(root, "etc/hosts"),
      `127.0.0.1 localhost\n127.0.1.1 ${this.name}\n::1 localhost\n${names}`,
    );
    await writeFile(join(root, "etc/machine-id"), `${randomBytes(16).toString("hex")}\n`);
    await writeFile(join(root, "home/ops/.ssh/authorized_keys"), await readFile(`${this.keyFile}.pub`));
    await this.renewHostKeys(join(root, "etc/ssh"));
  }

  /** What `ssh` is given to come in as {@link user}, over a connection of its own. */
  sshArguments(knownHosts: string): string[] {
    const options = [
      "ControlMaster=no",
      "ControlPath=none",
      `UserKnownHostsFile=${knownHosts}`,
      "BatchMode=yes",
    ];
    return [...options.flatMap((option) => ["-o", option]), "-i", this.keyFile];
  }

  /** Runs a script inside the host by `sh -c`; not over ssh, so it works whatever sshd does. */
  async exec(script: string, options: ExecOptions = {}): Promise<Result> {
    const { user = "root" } = options;
    // Root is there already: a session for it takes longer than most scripts.
    const become = user === "root" ? ["/bin/sh"] : ["runuser", "-s", "/bin/sh", user];
    const shell = [...become, "-c", script];
    const enter = ["-t", await this.init(), "--all", "--root"];
    const env = ["env", "-i", `PATH=${PATH}`, "LANG=C.UTF-8", ...(user === "root" ? ["HOME=/root"] : [])];
    const { allowFailure, input } = options;
    return run("nsenter", [...enter, ...env, ...shell], { allowFailure, input });
  }

  /** Writes a file of root's, and the folders above it. */
  async write(path: string, content: string, mode = 0o644): Promise<void> {
    const file = quote(path);
    const script = `mkdir -p "$(dirname ${file})" && cat >${file} && chmod ${mode.toString(8)} ${file}`;
    await this.exec(script, { input: content });
  }

  /** The content of a file. */
  async read(path: string): Promise<string> {
    return (await this.exec(`cat ${quote(path)}`)).stdout;
  }

  /** Reboots by `systemctl reboot`; resolves when one can log in again. */
  async reboot(): Promise<void> {
    const before = await this.nspawn();
    // The command is itself killed by the reboot that it asks for.
    await this.exec("systemctl reboot", { allowFailure: true });
    await this.eventually("reboot", async () => (await this.nspawn()) !== before);
    await this.waitForLogin();
  }

  /** Kills everything on the host at once. Its files stay. */
  async powerCut(): Promise<void> {
    await this.slot.cut(this.name);
  }

  /** Boots a host that is off; resolves when one can log in. */
  async boot(): Promise<void> {
    await this.slot.boot(this.name);
    await this.waitForLogin();
  }

  private async waitForLogin(): Promise<void> {
    await this.eventually("answer over ssh", () => answersAsSshd(this.address));
    // Until then PAM turns everybody but root away: "System is booting up".
    const ready = "systemctl is-active systemd-user-sessions";
    await this.eventually(
      "let users in",
      async () => (await this.exec(ready, { allowFailure: true })).code === 0,
    );
  }

  private async eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + BOOT_SECONDS * 1000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`${this.name} did not ${what}\n${await this.console()}`);
      await sleep(50);
    }
  }

  /** The PID, as this machine sees it, of the host's PID 1. */
  private async init(): Promise<string> {
    const nspawn = await this.nspawn();
    const children = await readFile(`/proc/${nspawn}/task/${nspawn}/children`, "utf8").catch(() => "");
    const [init] = children.trim().split(" ");
    if (!init) throw new Error(`${this.name} is not running\n${await this.console()}`);
    return init;
  }

  private async nspawn(): Promise<string> {
    return (await readFile(join(this.slot.folder, this.name, "nspawn.pid"), "utf8")).trim();
  }

  private async console(): Promise<string> {
    const log = await readFile(join(this.slot.folder, this.name, "console.log"), "utf8").catch(() => "");
    return log.split("\n").slice(-30).join("\n");
  }

  /** The root file system comes with keys that all hosts share. The RSA one stays: it is slow to make, and unused. */
  private async renewHostKeys(folder: string): Promise<void> {
    for (const kind of ["ecdsa", "ed25519"]) {
      const file = join(folder, `ssh_host_${kind}_key`);
      const args = ["-q", "-t", kind, "-N", "", "-C", `root@${this.name}`, "-f", file];
      await run("ssh-keygen", args, { input: "y\n" });
    }
    const line = await readFile(join(folder, "ssh_host_ecdsa_key.pub"), "utf8");
    this.hostKey = line.split(" ").slice(0, 2).join(" ");
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function answersAsSshd(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 10_000 });
    const answer = (greeted: boolean): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.once("data", (data) => answer(data.toString().startsWith("SSH-")));
    socket
      .once("error", () => answer(false))
      .once("timeout", () => answer(false))
      .once("end", () => answer(false));
  });
}
