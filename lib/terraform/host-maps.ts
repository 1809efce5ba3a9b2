import { type Construct } from "constructs";
import { Host } from "../host/host";
import { type HostMap, MappedHost } from "../host/hosts";
import { isResolvable, isToken } from "../values/marker";
import { PropPath } from "../values/prop-path";
import { type Cdk, cdkOf, type Precondition } from "./cdk";
import { expression } from "./expression";
import { checkTokens } from "./foreign-tokens";
import { type Namespace } from "./namespace";

const LOCALS = {
  address: { prop: "addresses", local: "puma_addresses" },
  identity: { prop: "identities", local: "puma_identities" },
} as const;

/** The most of a map's expression that an error quotes. */
const LONGEST_QUOTE = 100;

/**
 * The maps that tell where hosts are, each once in a local: an engine that reads one instance of a resource reads all of them, so
 * a plan would take the square of the hosts if each read its own.
 */
export class HostMaps {
  private readonly cdk: Cdk;
  private readonly locals = new Map<HostMap, string>();
  private readonly hosts = new Map<Host, Host>();
  private readonly conditions = new Map<Host, Precondition[]>();

  constructor(
    private readonly scope: Construct,
    private readonly names: Namespace,
  ) {
    this.cdk = cdkOf(scope);
  }

  /** The host as the engine is to reach it: the same one unless a map tells where it is. */
  read(host: Host): Host {
    if (!(host instanceof MappedHost)) return host;
    const known = this.hosts.get(host) ?? this.readNew(host);
    this.hosts.set(host, known);
    return known;
  }

  /** That a host which was read is in its maps. */
  conditionsOf(host: Host): Precondition[] | undefined {
    return this.conditions.get(host);
  }

  private readNew({ name, options, _maps: maps }: MappedHost): Host {
    const values = maps.map((map) => [map.field, `${this.localOf(map)}["${name}"]`] as const);
    const read = values.map(([field, value]) => [field, expression(this.cdk, value)]);
    const host = new Host(name, { ...options, ...Object.fromEntries(read) });
    const conditions = maps.map((map, i) => ({
      condition: `\${${values[i]?.[1]} != ""}`,
      errorMessage: this.complaint(name, map),
    }));
    this.conditions.set(host, conditions);
    return host;
  }

  private localOf(map: HostMap): string {
    const name = this.locals.get(map) ?? this.newLocal(map);
    this.locals.set(map, name);
    return `local.${name}`;
  }

  /** Each name has an entry, so that what is missing is told of by a condition. */
  private newLocal({ field, names, values }: HostMap): string {
    const { Fn, ref, Token } = this.cdk;
    checkTokens(this.cdk, PropPath.of("Hosts.of").key(LOCALS[field].prop), given(values));
    const number = [...this.locals.keys()].filter((other) => other.field === field).length + 1;
    const nothing = ref(`{ for name in ${JSON.stringify(names)} : name => "" }`);
    const value = Token.asString(Fn.merge([nothing, values]));
    return this.names.local(this.scope, `${LOCALS[field].local}${number === 1 ? "" : `_${number}`}`, value);
  }

  private complaint(host: string, { field, values }: HostMap): string {
    const at = `${PropPath.of("Hosts.of").key(LOCALS[field].prop)}: must have one for '${host}'`;
    const produce = ({ resolve }: { resolve(value: unknown): unknown }): string =>
      `${at}${quoted(resolve(values))}`;
    return this.cdk.Lazy.stringValue({ produce });
  }
}

/** What a map says where it can be checked: the marker of one that the engine knows, as that of a string. */
function given(values: Record<string, string>): unknown {
  if (!isToken(values) || isResolvable(values)) return values;
  return Object.keys(values).map((key) => key.replace(/^&/, "$"));
}

/** The expression of a map that only the engine knows; nothing of one that the program has written. */
function quoted(map: unknown): string {
  if (typeof map !== "string") return "";
  const expression = map.replace(/^\$\{(.*)\}$/s, "$1").replace(/([$%])(?=\{)/g, "$1$1");
  return expression.length > LONGEST_QUOTE ? "" : `, and ${expression} has none`;
}
