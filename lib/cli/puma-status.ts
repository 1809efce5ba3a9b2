/** What Puma says of itself to systemd. */
export interface PumaStatus {
  /** Threads that serve a request, and how many there may be. */
  readonly threads: { readonly busy: number; readonly max: number };
  /** Requests that wait for a thread. */
  readonly backlog: number;
  /** Of a cluster: its workers that have booted, and how many there are to be. */
  readonly workers?: { readonly booted: number; readonly wanted: number };
}

/**
 * Reads Puma's status line, as systemd keeps it (`StatusText=`): `Puma 6.6.0: worker: { 1/5 threads, 5 available, 0 backlog }`, or
 * `Puma 6.6.0: cluster: 2/2, worker_status: [{ … },{ … }]`. Undefined for any other, and for none.
 */
export function pumaStatus(text: string): PumaStatus | undefined {
  const pools = [...text.matchAll(/\{ \d+\/(\d+) threads, (\d+) available, (\d+) backlog \}/g)];
  const cluster = /\bcluster: (\d+)\/(\d+),/.exec(text);
  if (pools.length === 0) return undefined;
  const sum = (group: number): number => pools.reduce((total, pool) => total + Number(pool[group]), 0);
  return {
    threads: { busy: Math.max(0, sum(1) - sum(2)), max: sum(1) },
    backlog: sum(3),
    ...(cluster && { workers: { booted: Number(cluster[1]), wanted: Number(cluster[2]) } }),
  };
}
