import { Load } from "../lab/load/load";
import { answered, lost, notOk } from "../lab/load/report";

/** What clients saw. */
export interface Tally {
  readonly answered: number;
  readonly failed: number;
  /** Milliseconds that the slowest answer took. */
  readonly longest: number;
}

/** Fetches a page; rejects where its status is not 200. */
export async function fetchPage(address: string, path: string): Promise<string> {
  const response = await fetch(`http://${address}:9292${path}`);
  const body = await response.text();
  if (response.status !== 200) throw new Error(body);
  return body;
}

/** A client for each address fetches pages, each over a new connection, as long as the work takes. */
export async function underTraffic(addresses: string[], work: () => Promise<void>): Promise<Tally> {
  const clients = { fresh: 1, keepAlive: 0, freshPause: 50 };
  const loads = await Promise.all(addresses.map((address) => Load.start({ address, ...clients })));
  const stop = () => Promise.all(loads.map((load) => load.stop()));
  await work().finally(stop);
  const reports = await stop();
  const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
  return {
    answered: sum(reports.map((report) => answered(report) - notOk(report))),
    failed: sum(reports.map((report) => report.refused + lost(report) + notOk(report))),
    longest: Math.max(...reports.map(({ longest }) => longest)),
  };
}
