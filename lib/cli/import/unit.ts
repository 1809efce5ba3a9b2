import { basename, dirname } from "node:path";
import { withoutSecrets } from "./environment";
import { parseAssignments } from "../../systemd/parse";
import { Refusal } from "./refusal";

/** A file that is imported. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /**
   * Of a drop-in, the unit that it belongs to.
   * @default - what its folder says, `web.service.d`, or the sections in it
   */
  readonly of?: string;
}

/** A directive, and where it stands. */
export interface Line {
  readonly file: string;
  readonly number: number;
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

/** A unit with its drop-ins. */
export interface Unit {
  /** Its file's name: `web.service`. */
  readonly fileName: string;
  /** The directives of its file, then those of its drop-ins. */
  readonly lines: readonly Line[];
}

/** What a unit says of one directive. */
export interface Said {
  readonly section: string;
  readonly name: string;
  /** What counts: an empty value resets those before it. */
  readonly lines: readonly Line[];
}

/** What the units are of a service, and of its socket. */
export interface Units {
  readonly service: Unit;
  readonly sockets: readonly Unit[];
}

/** Puts files together to a service, its sockets and the drop-ins of both. */
export function unitsOf(sources: readonly Source[]): Units {
  const services = sources.filter(({ path }) => path.endsWith(".service"));
  const sockets = sources.filter(({ path }) => path.endsWith(".socket"));
  const dropIns = sources.filter(({ path }) => path.endsWith(".conf"));
  const [service, second] = services;
  if (service === undefined)
    throw new Error("no .service is among the files: import it together with its .socket");
  if (second !== undefined)
    throw new Error(`import one service at a time, not ${service.path} and ${second.path}`);
  // Of several, the one of the service's own name is that of a PumaService.
  const own = sockets.filter(({ path }) => basename(path, ".socket") === basename(service.path, ".service"));
  const ordered = [...own, ...sockets.filter((socket) => !own.includes(socket))];
  return {
    service: unitOf(service, dropIns),
    sockets: ordered.map((socket) => unitOf(socket, dropIns)),
  };
}

function unitOf(source: Source, dropIns: readonly Source[]): Unit {
  const fileName = basename(source.path);
  const template = fileName.replace(/@.+\./, "@.");
  const own = dropIns
    .filter((dropIn) => {
      const unit = dropIn.of ?? /^(.*)\.d$/.exec(basename(dirname(dropIn.path)))?.[1];
      const isSockets = /^\s*\[Socket\]/m.test(dropIn.text);
      return unit === undefined
        ? isSockets === fileName.endsWith(".socket")
        : [fileName, template].includes(unit);
    })
    .sort((a, b) => (basename(a.path) < basename(b.path) ? -1 : 1));
  return { fileName, lines: [source, ...own].flatMap(linesOf) };
}

function linesOf({ path, text }: Source): Line[] {
  const file = basename(path);
  try {
    return parseAssignments(text).map(({ line, ...rest }) => ({ file, number: line, ...rest }));
  } catch (error) {
    const [, number = "1", reason = ""] =
      /^line (\d+)(?: '[^']*')?: (.*)$/s.exec((error as Error).message) ?? [];
    throw new Refusal({ file, number: Number(number) }, withoutSecrets(reason || (error as Error).message));
  }
}

/** What a unit says, directive by directive, in the order of their first lines. */
export function saidBy({ lines }: Unit): Said[] {
  const said = new Map<string, Line[]>();
  for (const line of lines) {
    const key = `${line.section}\n${line.name}`;
    const before = line.value === "" ? [] : (said.get(key) ?? []);
    said.set(key, [...before.filter(({ value }) => value !== ""), line]);
  }
  return [...said.values()].map((those) => ({
    section: those[0].section,
    name: those[0].name,
    lines: those,
  }));
}

/** What a unit says of a directive. */
export function valuesOf(said: readonly Said[], section: string, name: string): readonly Line[] {
  return said.find((one) => one.section === section && one.name === name)?.lines ?? [];
}
