import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type FleetHost } from "../fleet/fleet";
import { Lines } from "../terminal/lines";
import { OpenSsh } from "./openssh";

/** What a host is to run. */
export interface Call {
  /** For its shell, as whoever logs in there. */
  readonly script: string;
  /** Takes what it prints, line by line and printable. */
  readonly onLine?: (line: string) => void;
  /** What its standard input has; nothing otherwise. */
  readonly input?: string;
  /** Seconds after which it is given up, connection and all; as long as it takes otherwise. */
  readonly timeout?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** A host that was not reached, or gave no answer. */
export class HostError extends Error {
  /** @param reason in one line */
  constructor(
    readonly host: string,
    readonly reason: string,
  ) {
    super(`${host}: ${reason}`);
  }
}

/**
 * Why a host gave no answer.
 * @throws what is no HostError
 */
export function reasonOf(error: unknown): string {
  if (error instanceof HostError) return error.reason;
  throw error;
}

/** What the host says as it begins: so what failed before was the way to it. */
const CONNECTED = "cdktf-puma-connected";

/** Of an sshd that has too many at its door (MaxStartups): it lets in who comes back. */
const TURNED_AWAY = /kex_exchange_identification|Connection (?:closed|reset) by|Connection closed by UNKNOWN/;

/** Seconds that a connection may take. */
const CONNECT_TIMEOUT = 5;

/** Seconds for which who is turned away comes back. */
const PATIENCE = 8;

/** The longest cause: one line. */
const LONGEST_CAUSE = 240;

/** Runs scripts on hosts, by OpenSSH or without it on this machine. */
export class Remote {
  private readonly ssh = new OpenSsh();

  /**
   * Runs a script on a host.
   * @returns its exit status
   * @throws a HostError if the host was not reached, or did not end in time
   */
  async run(host: FleetHost, call: Call): Promise<number> {
    const { timeout } = call;
    const begun = Date.now();
    for (;;) {
      const spent = (Date.now() - begun) / 1000;
      const left = timeout === undefined ? {} : { timeout: Math.max(1, timeout - spent) };
      const attempt = await this.attempt(host, { ...call, ...left });
      if (attempt.isConnected && attempt.cause === undefined) return attempt.status;
      // Who ended it knows why: what it had said first may have come before the word that it was reached.
      if (call.signal?.aborted) return attempt.status;
      const { cause = "its login runs no command" } = attempt;
      if (attempt.isConnected || !TURNED_AWAY.test(cause) || spent > (timeout ?? PATIENCE) - 1)
        throw new HostError(host.name, cause);
      await sleep(200 + Math.random() * 800);
    }
  }

  /**
   * Runs a script with this terminal, or with what this process reads and writes, as whoever logs in there.
   * @returns its exit status; 255 also where the host was not reached, which ssh has said then
   */
  async interact({ reach }: FleetHost, script: string, isInteractive = true): Promise<number> {
    const [program = "", ...args] = reach.isLocal
      ? ["/bin/sh", "-c", script]
      : [
          ...this.ssh.words(reach, { isInteractive, connectTimeout: CONNECT_TIMEOUT }),
          `exec ${startOf(script)}`,
        ];
    return endOf(spawn(program, args, { stdio: "inherit" }));
  }

  /** Removes what OpenSSH was given in files. */
  close(): void {
    this.ssh.close();
  }

  private async attempt(host: FleetHost, call: Call): Promise<Attempt> {
    const attempt = new Attempt(this.start(host, call), call);
    return attempt.end();
  }

  private start({ reach }: FleetHost, { script, input }: Call): ChildProcess {
    const begin = `echo ${CONNECTED} >&2; exec ${startOf(script)}`;
    const [program = "", ...args] = reach.isLocal
      ? ["/bin/sh", "-c", begin]
      : [...this.ssh.words(reach, { connectTimeout: CONNECT_TIMEOUT }), `exec /bin/sh -c '${begin}'`];
    const child = spawn(program, args, {
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C" },
    });
    // Who ends before it has read all says why.
    child.stdin?.on("error", () => undefined).end(input);
    return child;
  }
}

/** Whatever shell the login has: there is no quote in it, nor anything that is more than a letter between double quotes. */
function startOf(script: string): string {
  return `/bin/sh -c "$(printf %s ${Buffer.from(script).toString("base64")} | base64 -d)"`;
}

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How a process ended; one that is to end with this one, as a shell says it: ssh itself has 255 for that. */
async function endOf(child: ChildProcess): Promise<number> {
  let ended = 0;
  const end = (signal: NodeJS.Signals): void => {
    ended = 128 + constants.signals[signal];
    child.kill(signal);
  };
  for (const signal of ENDING) process.on(signal, end);
  const status = new Promise<number>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve(ended || (code ?? 1)));
  });
  return status.finally(() => ENDING.forEach((signal) => process.off(signal, end)));
}

/** One call of ssh. */
class Attempt {
  isConnected = false;
  status = 1;
  /** Why it is no answer. */
  cause?: string;

  private readonly said: string[] = [];
  private readonly err = new Lines((line) => this.takeError(line));
  private readonly out = new Lines((line) => this.call.onLine?.(line));

  constructor(
    private readonly child: ChildProcess,
    private readonly call: Call,
  ) {}

  async end(): Promise<this> {
    const { timeout, signal } = this.call;
    const late = timeout === undefined ? undefined : setTimeout(() => this.giveUp(timeout), 1000 * timeout);
    const abort = (): void => this.kill();
    signal?.addEventListener("abort", abort);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.out.add(text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => this.err.add(text));
    const code = await this.closed();
    clearTimeout(late);
    signal?.removeEventListener("abort", abort);
    for (const lines of [this.out, this.err]) lines.end();
    this.judge(code);
    return this;
  }

  private async closed(): Promise<number | null> {
    return new Promise((resolve) => {
      this.child.on("error", ({ message }) => {
        this.cause = `ssh could not be started: ${message}`;
        resolve(null);
      });
      this.child.on("close", resolve);
    });
  }

  private giveUp(timeout: number): void {
    this.cause = `no answer within ${Math.ceil(timeout)} seconds`;
    this.kill();
  }

  private kill(): void {
    this.child.kill();
    // What ssh has started may keep its output open.
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  private judge(code: number | null): void {
    this.status = code ?? 1;
    if (this.cause !== undefined) return;
    if (!this.isConnected) this.cause = causeOf(this.said) ?? `ssh ended with ${code ?? "a signal"}`;
    else if (code === 255)
      this.cause = `the connection was cut: ${causeOf(this.said) ?? "ssh ended with 255"}`;
  }

  private takeError(line: string): void {
    if (line === CONNECTED) this.isConnected = true;
    else if (this.isConnected) this.call.onLine?.(line);
    this.said.push(line);
    if (this.said.length > 5) this.said.shift();
  }
}

/** What ssh said last, in one line: of a warning that fills a screen only what it is about. */
function causeOf(said: readonly string[]): string | undefined {
  const lines = said
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== CONNECTED && !/^@/.test(line));
  const cause = lines
    .slice(-2)
    .map((line) => line.replace(/^ssh: connect to host (\S+) port (\d+): (.*)$/, "$3 ($1 port $2)"))
    .join("; ");
  return cause === "" ? undefined : cause.slice(0, LONGEST_CAUSE);
}
