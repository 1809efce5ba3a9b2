import { shellQuoted } from "../deploy/shell-settings";
import { surveyScript } from "../runtime/parts";
import { BECOME, commandOf } from "./asking";
import { type Placement } from "./fleet";
import { hostFacts, remarksIn } from "./remarks-of-host";
import { pumaStatus, type PumaStatus } from "./puma-status";

/** How a service is on a host. */
export interface Condition extends Partial<PumaStatus> {
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
  /** What the last run came to. */
  readonly lastRun?: { readonly at: string; readonly by: string; readonly text: string };
  /** What else there is to say. */
  readonly remarks: readonly string[];
}

/** What one host is asked for its services. */
export function surveyOf(placements: readonly Placement[]): string {
  const calls = placements.map(
    (one) => `survey ${shellQuoted(one.service)} ${one.scope} ${commandOf(one)}\n`,
  );
  return `${surveyScript()}${BECOME}${calls.join("")}`;
}

/** Facts of a service, by their keys: a line each. */
type Facts = ReadonlyMap<string, readonly string[]>;

/** How a service is, of what a host has printed. */
export function conditionOf(service: string, lines: readonly string[]): Condition {
  const facts = factsOf(service, lines);
  const one = (key: string): string => facts.get(key)?.[0] ?? "";
  const record = facts.get("record") ?? [];
  const serves = upBy(one("code"), one("ActiveState"));
  const { remarks, ...told } = toldBy(facts);
  return {
    ...{ state: record.length === 0 ? "absent" : stateOf(one, serves), serves },
    release: record.find((line) => line.startsWith("release="))?.slice("release=".length) ?? "",
    ...(one("ActiveState") === "active" && {
      ...sinceOf(one("ActiveEnterTimestamp")),
      ...pumaStatus(one("StatusText")),
    }),
    restarts: Number(one("NRestarts")) || 0,
    ...told,
    remarks: record.length === 0 ? [] : remarks,
  };
}

/** What the host itself tells, in facts or, if it is of an older version, in words. */
function toldBy(facts: Facts): Pick<Condition, "health" | "deployedBy" | "lastRun" | "remarks"> {
  const told = hostFacts(facts.get("fact") ?? []);
  const words = facts.get("says") ?? [];
  const [health] = told.get("health") ?? [];
  const [deployedBy] = told.get("deployed_by") ?? [];
  return {
    ...(health && { health: health === "passed" ? ("passed" as const) : ("failed" as const) }),
    ...(deployedBy && { deployedBy }),
    ...lastRunIn([...words, ...(told.get("last") ?? []).map((last) => `last run: ${last}`)]),
    remarks: told.size > 0 ? remarksIn(told) : words.filter(isRemark),
  };
}

function factsOf(service: string, lines: readonly string[]): Facts {
  const facts = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, key = "", value = ""] = /^cdktf-puma (\S+) (\S+) (.*)$/.exec(`${line} `) ?? [];
    if (name === service) facts.set(key, [...(facts.get(key) ?? []), value.trimEnd()]);
  }
  return facts;
}

/** By what the host itself says, or else, where that may not be asked, by systemd. */
function upBy(code: string, activity: string): boolean {
  return code === "0" || (code !== "3" && activity === "active");
}

function stateOf(one: (key: string) => string, serves: boolean): string {
  const activity = one("ActiveState");
  if (activity === "activating" && one("SubState") === "auto-restart") return "auto-restart";
  return activity === "inactive" && serves ? "listening" : activity || "unknown";
}

/** systemd's `Thu 2026-11-26 09:12:07 UTC`. */
function sinceOf(text: string): Pick<Condition, "since"> {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text) ?? [];
  return day === undefined ? {} : { since: `${day}T${time}Z` };
}

const LAST_RUN = /^last run: (\S+ \S+) by ([^:]*(?::\S[^:]*)*): (.*)$/;

function lastRunIn(said: readonly string[]): Pick<Condition, "lastRun"> {
  const [, at, by = "", text = ""] =
    said.map((line) => LAST_RUN.exec(line)).find((found) => found !== null) ?? [];
  return at === undefined ? {} : { lastRun: { at, by, text } };
}

/** What is not in the table: of the last run only that it failed. */
function isRemark(line: string): boolean {
  const [, , , text] = LAST_RUN.exec(line) ?? [];
  if (text !== undefined) return text.startsWith("failed");
  return line !== "" && !/^\S+\.(?:service|socket) is [\w-]+ \(|^release .*, started in /.test(line);
}
