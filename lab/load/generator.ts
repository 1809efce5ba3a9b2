/** `node --import tsx generator.ts OPTIONS`: asks until its input ends or a limit is met, then prints a {@link Report}. */
import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadOptions, Report } from "./report";

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends Readonly<Record<string, number>> ? Record<string, number> : T[K];
};

const options = JSON.parse(process.argv[2] ?? "{}") as LoadOptions;
const report: Mutable<Report> = {
  answers: {},
  refused: 0,
  reset: 0,
  resetReused: 0,
  timedOut: 0,
  errors: {},
  withoutPort: 0,
  longest: 0,
  slow: 0,
};
const deadline = Date.now() + options.seconds * 1000;
const SLOW = 500;
let begun = 0;
let stopped = false;

const count = (table: Record<string, number>, key: string): void => {
  table[key] = (table[key] ?? 0) + 1;
};

/** One request; resolves however it ends. */
function ask(agent: http.Agent): Promise<void> {
  return new Promise((resolve) => {
    const since = performance.now();
    const { address: host, port, path, patience: timeout, tls } = options;
    const request = (tls ? https : http).get({ host, port, path, agent, timeout }, (response) => {
      void read(response, since).then(resolve, failed);
    });
    let counted = false;
    const failed = (error: NodeJS.ErrnoException): void => {
      if (!counted) countFailure(error, request.reusedSocket);
      counted = true;
      resolve();
    };
    request.on("timeout", () => request.destroy(Object.assign(new Error("timeout"), { code: "TIMEOUT" })));
    request.on("error", failed);
  });
}

async function read(response: http.IncomingMessage, since: number): Promise<void> {
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk as string;
  const took = performance.now() - since;
  report.longest = Math.max(report.longest, Math.round(took));
  if (took > SLOW) report.slow++;
  count(report.answers, `${response.statusCode} ${body.trim().slice(0, 40)}`);
}

function countFailure({ code = "unknown" }: NodeJS.ErrnoException, reused: boolean): void {
  if (code === "EADDRNOTAVAIL") report.withoutPort++;
  else if (code === "ECONNREFUSED") report.refused++;
  else if (code === "TIMEOUT") report.timedOut++;
  else if (code !== "ECONNRESET" && code !== "EPIPE") count(report.errors, code);
  else if (reused) report.resetReused++;
  else report.reset++;
}

/** One that keeps its connection has one at most; with a limit, an agent would also keep those that are to be new. */
function agentOf(keepAlive: boolean): http.Agent {
  const limits = { keepAlive, maxSockets: keepAlive ? 1 : Infinity };
  return options.tls ? new https.Agent({ ...limits, rejectUnauthorized: false }) : new http.Agent(limits);
}

async function client(keepAlive: boolean): Promise<void> {
  const agent = agentOf(keepAlive);
  while (!stopped && begun < options.requests && Date.now() < deadline) {
    begun++;
    const before = report.withoutPort;
    await ask(agent);
    // Ports come back: to ask for one at once would only take the time of others.
    await sleep(report.withoutPort > before ? 50 : keepAlive ? options.pause : options.freshPause);
  }
  agent.destroy();
}

async function main(): Promise<void> {
  process.stdin.resume().on("end", () => (stopped = true));
  const clients = [
    ...Array.from({ length: options.fresh }, () => client(false)),
    ...Array.from({ length: options.keepAlive }, () => client(true)),
  ];
  process.stderr.write("begun\n");
  await Promise.all(clients);
  process.stdout.write(JSON.stringify(report), () => process.exit());
}

void main();
