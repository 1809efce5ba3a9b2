import { type EngineKind } from "../../lab/engine/engine";
import { Fleet, type FleetHost, type HostSpec } from "../../lab/fleet/fleet";
import { Stage } from "./stage";

/** Hosts that are up, and a stage from which to apply to them. */
export interface Scene {
  readonly fleet: Fleet;
  readonly hosts: readonly FleetHost[];
  readonly stage: Stage;
}

/** What a {@link scene} is, besides its hosts. */
export interface SceneOptions {
  /** @default - the one that is found */
  readonly engine?: EngineKind;
  /** What is done to it before the first test. */
  readonly prepare?: (scene: Scene) => Promise<unknown>;
}

/** Makes a scene for all tests of this file, or of the `describe` around the call. It is there once they begin. */
export function scene(specs: readonly HostSpec[], options: SceneOptions = {}): Scene {
  const made: { fleet?: Fleet; hosts?: readonly FleetHost[]; stage?: Stage } = {};
  beforeAll(async () => {
    made.fleet = await Fleet.start([...specs]);
    made.hosts = made.fleet.hosts;
    made.stage = await Stage.open(options.engine);
    await options.prepare?.(made as Scene);
  }, 900_000);
  afterAll(async () => {
    await made.stage?.close();
    await made.fleet?.stop();
  }, 60_000);
  return made as Scene;
}
