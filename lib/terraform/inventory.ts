import { type Deployable } from "../deploy/deployable";
import { CANDIDATE_ROLES, candidateName } from "../layout";
import { type Host } from "../host/host";
import { checkMeeting } from "../puma/binds";
import { type PropPath } from "../values/prop-path";
import { isToken } from "../values/marker";
import { SSH_PORT } from "./connection";

/** Which services of a stack are on which of its hosts. */
export class Inventory {
  private readonly placements = new Map<string, Deployable[]>();
  private readonly hosts = new Map<string, Host>();
  private readonly names = new Map<string, string>();
  private readonly ofMachines = new Set<string>();

  /**
   * Puts a service on hosts.
   * @throws if it would meet itself or another service's unit or address there, or if a host has two names or addresses
   */
  add(service: Deployable, hosts: readonly Host[]): void {
    if (hosts.length === 0) this.addToMachines(service);
    for (const host of hosts) {
      this.checkIdentity(service.at.key("hosts"), host);
      const there = this.placements.get(host.name) ?? [];
      for (const other of there) checkNeighbours(host.name, service, other);
      this.placements.set(host.name, [...there, service]);
    }
  }

  /** What comes with machines has no host to tell it from another by. */
  private addToMachines({ at, name }: Deployable): void {
    const demand =
      "be another than that of a service without 'hosts' in the same stack: use a stack for each group of machines";
    if (this.ofMachines.has(name)) at.key("name").refuse(demand, name);
    this.ofMachines.add(name);
  }

  /** The names of all services on each host. */
  get services(): Record<string, string> {
    const names = (services: readonly Deployable[]): string[] => services.map(({ name }) => name).sort();
    return Object.fromEntries(
      [...this.placements].map(([host, services]) => [host, names(services).join(" ")]),
    );
  }

  /** A name is one machine, and a machine has one name: the records on it are kept by name. */
  private checkIdentity(at: PropPath, host: Host): void {
    const { address } = host;
    const { port = SSH_PORT } = host.options;
    const known = this.hosts.get(host.name) ?? host;
    this.hosts.set(host.name, known);
    // A token has a new marker each time that it is read: two of them cannot be compared.
    if (isToken(address) || isToken(port) || isToken(known.address)) return;
    if (known.address !== address) {
      at.refuse(`give '${host.name}' one address: ${known.address}`, address);
    }
    const name = this.names.get(`${address} ${port}`) ?? host.name;
    if (name !== host.name) at.refuse(`give ${address} one name: '${name}'`, host.name);
    this.names.set(`${address} ${port}`, name);
  }
}

function checkNeighbours(host: string, service: Deployable, other: Deployable): void {
  const { at, name, unitFiles, binds } = service;
  if (other.name === name) at.key("hosts").refuse(`name no host that another service '${name}' is on`, host);
  checkOwned(host, service, other);
  checkOwned(host, other, service);
  checkCandidates(at.key("name"), host, name, other.name);
  const file = unitFiles.find((file) => other.unitFiles.includes(file));
  if (file) at.refuse(`have units of its own: '${other.name}' on '${host}' has this one too`, file);
  checkMeeting(at.key("binds"), binds, `'${other.name}' on '${host}'`, other.binds);
}

/** A drop-in is for units of others: a service's own are said by its props. */
function checkOwned(host: string, { at, of }: Deployable, other: Deployable): void {
  if (of === undefined || !other.unitFiles.includes(of)) return;
  const what = "be a unit that something else owns";
  at.key("unit").refuse(`${what}: use 'directives' of the PumaService '${other.name}' on '${host}'`, of);
}

/** A candidate runs beside its service for a while, under a name made from the service's. */
function checkCandidates(at: PropPath, host: string, one: string, other: string): void {
  const [short = "", long = ""] = [one, other].sort((a, b) => a.length - b.length);
  if (!CANDIDATE_ROLES.some((role) => candidateName(short, role) === long)) return;
  at.refuse(`not be what a new version of '${short}' on '${host}' runs as`, long);
}
