import { type Fleet, type Placement } from "./fleet";

/** A service on a host, by their names. */
export interface Named {
  readonly stack: string;
  readonly service: string;
  readonly host: string;
}

export function namedOf({ stack, service, host }: Placement): Named {
  return { stack, service, host: host.name };
}

/** Names hosts and services for people. */
export class Names {
  /** Hosts of one name that are not the same machine. */
  private readonly ambiguous: ReadonlySet<string>;
  private readonly hasServices: boolean;

  constructor({ placements, unreached }: Fleet) {
    const places = new Map<string, Set<string>>();
    const add = (host: string, place: string): unknown =>
      places.set(host, new Set([...(places.get(host) ?? []), place]));
    for (const { host } of placements) add(host.name, JSON.stringify(host.reach));
    for (const { host, stack } of unreached) add(host, stack);
    this.ambiguous = new Set([...places].filter(([, all]) => all.size > 1).map(([host]) => host));
    this.hasServices = new Set([...placements, ...unreached].map(({ service }) => service)).size > 1;
  }

  /** A host: with its stack where another stack has another one of that name. */
  host({ host, stack }: Omit<Named, "service">): string {
    return this.ambiguous.has(host) ? `${stack}/${host}` : host;
  }

  /** A service on a host: by the host alone where it is always the same service. */
  label(one: Named): string {
    return this.hasServices ? `${this.host(one)} ${one.service}` : this.host(one);
  }

  /** The same in words. */
  words(one: Named): string {
    return `${one.service} on ${this.host(one)}`;
  }
}
