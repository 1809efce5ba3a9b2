/** A crawl of all that an application links to, for comparing it with the same one at another time. */

/** What a page answered, by its path: the status, where to, and what stands there but for tokens and times. */
export type Crawl = ReadonlyMap<string, string>;

/** Where a crawl begins, and how far it goes. */
export interface CrawlOptions {
  /** `http://10.0.0.5:9292`. */
  readonly origin: string;
  readonly from: readonly string[];
  /** Headers of each request, such as a session's cookie. */
  readonly headers?: Record<string, string>;
  /** The most pages. */
  readonly most?: number;
}

/** Links with the same path and another query: calendars have no end. */
const QUERIES_OF_A_PATH = 3;
/** Links that are no reading. */
const LEFT_OUT = /\/(logout|sudo)\b/;

/** What differs from one answer to the next, whatever serves it. */
const VARIES: readonly [RegExp, string][] = [
  [/(name="csrf-token" content=|name="authenticity_token" value=|data-(csrf|nonce)=)"[^"]*"/g, '$1""'],
  [/value="[^"]*" (?=[^>]*name="authenticity_token")/g, ""],
  [/(about |less than |almost |over )?(a|an|\d+) (second|minute|hour)s?( ago)?/g, "TIME"],
  [/\d{2}\/\d{2}\/\d{4} \d{2}:\d{2} (AM|PM)/g, "TIME"],
  [/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|\+\d{2}:\d{2}| UTC)?/g, "TIME"],
  [/>\d{2}:\d{2}( [AP]M)?</g, ">TIME<"],
  // Of a PDF.
  [/\(D:\d{14}[^)]*\)/g, "TIME"],
  [/<[0-9a-fA-F]{32}>/g, "ID"],
  // Redmine names each form anew.
  [/ name="[\w-]+-[0-9a-f]{8}"/g, ""],
  [/(key|_key|token)=[0-9a-f]{40}/g, "$1=TOKEN"],
];

/** Asks for every page that can be reached by links, in the order in which they are found. */
export async function crawl({ origin, from, headers = {}, most = 500 }: CrawlOptions): Promise<Crawl> {
  const found = new Map<string, string>();
  const queue = [...from];
  const seen = new Map<string, Set<string>>();
  for (let path = queue.shift(); path !== undefined && found.size < most; path = queue.shift()) {
    if (found.has(path)) continue;
    const response = await fetch(origin + path, { headers, redirect: "manual" });
    const body = await response.text();
    const location = response.headers.get("location") ?? "";
    found.set(path, [response.status, location, plain(body)].join(" "));
    queue.push(...linksIn(body, origin + path, seen));
  }
  return found;
}

function plain(body: string): string {
  return VARIES.reduce((text, [pattern, stands]) => text.replace(pattern, stands), body);
}

function linksIn(body: string, base: string, seen: Map<string, Set<string>>): string[] {
  const links = [...body.matchAll(/<(?:a|link|img|script)\b[^>]*?\s(?:href|src)="([^"#]+)[^>]*>/g)];
  return links.flatMap(([tag, target = ""]) => {
    const text = target.replaceAll("&amp;", "&");
    const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
    if (url?.origin !== new URL(base).origin) return [];
    if (/data-method=/.test(tag) || LEFT_OUT.test(url.pathname)) return [];
    const queries = seen.get(url.pathname) ?? new Set();
    seen.set(url.pathname, queries);
    if (queries.has(url.search) || queries.size === QUERIES_OF_A_PATH) return [];
    queries.add(url.search);
    return [url.pathname + url.search];
  });
}

/** The pages that answer otherwise in one of two crawls, each with what both say where they part. */
export function differences(one: Crawl, other: Crawl): string[] {
  const paths = [...new Set([...one.keys(), ...other.keys()])];
  return paths
    .filter((path) => one.get(path) !== other.get(path))
    .map((path) => `${path}: ${apart(one.get(path) ?? "not reached", other.get(path) ?? "not reached")}`);
}

function apart(one: string, other: string): string {
  const from = Math.max(0, [...one].findIndex((character, i) => character !== other[i]) - 40);
  return JSON.stringify([one.slice(from, from + 120), other.slice(from, from + 120)]);
}
