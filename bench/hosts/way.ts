/** The service that a way changes, one of the same form for each, and the port at which it listens. */
export const SERVICES = { bare: 9292, ansible: 9293, library: 9294 } as const;

/** One of them. */
export type ServiceName = keyof typeof SERVICES;

/** A way to change one line of a unit on all hosts. */
export interface Way {
  /** What is done before the time begins. */
  readonly prepare?: (edited: string) => Promise<void>;
  /** Resolves when all hosts are healthy with that value in the unit. */
  readonly change?: (edited: string) => Promise<void>;
  /** The same with the value that is there. */
  readonly again?: (edited: string) => Promise<void>;
}

/** How long the new Puma has to stay up once it answers: what the library waits by default. */
const SETTLE = 5;

/** The wait of who is not this library, as it does: until Puma answers, and then as long as it has to stay the same. */
export function waitUntilHealthy(name: ServiceName): string {
  const look = `$(systemctl show --property=MainPID,NRestarts,ActiveState ${name}.service)`;
  return `
    until curl --fail --silent --output /dev/null http://127.0.0.1:${SERVICES[name]}/; do sleep 0.1; done
    before=${look}
    sleep ${SETTLE}
    [ "${look}" = "$before" ]`;
}

/** The unit with another value in the line that changes. */
export function edit(unit: string, edited: string): string {
  return unit.replace(/EDITED=[^"\s]*/, `EDITED=${edited}`);
}
