import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stopScript } from "../../lib/runtime/parts";
import { folderOf, type Shell, SHELLS } from "./shell";

const STOP = join(folderOf({ "stop.sh": stopScript() }), "stop.sh");

/**
 * A process whose threads have the names of Puma's, and that listens until it is asked to stop. A real Puma has many
 * threads and stops by itself: test/e2e/stops.hosts.ts. Its name, whether it closes its socket, and what then becomes of it:
 */
interface Behaviour {
  readonly name: string;
  /** Names of other threads that it has. */
  readonly others?: readonly string[];
  readonly closes: boolean;
  /** Milliseconds until it ends by itself. */
  readonly lasts: number;
  /** How a client that waits for its answer is connected: it may have shut its own side. */
  readonly client?: "open" | "half-closed";
}

const FOREVER = 1e6;

const PROGRAM = `
  const { name, others = [], closes, lasts } = JSON.parse(process.argv[1]);
  const server = require("node:net").createServer({ allowHalfOpen: true }, (socket) => socket.resume()).listen(0, "127.0.0.1", () => {
    process.title = name;
    const { readdirSync, writeFileSync } = require("node:fs");
    const threads = readdirSync("/proc/self/task").filter((id) => id !== String(process.pid));
    others.forEach((other, i) => writeFileSync("/proc/self/task/" + threads[i] + "/comm", other));
    console.log(server.address().port);
  });
  // As Puma does: with a control server at SIGINT.
  process.on([name, ...others].join().includes("ctl") ? "SIGINT" : "SIGTERM", () => {
    if (closes) server.close();
    setTimeout(() => process.exit(0), lasts);
  });
  setTimeout(() => {}, ${FOREVER});`;

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill("SIGKILL")));

async function start(behaviour: Behaviour): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", PROGRAM, JSON.stringify(behaviour)]);
  started.push(child);
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  if (behaviour.client) await attend(Number(port), behaviour.client);
  return child;
}

async function attend(port: number, client: "open" | "half-closed"): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => undefined);
  await once(socket, "connect");
  if (client === "half-closed") socket.end();
  await sleep(100);
}

/** How the process ended, what was said of it, and whether the script waited for that end. */
async function stop(shell: Shell, child: ChildProcess, patience = 10_000): Promise<unknown[]> {
  const [command, ...words] = shell.command;
  const script = spawn(command, [...words, STOP, String(child.pid)], { env: { PATH: shell.path } });
  let said = "";
  script.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "exit");
  const finished = once(script, "close").then(() => true);
  const inTime = await Promise.race([finished, sleep(patience, false, { ref: false })]);
  if (!inTime) {
    script.kill("SIGKILL");
    return ["still there", said];
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  return [signal ?? code, said.replace(/\d+/g, "N")];
}

const ENDED = "Puma served its last request but hangs in its own shutdown (puma#N): ending N\n";

describe.each(SHELLS)("under $name", (shell) => {
  test.each<[string, Behaviour, unknown[]]>([
    ["that ends at once is left to it", { name: "puma srv", closes: true, lasts: 0 }, [0, ""]],
    [
      "that serves on is waited for",
      { name: "puma srv tp 001", closes: true, lasts: 1500, client: "open" },
      [0, ""],
    ],
    [
      "that serves a client who said all is waited for",
      { name: "puma srv tp 001", closes: true, lasts: 1500, client: "half-closed" },
      [0, ""],
    ],
    [
      "that still works though nobody is connected is waited for",
      { name: "puma srv tp 001", closes: true, lasts: 1500 },
      [0, ""],
    ],
    ["that hangs is ended", { name: "puma srv", closes: true, lasts: FOREVER }, ["SIGSTKFLT", ENDED]],
    [
      "whose control server hangs is ended",
      { name: "puma ctl", closes: true, lasts: FOREVER },
      ["SIGSTKFLT", ENDED],
    ],
    [
      "that hangs while its control server waits for the next request is ended",
      { name: "puma srv", others: ["puma ctl", "puma ctl tp 001"], closes: true, lasts: FOREVER },
      ["SIGSTKFLT", ENDED],
    ],
    [
      "whose control server still answers is waited for",
      { name: "puma ctl", others: ["puma ctl tp 001"], closes: true, lasts: 1500 },
      [0, ""],
    ],
    ["that still listens is waited for", { name: "puma srv", closes: false, lasts: 1500 }, [0, ""]],
    ["that is something else is waited for", { name: "something", closes: true, lasts: 1500 }, [0, ""]],
  ])(
    "a process %s",
    async (_, behaviour, end) => {
      expect(await stop(shell, await start(behaviour))).toEqual(end);
    },
    20_000,
  );

  test("a process that serves is never ended, however long it takes", async () => {
    const child = await start({ name: "puma srv tp 001", closes: true, lasts: FOREVER, client: "open" });
    expect(await stop(shell, child, 2000)).toEqual(["still there", ""]);
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  test("a process that has had its time is killed, and those below it", async () => {
    const child = await start({ name: "puma srv tp 001", closes: true, lasts: FOREVER, client: "open" });
    const [command, ...words] = shell.command;
    const script = spawn(command, [...words, STOP, String(child.pid)], { env: { PATH: shell.path } });
    await sleep(500);
    script.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  });

  test("a process that is gone is no failure", async () => {
    const child = await start({ name: "puma srv", closes: true, lasts: 0 });
    child.kill("SIGKILL");
    await once(child, "exit");
    const [command, ...words] = shell.command;
    const script = spawn(command, [...words, STOP, String(child.pid)], { env: { PATH: shell.path } });
    expect(await once(script, "exit")).toEqual([0, null]);
  });
});
