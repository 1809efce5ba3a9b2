import { type EngineKind } from "../../lab/engine/engine";
import { Workspace } from "../../lab/engine/workspace";
import { Fleet, type FleetHost, type HostSpec } from "../../lab/fleet/fleet";

/** Hosts that are up, and a workspace from which to apply to them. */
export interface TestHosts {
  readonly fleet: Fleet;
  readonly hosts: readonly FleetHost[];
  readonly workspace: Workspace;
}

/** What {@link setUpHosts} does besides booting hosts. */
export interface SetUpOptions {
  /** @default - the one that is found */
  readonly engine?: EngineKind;
  /** What is done before the first test. */
  readonly prepare?: (hosts: TestHosts) => Promise<unknown>;
  /** What is done after the last test, while the hosts are still up. */
  readonly cleanUp?: () => Promise<unknown>;
}

/** Boots hosts for all tests of this file, or of the `describe` around the call. They are there once the tests begin. */
export function setUpHosts(specs: readonly HostSpec[], options: SetUpOptions = {}): TestHosts {
  const made: { fleet?: Fleet; hosts?: readonly FleetHost[]; workspace?: Workspace } = {};
  beforeAll(async () => {
    [made.workspace, made.fleet] = await Promise.all([
      Workspace.open(options.engine),
      Fleet.start([...specs]),
    ]);
    made.hosts = made.fleet.hosts;
    await options.prepare?.(made as TestHosts);
  }, 900_000);
  afterAll(async () => {
    await options.cleanUp?.();
    await made.workspace?.close();
    await made.fleet?.stop();
  });
  return made as TestHosts;
}
