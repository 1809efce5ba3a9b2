import { type Command } from "commander";
import { type Answer, askAll } from "../hosts/ask-all";
import { type Placement } from "../fleet/fleet";
import { type AskOptions, asksFleet, fleetMeant } from "../fleet/fleet-options";
import { Names, type Named, namedOf } from "../fleet/names";
import { endBy, exitCodes, jsonText, type Output } from "../terminal/output";
import { statusTable } from "./status-table";
import { type Condition, conditionOf, surveyOf } from "../hosts/survey";

/** A service on a host, and how it is there or why that is not known. */
export interface Report extends Named {
  readonly condition?: Condition;
  readonly error?: string;
}

/** Adds the command that looks at all hosts. */
export function addStatus(program: Command, output: Output): void {
  asksFleet(
    program.command("status").description("Say how the services are on all hosts of what was synthesized."),
    { timeout: 8 },
  )
    .addHelpText("after", HELP)
    .action((options: AskOptions) => status(options, output));
}

const HELP = exitCodes(
  "if all serve",
  "if a host could not be asked",
  "if a service does not serve, or is not healthy",
);

async function status(options: AskOptions, output: Output): Promise<void> {
  const fleet = fleetMeant(options);
  const names = new Names(fleet);
  const question = {
    hostOf: ([{ host }]: OnHost) => host,
    nameOf: ([one]: OnHost) => names.host(namedOf(one)),
    callOf: (all: OnHost) => ({ script: surveyOf(all) }),
  };
  const answers = await askAll(byHost(fleet.placements), question, options, output);
  const unreached = fleet.unreached.map(({ cause, ...one }) => ({ ...one, error: cause }));
  const reports: Report[] = [...answers.flatMap(reportsOf), ...unreached];
  output.out(options.json ? jsonText(reports.map(asJson)) : statusTable(reports, names, output));
  const isUnknown = ({ error }: Report): boolean => error !== undefined;
  endBy(reports.some(isDown), reports.some(isUnknown));
}

function isDown({ condition }: Report): boolean {
  return condition !== undefined && (!condition.serves || condition.health === "failed");
}

/** Services of a host that one login is enough for. */
export type OnHost = readonly [Placement, ...Placement[]];

/** The services of each login. */
export function byHost(placements: readonly Placement[]): OnHost[] {
  const groups = new Map<string, [Placement, ...Placement[]]>();
  for (const one of placements) {
    const key = JSON.stringify([one.host.name, one.host.reach]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

function reportsOf({ item, lines, status, error }: Answer<OnHost>): Report[] {
  const why = error ?? whyNot(status, lines);
  return item
    .map(namedOf)
    .map((one) =>
      why === undefined ? { ...one, condition: conditionOf(one.service, lines) } : { ...one, error: why },
    );
}

/** A host whose shell could not do what it was asked for. */
function whyNot(status: number | undefined, lines: readonly string[]): string | undefined {
  return status === 0 ? undefined : `it ended with ${status}: ${lines.at(-1) ?? "no word"}`;
}

function asJson({ condition, ...one }: Report): object {
  if (condition === undefined) return one;
  const facts = [...condition.facts].map(([key, values]) => [key, values.length > 1 ? values : values[0]]);
  return { ...one, ...condition, facts: Object.fromEntries(facts) as object };
}
