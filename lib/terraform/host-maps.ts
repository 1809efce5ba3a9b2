import { type Construct } from "constructs";
import { Host } from "../host/host";
import { type HostMap, type MappedField, MappedHost } from "../host/hosts";
import { isResolvable, isToken } from "../values/marker";
import { PropPath } from "../values/prop-path";
import { type Cdk, cdkOf } from "./cdk";
import { expression } from "./expression";
import { checkTokens } from "./foreign-tokens";
import { type Namespace } from "./namespace";
import { terraformData } from "./terraform-data";

const LOCALS = {
  address: { prop: "addresses", local: "puma_addresses", check: "pumas_by_address" },
  identity: { prop: "identities", local: "puma_identities", check: "pumas_by_identity" },
} as const;

/** The most of a map's expression that an error quotes. */
const LONGEST_QUOTE = 100;

/**
 * The maps that tell where hosts are, each once in a local: an engine that reads one instance of a resource reads all of them, so
 * a plan would take the square of the hosts if each read its own. For the same reason one resource for each map says that no name is
 * missing: all that is done on these hosts waits for it.
 */
export class HostMaps {
  private readonly cdk: Cdk;
  private readonly locals = new Map<HostMap, string>();
  private readonly checks = new Map<HostMap, string>();
  private readonly hosts = new Map<Host, Host>();

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

  /**
   * The addresses of what fails where hosts are missing in their maps.
   * @param inventory - the address of what that waits for itself
   */
  checksOf(hosts: readonly Host[], inventory: string): string[] {
    const maps = new Set(hosts.flatMap((host) => (host instanceof MappedHost ? host._maps : [])));
    return [...maps].map((map) => this.checks.get(map) ?? this.newCheck(map, inventory));
  }

  private readNew({ name, options, _maps: maps }: MappedHost): Host {
    const values = maps.map((map) => [map.field, this.entryOf(map, `"${name}"`)] as const);
    const read = values.map(([field, value]) => [field, expression(this.cdk, value)]);
    return new Host(name, { ...options, ...Object.fromEntries(read) });
  }

  /** Of a name that is missing it is "", as the check tells of it. */
  private entryOf(map: HostMap, name: string): string {
    return `lookup(${this.localOf(map)}, ${name}, "")`;
  }

  private localOf(map: HostMap): string {
    const name = this.locals.get(map) ?? this.newLocal(map);
    this.locals.set(map, name);
    return `local.${name}`;
  }

  /** The map as it is: engines read it once more for each host that refers to it, so no name of a host stands in it. */
  private newLocal({ field, values }: HostMap): string {
    checkTokens(this.cdk, PropPath.of("Hosts.of").key(LOCALS[field].prop), given(values));
    return this.names.local(this.scope, numbered(LOCALS[field].local, field, this.locals), values);
  }

  private newCheck(map: HostMap, inventory: string): string {
    const id = this.names.claim(numbered(LOCALS[map.field].check, map.field, this.checks));
    const isMissing = `${this.entryOf(map, "name")} == ""`;
    const names = JSON.stringify(map.names);
    const condition = `\${!anytrue([for name in ${names} : ${isMissing}])}`;
    // Engines pass over the conditions of what does not change at an apply: so it changes where only that apply knows the map.
    const check = terraformData(this.scope, id, { input: condition });
    check.overrideLogicalId(id);
    check.dependsOn = [inventory];
    check.lifecycle = { precondition: [{ condition, errorMessage: this.complaint(map) }] };
    this.checks.set(map, `terraform_data.${id}`);
    return `terraform_data.${id}`;
  }

  private complaint({ field, names, values }: HostMap): string {
    const at = `${PropPath.of("Hosts.of").key(LOCALS[field].prop)}: must have one for `;
    const produce = ({ resolve }: { resolve(value: unknown): unknown }): string =>
      `${at}${missingIn(resolve(values), names)}`;
    return this.cdk.Lazy.stringValue({ produce });
  }
}

/** The name for another map of a field, behind those that there are. */
function numbered(name: string, field: MappedField, others: ReadonlyMap<HostMap, string>): string {
  const number = [...others.keys()].filter((other) => other.field === field).length + 1;
  return number === 1 ? name : `${name}_${number}`;
}

/** What a map says where it can be checked: the marker of one that the engine knows, as that of a string. */
function given(values: Record<string, string>): unknown {
  if (!isToken(values) || isResolvable(values)) return values;
  return Object.keys(values).map((key) => key.replace(/^&/, "$"));
}

/** The names that a map lacks of which only the engine knows; the keys are known before the values, and are no secret. */
function missingIn(map: unknown, names: readonly string[]): string {
  if (typeof map !== "string") return "each host";
  const expression = map.replace(/^\$\{(.*)\}$/s, "$1");
  const keys = `try(nonsensitive(keys(${expression})), keys(${expression}))`;
  const missing = `[for name in setsubtract(${JSON.stringify(names)}, ${keys}) : format("'%s'", name)]`;
  const quote = expression.length > LONGEST_QUOTE ? "" : `, and ${escaped(expression)} has none`;
  return `\${coalesce(join(", ", ${missing}), "each host")}${quote}`;
}

function escaped(text: string): string {
  return text.replace(/([$%])(?=\{)/g, "$1$1");
}
