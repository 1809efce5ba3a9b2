import { type Effect } from "./effects";
import { type Paper } from "./paper";
import { type PlannedHost, type PlannedService } from "./planned";
import { type OtherResources, type Report } from "./report";

/** The most hosts of a row, and rows of a table, that are named. */
const MOST_HOSTS = 20;
const MOST_ROWS = 40;

/** What a plan says, in blocks, the ones that matter most first. */
export function blocksOf(report: Report, paper: Paper): string[] {
  const blocks = [paper.heading(`Puma: plan of ${paper.code(report.stack)}`)];
  if (report.isErrored) blocks.push(paper.strong("The engine failed: this plan is not whole."));
  if (report.untold > 0) blocks.push(paper.strong(untold(report.untold)));
  else blocks.push(headlineOf(report, paper));
  for (const service of report.services) blocks.push(...blocksOfService(service, paper));
  const items = [...renamed(report, paper), ...left(report, paper)];
  if (items.length > 0) blocks.push(paper.list(items));
  return [...blocks, ...others(report.others)];
}

/** In the place of a headline, which would be wrong. */
function untold(hosts: number): string {
  const changes = hosts === 1 ? "1 installation changes" : `${hosts} installations change`;
  return (
    `${changes} of which this plan says too little: it is of another version of cdktf-puma, or of a module. ` +
    "Read it by 'terraform show PLAN'."
  );
}

/** What a headline says of a kind, and of how many hosts. */
const PHRASES: Readonly<Record<Effect["kind"], (hosts: string) => string>> = {
  reopen: (hosts) => `sockets are closed and Puma restarts on ${hosts}`,
  restart: (hosts) => `Puma restarts on ${hosts}`,
  install: (hosts) => `installed on ${hosts}`,
  stop: (hosts) => `Puma stops on ${hosts}`,
  start: (hosts) => `Puma starts again on ${hosts}`,
  left: (hosts) => `left for Puma's next restart on ${hosts}`,
  stopped: (hosts) => `changed, and kept stopped, on ${hosts}`,
  drift: (hosts) => `put back on ${hosts}`,
  again: (hosts) => `run again on ${hosts}`,
  reload: (hosts) => `changed without a restart on ${hosts}`,
};

