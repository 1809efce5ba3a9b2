import { type Bind } from "../puma/bind";
import { checkMeeting } from "../puma/binds";
import { type Host } from "../host/host";
import { refuse } from "../values/check";
import { isToken } from "../values/marker";

/** A service on the hosts that it is given. */
export interface Placement {
  readonly service: string;
  /** Files of its units. */
  readonly files: readonly string[];
  readonly binds: readonly Bind[];
}

/** Who is on which host of a stack. */
export class Places {
  private readonly byHost = new Map<string, Placement[]>();
  private readonly hosts = new Map<string, Host>();
  private readonly names = new Map<string, string>();

  /**
   * Puts a service on hosts.
   * @throws where it would meet itself, another service's unit or address, or a host that is told two ways
   */
  add(prop: string, hosts: readonly Host[], placement: Placement): void {
    for (const host of hosts) {
      this.checkIdentity(`${prop} 'hosts'`, host);
      const there = this.byHost.get(host.name) ?? [];
      for (const other of there) checkNeighbours(prop, host.name, placement, other);
      this.byHost.set(host.name, [...there, placement]);
    }
  }

  /** The names of all services on each host. */
  get services(): Record<string, string> {
    const names = (placements: Placement[]): string[] => placements.map(({ service }) => service).sort();
    return Object.fromEntries(
      [...this.byHost].map(([host, placements]) => [host, names(placements).join(" ")]),
    );
  }

  /** A name is one machine, and a machine has one name: the records on it are kept by name. */
  private checkIdentity(prop: string, host: Host): void {
    const { address, port = 22 } = host.options;
    const known = this.hosts.get(host.name) ?? host;
    this.hosts.set(host.name, known);
    // A token has a new marker each time that it is read: two of them cannot be compared.
    if (isToken(address) || isToken(port) || isToken(known.options.address)) return;
    if (known.options.address !== address) {
      refuse(prop, `give '${host.name}' one address: ${known.options.address}`, address);
    }
    const name = this.names.get(`${address} ${port}`) ?? host.name;
    if (name !== host.name) refuse(prop, `give ${address} one name: '${name}'`, host.name);
    this.names.set(`${address} ${port}`, name);
  }
}

function checkNeighbours(prop: string, host: string, placement: Placement, other: Placement): void {
  if (other.service === placement.service) {
    refuse(`${prop} 'hosts'`, `name no host that another service '${other.service}' is on`, host);
  }
  checkUnderstudies(`${prop} 'name'`, host, placement.service, other.service);
  const file = placement.files.find((name) => other.files.includes(name));
  if (file) refuse(prop, `have units of its own: '${other.service}' on '${host}' has this one too`, file);
  checkMeeting(`${prop} 'binds'`, placement.binds, `'${other.service}' on '${host}'`, other.binds);
}

/** A service's new version runs for a while beside it under names made from its own (see rehearsal.sh). */
function checkUnderstudies(prop: string, host: string, one: string, other: string): void {
  const [short = "", long = ""] = [one, other].sort((a, b) => a.length - b.length);
  if (![`${short}-rehearsal`, `${short}-standin`].includes(long)) return;
  refuse(prop, `not be what a new version of '${short}' on '${host}' runs as`, long);
}
