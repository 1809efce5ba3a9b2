import { appendFileSync } from "node:fs";
import type { Release } from "../../lab/fleet/fleet";
import type { Report } from "../../lab/load/report";
import type { Mode } from "./deployed-service";

/** Whether this is the run of every row, which `npm run prove` is. */
export const THOROUGH = process.env.THOROUGH === "true";

/** Which rows are tried, for a look at one. */
export const ROWS = new RegExp(process.env.ROWS ?? "");

/** What was seen of a row of the fault table. */
export interface Observation {
  readonly name: string;
  readonly mode: Mode;
  readonly release: Release;
  /** The version that served afterwards. */
  readonly serves: string;
  readonly report: Report;
}

/** Keeps it for the table, where EVIDENCE names a file. */
export function record(seen: Observation): void {
  const line = `${JSON.stringify(seen)}\n`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, line);
  else process.stderr.write(line);
}
