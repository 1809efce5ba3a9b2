import { Duration, HealthCheck } from "../../lib";
import type { FleetHost } from "../../lab/fleet/fleet";
import type { LoadOptions, Report } from "../../lab/load/report";
import { type Mode, Site } from "./site";

/** How often and under what a service is restarted. */
export interface Restarts {
  readonly mode: Mode;
  readonly times: number;
  readonly bootSeconds: number;
  readonly load: Partial<LoadOptions>;
  /** Worker processes. */
  readonly workers?: number;
}

/** Enough threads for all that keep their connection: without a queue each of them occupies one. */
const THREADS = { min: 4, max: 24 };

/** Applies a new release again and again under load; what the clients saw of all of them. */
export async function restartUnderLoad(host: FleetHost, restarts: Restarts): Promise<Report> {
  const { mode, times, bootSeconds, load: options, workers } = restarts;
  const site = await Site.open(host, mode);
  const change = (release: number): Parameters<Site["apply"]>[0] => ({
    environment: { BOOT_SECONDS: String(bootSeconds) },
    props: {
      release: String(release),
      startTimeout: Duration.seconds(120),
      threads: THREADS,
      healthCheck: HealthCheck.http("/up"),
      ...(workers !== undefined && { workers }),
    },
  });
  try {
    await succeed(site, change(0));
    const load = await site.load({ fresh: 16, keepAlive: 16, ...options });
    for (let release = 1; release <= times; release++) await succeed(site, change(release));
    return await load.stop();
  } finally {
    await site.stage.destroy();
    await site.close();
  }
}

async function succeed(site: Site, change: Parameters<Site["apply"]>[0]): Promise<void> {
  const outcome = await site.apply(change);
  if (outcome.failed) throw new Error(outcome.text);
}
