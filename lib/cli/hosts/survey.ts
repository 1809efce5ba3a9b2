import { shellQuoted } from "../../deploy/shell-settings";
import { surveyScript } from "../../runtime/parts";
import { BECOME, commandOf } from "./asking";
import { factIn, type Facts, factsOf, remarksIn } from "./facts";
import { type Placement } from "../fleet/fleet";

/** How a service is on a host. */
export interface Condition {
  /** In systemd's words; "listening" where a first connection would start it, "absent" where it was not installed. */
  readonly state: string;
  /** Whether it serves, or would at the first connection. */
  readonly serves: boolean;
  /** What its health check, asked at that moment, came to; undefined where the host does not say. */
  readonly health?: "passed" | "failed";
  readonly release: string;
  /** Who has deployed that; undefined where the host does not say. */
  readonly deployedBy?: string;
  /** When what runs was started, as ISO 8601 has it. */
  readonly since?: string;
  /** How often systemd has restarted it by itself since. */
  readonly restarts: number;
  /** Threads that serve a request, and how many there may be, by what Puma tells systemd. */
  readonly threads?: { readonly busy: number; readonly max: number };
  /** Requests that wait for a thread. */
  readonly backlog?: number;
  /** Of a cluster: its workers that have booted, and how many there are to be. */
  readonly workers?: { readonly booted: number; readonly wanted: number };
  /** What the last run came to. */
  readonly lastRun?: { readonly at: string; readonly by: string; readonly text: string };
  /** What else there is to say. */
  readonly remarks: readonly string[];
  /** All that the host tells, as it tells it. */
  readonly facts: Facts;
}

/** What one host is asked for its services. */
export function surveyOf(placements: readonly Placement[]): string {
  const calls = placements.map(
    (one) => `survey ${shellQuoted(one.service)} ${one.scope} ${commandOf(one)}\n`,
  );
  return `${surveyScript()}${BECOME}${calls.join("")}`;
}

/** How a service is, of what a host has printed. */
export function conditionOf(service: string, lines: readonly string[]): Condition {
  const facts = factsOf(service, lines);
  const [activity = "", sub = ""] = unitIn(facts);
  const serves = factIn(facts, "serves") ?? (activity === "active" ? "yes" : "no");
  return {
    state: facts.has("absent") ? "absent" : stateOf(activity, sub, serves === "yes"),
    serves: serves === "yes",
    release: factIn(facts, "release") ?? "",
    restarts: Number(factIn(facts, "restarts")) || 0,
    ...countsIn(facts),
    ...pastIn(facts),
    remarks: remarksIn(facts),
    facts,
  };
}

/** systemd's words for the state of the service, which stands behind its sockets. */
function unitIn(facts: Facts): string[] {
  const units = facts.get("unit") ?? [];
  const words = units.map((unit) => unit.split(" ")).filter(([name]) => name?.endsWith(".service"));
  return words.at(-1)?.slice(1) ?? [];
}

function stateOf(activity: string, sub: string, serves: boolean): string {
  if (activity === "activating" && sub.startsWith("auto-restart")) return "auto-restart";
  return activity === "inactive" && serves ? "listening" : activity || "unknown";
}

function countsIn(facts: Facts): Pick<Condition, "threads" | "backlog" | "workers"> {
  const [busy, max] = countsOf(factIn(facts, "threads"));
  const [backlog] = countsOf(factIn(facts, "backlog"));
  const [booted, wanted] = countsOf(factIn(facts, "workers"));
  return {
    ...(busy !== undefined && max !== undefined && { threads: { busy, max } }),
    ...(backlog !== undefined && { backlog }),
    ...(booted !== undefined && wanted !== undefined && { workers: { booted, wanted } }),
  };
}

/** Of `3`, and of `3/10`. */
function countsOf(text = ""): number[] {
  return /^\d+(?:\/\d+)?$/.test(text) ? text.split("/").map(Number) : [];
}

function pastIn(facts: Facts): Pick<Condition, "health" | "deployedBy" | "since" | "lastRun"> {
  const health = factIn(facts, "health");
  const deployedBy = factIn(facts, "deployed_by");
  const since = Number(factIn(facts, "since"));
  return {
    ...(health && { health: health === "passed" ? ("passed" as const) : ("failed" as const) }),
    ...(deployedBy && { deployedBy }),
    ...(since > 0 && since < LAST_DATE && { since: `${new Date(1000 * since).toISOString().slice(0, 19)}Z` }),
    ...lastRunIn(factIn(facts, "last") ?? ""),
  };
}

/** In seconds: the year 10000. */
const LAST_DATE = 253_402_300_800;

function lastRunIn(last: string): Pick<Condition, "lastRun"> {
  const [, at, by = "", text = ""] = /^(\S+ \S+) by ([^:]*(?::\S[^:]*)*): (.*)$/.exec(last) ?? [];
  return at === undefined ? {} : { lastRun: { at, by, text } };
}
