/** What clients of a Puma saw. */
export interface Report {
  /** Answers by status and version, such as `"200 version 1"`. */
  readonly answers: Readonly<Record<string, number>>;
  /** Connections that nobody took. */
  readonly refused: number;
  /** Requests on a new connection that ended without a whole answer. */
  readonly reset: number;
  /** Requests on a connection that had served others before, and ended without a whole answer. */
  readonly resetReused: number;
  /** Requests without an answer after {@link LoadOptions.patience}. */
  readonly timedOut: number;
  /** Other errors by their code; none that comes from this machine's own limits. */
  readonly errors: Readonly<Record<string, number>>;
  /** Attempts that found no free local port, which is a limit of this machine and no request. */
  readonly withoutPort: number;
  /** Milliseconds that the longest answered request took, from the attempt to connect. */
  readonly longest: number;
  /** Answers that took longer than half a second. */
  readonly slow: number;
}

/** Who asks, and how long. */
export interface LoadOptions {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** Whether over TLS; no certificate is checked. */
  readonly tls: boolean;
  /** Clients that open a new connection for each request. */
  readonly fresh: number;
  /** Clients that keep their connection. */
  readonly keepAlive: number;
  /** Milliseconds that a client waits between an answer and its next request. */
  readonly pause: number;
  /**
   * The same for clients that open a connection each time. Sixteen that wait less use up this machine's ports, of which
   * each rests for a minute: then the kernel resets some.
   */
  readonly freshPause: number;
  /** Milliseconds after which a request counts as timed out. */
  readonly patience: number;
  /** Seconds after which it ends by itself. */
  readonly seconds: number;
  /** Requests after which it ends by itself. */
  readonly requests: number;
}

/** All answers, of any status. */
export function answered({ answers }: Report): number {
  return Object.values(answers).reduce((sum, count) => sum + count, 0);
}

/** Answers of that version, of any status. */
export function answeredBy({ answers }: Report, version: string): number {
  const ours = Object.entries(answers).filter(([answer]) => answer.endsWith(` version ${version}`));
  return ours.reduce((sum, [, count]) => sum + count, 0);
}

/** Requests that were begun and got no answer. */
export function lost({ reset, resetReused, timedOut, errors }: Report): number {
  return reset + resetReused + timedOut + Object.values(errors).reduce((sum, count) => sum + count, 0);
}

/** Answers that are not 200. */
export function notOk({ answers }: Report): number {
  const others = Object.entries(answers).filter(([answer]) => !answer.startsWith("200 "));
  return others.reduce((sum, [, count]) => sum + count, 0);
}
