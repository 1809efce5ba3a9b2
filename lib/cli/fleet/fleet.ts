import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Scope } from "../../layout";
import { type Fields, type Reach, reachOf } from "./reach";
import { entriesOf, type StackEntry } from "./stack-file";
import { appliedIn, type Applied } from "./state-file";

/** A host, as services of one user on it are reached. */
export interface FleetHost {
  /** Its name in the stack. */
  readonly name: string;
  readonly reach: Reach;
  /** Whether who logs in becomes root by sudo; undefined if only the host knows. */
  readonly sudo?: boolean;
}

/** A service on a host. */
export interface Placement {
  readonly stack: string;
  readonly service: string;
  readonly scope: Scope;
  readonly host: FleetHost;
}

/** A service on a host that is not known how to be reached. */
export interface Unreached {
  readonly stack: string;
  readonly service: string;
  readonly host: string;
  /** What is missing. */
  readonly cause: string;
}

/** The services of synthesized stacks, and the hosts that they are on. */
export interface Fleet {
  readonly placements: readonly Placement[];
  readonly unreached: readonly Unreached[];
}

/** Where a fleet is read from. */
export interface Synthesized {
  /** The folder that was synthesized to, or the folder or the file of one stack in it. */
  readonly output: string;
  /** States that tell what only the engine knows. */
  readonly states?: readonly string[];
}

/** cdktf's own default. */
const OUTPUT = "cdktf.out";

/** Where `cdktf synth` has put its stacks: what cdktf.json says of it. */
export function defaultOutput(folder = "."): string {
  try {
    const { output } = JSON.parse(readFileSync(join(folder, "cdktf.json"), "utf8")) as { output?: unknown };
    return typeof output === "string" ? output : OUTPUT;
  } catch {
    return OUTPUT;
  }
}

/**
 * The fleet of what was synthesized.
 * @throws if nothing was, or if no service of this library in it has a host
 */
export function fleetOf({ output, states = [] }: Synthesized): Fleet {
  const applied = states.flatMap(appliedIn);
  const all = stackFiles(output).flatMap((file) => {
    const stack = stackOf(file);
    return entriesOf(file).map((entry) => placed(stack, entry, applied));
  });
  if (all.length === 0) throw new Error(`${output}: no PumaService in what is synthesized there has 'hosts'`);
  return {
    placements: all.filter((one): one is Placement => !("cause" in one)).sort(byHost),
    unreached: all.filter((one): one is Unreached => "cause" in one),
  };
}

/** The files of all stacks, of cdktf as of cdktn. */
function stackFiles(output: string): string[] {
  if (existsSync(output) && !statSync(output).isDirectory()) return [output];
  const stacks = join(output, "stacks");
  const folders = existsSync(stacks) ? readdirSync(stacks).map((name) => join(stacks, name)) : [output];
  const files = folders.map((folder) => join(folder, "cdk.tf.json")).filter((file) => existsSync(file));
  if (files.length > 0) return files;
  throw new Error(`${output}: no stack was synthesized there: run 'npx cdktf synth', or name its --output`);
}

/** The name of the stack whose file this is. */
function stackOf(file: string): string {
  return basename(dirname(resolve(file)));
}

/** The file of a stack among those that were synthesized. */
export function fileOfStack(output: string, stack: string): string {
  return stackFiles(output).find((file) => stackOf(file) === stack) ?? output;
}

function placed(stack: string, entry: StackEntry, applied: readonly Applied[]): Placement | Unreached {
  const { fields: known, unknown } = entry;
  const isOf = ({ owner, key }: Applied): boolean =>
    key === entry.key && (owner === stack || owner.startsWith(`${stack}/`));
  const fields: Fields = { ...pick(applied.find(isOf)?.fields, Object.keys(unknown)), ...known };
  const missing = Object.keys(unknown).filter((name) => !(name in fields));
  const own = { stack, service: String(fields.service) };
  const name = String(fields.name);
  if (missing.length > 0) return { ...own, host: name, cause: complaint(missing, unknown) };
  const reach = reachOf(fields);
  if (typeof reach === "string") return { ...own, host: name, cause: reach };
  const scope = fields.scope === "user" ? "user" : "system";
  const sudo = typeof fields.sudo === "boolean" ? { sudo: fields.sudo } : {};
  return { ...own, scope, host: { name, reach, ...sudo } };
}

/** What a host that is told of by the engine lacks: nobody's secret, as the stack itself has it. */
function complaint(missing: readonly string[], unknown: Readonly<Record<string, string>>): string {
  const [first = ""] = missing;
  const name = first.replaceAll("_", " ");
  return `its ${name} is known to the engine alone (${unknown[first]}): name a state by --state`;
}

function pick(fields: Fields | undefined, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => names.includes(name)));
}

function byHost(one: Placement, other: Placement): number {
  const numeric = { numeric: true };
  return (
    one.host.name.localeCompare(other.host.name, "en", numeric) ||
    one.service.localeCompare(other.service, "en", numeric)
  );
}
