import { type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MILLISECONDS = 50;

/** What clients saw. */
export interface Tally {
  readonly answered: number;
  readonly failed: number;
  /** Milliseconds that the slowest answer took. */
  readonly longest: number;
}

/** Fetches a page over a connection of its own. */
export function fetchPage(address: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const receive = (response: IncomingMessage): void => {
      let body = "";
      response
        .setEncoding("utf8")
        .on("data", (text: string) => (body += text))
        .on("end", () => (response.statusCode === 200 ? resolve(body) : reject(new Error(body))))
        .on("error", reject);
    };
    request({ host: address, port: 9292, path, agent: false }, receive).on("error", reject).end();
  });
}

/** Fetches pages from each address, one after the other, as long as the work takes. */
export async function underTraffic(addresses: string[], work: () => Promise<void>): Promise<Tally> {
  let running = true;
  const times: number[] = [];
  let failed = 0;
  const clients = addresses.map(async (address) => {
    while (running) {
      const begun = Date.now();
      await fetchPage(address, "/").then(
        () => times.push(Date.now() - begun),
        () => failed++,
      );
      await sleep(PAUSE_MILLISECONDS);
    }
  });
  try {
    await work();
  } finally {
    running = false;
    await Promise.all(clients);
  }
  return { answered: times.length, failed, longest: Math.max(...times) };
}
