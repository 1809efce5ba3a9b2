import { checkList, checkObject } from "../values/check";
import { holdsToken, isToken } from "../values/marker";
import { PropPath } from "../values/prop-path";
import { Host, type HostOptions } from "./host";

/** Where hosts are, by their names, and how all of them are reached. */
export interface HostsOptions extends HostOptions {
  /**
   * The address of each host, by its name. A map that only the engine knows, such as an output of a module, is handed over as
   * such (`Token.asStringMap(…)`); what it has beside the hosts is passed over.
   */
  readonly addresses: Record<string, string>;
  /**
   * The `identity` of each host, by its name, such as the ids of instances.
   * @default - a machine that is rebuilt behind its address is not noticed
   */
  readonly identities?: Record<string, string>;
}

/** What an option of a `Host` is called where it is one of many. */
const PLURALS = { address: "addresses", identity: "identities" } as const;

/** What an engine may know of a host: where it is, and which machine that is. */
export type MappedField = keyof typeof PLURALS;

/** One option of many hosts, by their names. */
export interface HostMap {
  readonly field: MappedField;
  /** Of the hosts that it is handed over for. */
  readonly names: readonly string[];
  readonly values: Record<string, string>;
}

/**
 * A host of which a map that the engine knows tells where it is. Its own address and identity only stand for these: the construct
 * that it is given to reads them from the map.
 */
export class MappedHost extends Host {
  /** @internal */
  constructor(
    name: string,
    options: HostOptions,
    /** @internal */
    readonly _maps: readonly HostMap[],
  ) {
    super(name, options);
  }
}

/**
 * Many hosts that are reached in the same way, of machines that may not be there yet: their names are known to the program, their
 * addresses may be to the engine alone.
 *
 * @example
 * const addresses = new TerraformVariable(stack, "addresses", { type: "map(string)" });
 * const hosts = Hosts.of(["web1", "web2"], { addresses: addresses.value, user: "ops", key: SshKey.agent() });
 */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- a name for its factory, as jsii knows no functions
export class Hosts {
  /**
   * Hosts by their names. All addresses that only the engine knows are read through one local, so that a plan of many hosts takes
   * no longer than if they were known; one machine that cannot be created then holds up the installations of all.
   * @param names of the hosts, known at synth, in the order in which they change
   * @param options where they are, and how they are reached
   * @throws if a name has no address in a map that is known at synth, or could not be used. One that is missing in a map of the
   * engine's fails at plan or apply, and names host and map
   * @example
   * const hosts = Hosts.of(["web1", "web2"], {
   *   addresses: { web1: "10.0.1.11", web2: "10.0.1.12" },
   *   user: "ops",
   *   key: SshKey.agent(),
   * });
   */
  static of(names: string[], options: HostsOptions): Host[] {
    checkNames(AT.key("names"), names);
    const { addresses, identities, ...others } = checkObject(AT.key("options"), options);
    for (const [field, plural] of Object.entries(PLURALS)) {
      if (others[field as MappedField] !== undefined)
        AT.key(field).fail(`must be left away: use '${plural}', which has one for each host`);
    }
    const maps = [
      mapOf("address", names, addresses),
      ...(identities === undefined ? [] : [mapOf("identity", names, identities)]),
    ];
    return names.map((name) => hostOf(name, others, maps));
  }

  private constructor() {}
}

const AT = PropPath.of("Hosts.of");

function checkNames(at: PropPath, names: readonly string[]): void {
  if (holdsToken(names)) {
    at.fail("must be known at synth: name the hosts here, and let 'addresses' be what only the engine knows");
  }
  if (checkList(at, names).length === 0) at.refuse("name at least one host", names);
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) at.index(twice).refuse("name each host once", names[twice]);
}

function mapOf(field: MappedField, names: readonly string[], values: Record<string, string>): HostMap {
  const at = AT.key(PLURALS[field]);
  if (!isToken(values)) {
    const keys = Object.keys(checkObject(at, values));
    const missing = names.find((name) => !keys.includes(name));
    if (missing !== undefined) at.refuse(`have one for '${missing}'`, keys);
  }
  return { field, names, values };
}

function hostOf(name: string, others: HostOptions, maps: readonly HostMap[]): Host {
  const own = maps.map((map) => [map.field, valueIn(map, name)] as const);
  const options = { ...others, ...Object.fromEntries(own) };
  const unknown = maps.filter((_, i) => isToken(own[i]?.[1]));
  return unknown.length === 0 ? new Host(name, options) : new MappedHost(name, options, unknown);
}

/** What stands for a value of a map that the engine knows, until it is read: a token that no CDK knows, which it names in its error. */
function valueIn({ field, values }: HostMap, name: string): string | undefined {
  return isToken(values) ? `\${TfToken[${field}.of.${name}.as.a.PumaService.reads.it]}` : values[name];
}
