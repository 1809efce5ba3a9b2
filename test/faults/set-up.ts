import type { Release } from "../../lab/fleet/fleet";
import { oneOfEach } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { DeployedService, type Mode } from "./deployed-service";

/** What {@link setUpServices} does besides booting hosts. */
export interface ServiceSetUpOptions {
  /** @default "hot" */
  readonly mode?: Mode;
  /** What is done with each before the first test. */
  readonly prepare?: (service: DeployedService) => Promise<unknown>;
}

/** The service `web` on one host of each of these releases, for all tests of this file; nothing is applied yet. */
export function setUpServices(
  releases: readonly Release[],
  { mode, prepare }: ServiceSetUpOptions = {},
): Readonly<Record<Release, DeployedService>> {
  const services: Partial<Record<Release, DeployedService>> = {};
  setUpHosts(oneOfEach([...new Set(releases)]), {
    prepare: async ({ hosts }) => {
      for (const host of hosts) {
        const service = await DeployedService.open(host, mode);
        services[host.release] = service;
        await prepare?.(service);
      }
    },
    cleanUp: async () => {
      for (const service of Object.values(services)) await service.close();
    },
  });
  return services as Record<Release, DeployedService>;
}