function headlineOf({ services, removed, retained, renames }: Report, paper: Paper): string {
  const hosts = services.flatMap((service) => service.hosts);
  const phrases = (Object.keys(PHRASES) as Effect["kind"][]).flatMap((kind) => {
    const names = hosts.filter(({ effect }) => effect.kind === kind).map(({ name }) => name);
    return names.length > 0 ? [PHRASES[kind](countOf(names))] : [];
  });
  if (removed.length > 0) phrases.push(`removed from ${countOf(removed.map(({ host }) => host))}`);
  if (retained.length > 0) phrases.push(`handed over on ${countOf(retained.map(({ host }) => host))}`);
  if (renames.length > 0) phrases.push(`renamed on ${countOf(renames.map(({ host }) => host))}`);
  if (phrases.length === 0)
    return services.length > 0 ? paper.strong("No host changes.") : "Nothing changes.";
  const text = phrases.join("; ");
  return paper.strong(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}

function countOf(names: readonly string[]): string {
  const { size } = new Set(names);
  return `${size} ${size === 1 ? "host" : "hosts"}`;
}

function blocksOfService(service: PlannedService, paper: Paper): string[] {
  const { label, isNew, hosts, lines } = service;
  const items = itemsOf(service, paper);
  return [
    paper.heading(`${paper.code(label)}${isNew ? " (new)" : ""}`),
    ...(hosts.length > 0 ? [tableOf(hosts, paper)] : []),
    ...(items.length > 0 ? [paper.list(items)] : []),
    ...(lines.length > 0 ? [paper.difference(lines)] : []),
  ];
}

function tableOf(hosts: readonly PlannedHost[], paper: Paper): string {
  const rows = new Map<string, string[]>();
  for (const host of [...hosts].sort((one, other) => one.batch - other.batch)) {
    const key = JSON.stringify([host.batch, wordsOf(host, paper)]);
    rows.set(key, rows.get(key) ?? []);
    rows.get(key)?.push(host.name);
  }
  const cells = [...rows].map(([key, names]): string[] => {
    const [batch, words] = JSON.parse(key) as [number, string];
    return [String(batch), named(names, paper), words];
  });
  const more = cells.length - MOST_ROWS;
  const shown = more > 0 ? [...cells.slice(0, MOST_ROWS), ["…", `${more} more rows`, ""]] : cells;
  return tableOfRows(["batch", "hosts", "what happens"], shown, paper);
}

/** Without the batch where there is one alone. */
function tableOfRows(head: readonly string[], rows: readonly string[][], paper: Paper): string {
  if (new Set(rows.map(([batch]) => batch)).size > 1) return paper.table(head, rows);
  return paper.table(
    head.slice(1),
    rows.map((cells) => cells.slice(1)),
  );
}

/** Where the words are none of the library's, they are text. */
function wordsOf({ effect, former }: PlannedHost, { code }: Paper): string {
  const words = /^[\w',(): ]+$/.test(effect.words) ? effect.words : code(effect.words);
  return former === undefined ? words : `${words}, in the place of ${code(former)}`;
}

function named(names: readonly string[], paper: Paper): string {
  const shown = names
    .slice(0, MOST_HOSTS)
    .map((name) => paper.code(name))
    .join(", ");
  const more = names.length - MOST_HOSTS;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function itemsOf(service: PlannedService, paper: Paper): string[] {
  const { hosts, tasks, release, secrets, said } = service;
  const { code } = paper;
  return [
    ...tasks.map(
      (task) => `Before any host changes, ${code(task)} runs once for the release ${code(release)}`,
    ),
    ...secrets.map(
      ({ from, to, hosts: names }) =>
        `Secrets: version ${from === "" ? code(to) : `${code(from)} → ${code(to)}`} on ${named(names, paper)}`,
    ),
    ...hosts.flatMap(({ name, drift }) =>
      drift === undefined ? [] : [`Changed by hand on ${code(name)}: ${code(drift)}`],
    ),
    ...said.map(([from, to]) => `Only said otherwise: ${code(from)} → ${code(to)}`),
    ...untouched(service),
  ];
}

function untouched({ hosts, unchanged }: PlannedService): string[] {
  if (hosts.length + unchanged === 0) return ["No host has it: machines that come up from now on do"];
  if (unchanged === 0) return [];
  return [unchanged === 1 ? "1 host stays as it is" : `${unchanged} hosts stay as they are`];
}

function renamed({ renames }: Report, paper: Paper): string[] {
  const hosts = new Map<string, string[]>();
  for (const { from, to, host } of renames) {
    const key = `${paper.code(from)} → ${paper.code(to)}`;
    hosts.set(key, hosts.get(key) ?? []);
    hosts.get(key)?.push(host);
  }
  return [...hosts].map(([names, on]) => `Renamed: ${names} on ${named(on, paper)}`);
}

function left({ removed, retained }: Report, paper: Paper): string[] {
  const words = (what: string, some: Report["removed"]): string[] => {
    const shown = some
      .slice(0, MOST_HOSTS)
      .map(
        ({ label, host, address }) =>
          `${what}: ${paper.code(label)} on ${paper.code(host)} at ${paper.code(address)}`,
      );
    const more = some.length - shown.length;
    return more > 0 ? [...shown, `${what}: ${more} more`] : shown;
  };
  return [...words("Removed", removed), ...words("Handed over, and left as it runs", retained)];
}

function others({ added, changed, destroyed }: OtherResources): string[] {
  if (added + changed + destroyed === 0) return [];
  return [`Other resources of the stack: ${added} to add, ${changed} to change, ${destroyed} to destroy.`];
}
