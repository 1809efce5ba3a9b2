import { type Release } from "../../lab/fleet/fleet";
import { lost, type Report } from "../../lab/load/report";

/** Clients that keep their connections in each load of the fault tests, and how often an overlap stops a Puma that has them. */
const KEPT = 4;
const STOPS = 2;

/**
 * Requests that were begun, got no answer and should have got one. A Puma before 7 closes the connections that clients keep as
 * it stops, whether they are about to ask or not: HTTP allows that, and nothing can switch it off.
 */
export function lostForNoReason(release: Release, report: Report): number {
  const closed = release === "forky" ? 0 : Math.min(report.resetReused, KEPT * STOPS);
  return lost(report) - closed;
}
