import { Duration, HealthCheck } from "../../lib";
import type { FleetHost } from "../../lab/fleet/fleet";
import type { LoadOptions, Report } from "../../lab/load/report";
import { DeployedService, type Mode } from "./deployed-service";

/** How often and under what a service is restarted. */
export interface Restarts {
  readonly mode: Mode;
  readonly times: number;
  readonly bootSeconds: number;
  readonly load: Partial<LoadOptions>;
  /** Worker processes. */
  readonly workers?: number;
}

/** Enough threads for all that keep their connection: Puma 5.6 stops late where there are fewer. */
const THREADS = { min: 4, max: 24 };

/** Applies a new release again and again under load; what the clients saw of all of them. */
export async function restartUnderLoad(host: FleetHost, restarts: Restarts): Promise<Report> {
  const { mode, times, bootSeconds, load: options, workers } = restarts;
  const deployed = await DeployedService.open(host, mode);
  const change = (release: number): Parameters<DeployedService["apply"]>[0] => ({
    environment: { BOOT_SECONDS: String(bootSeconds) },
    props: {
      release: String(release),
      startTimeout: Duration.seconds(120),
      threads: THREADS,
      healthCheck: HealthCheck.http("/up", { settle: Duration.seconds(1) }),
      ...(workers !== undefined && { workers }),
    },
  });
  try {
    await succeed(deployed, change(0));
    const load = await deployed.load({ fresh: 16, keepAlive: 16, ...options });
    for (let release = 1; release <= times; release++) await succeed(deployed, change(release));
    return await load.stop();
  } finally {
    await deployed.workspace.destroy();
    await deployed.close();
  }
}

async function succeed(
  deployed: DeployedService,
  change: Parameters<DeployedService["apply"]>[0],
): Promise<void> {
  const outcome = await deployed.apply(change);
  if (outcome.failed) throw new Error(outcome.text);
}
