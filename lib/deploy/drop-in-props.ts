import { type Directives } from "../puma/directives";
import { type Duration } from "../values/duration";
import { type Fields } from "../values/fields";
import { type HealthCheck } from "./health-check";
import { type Restart } from "./restart";

/** What a drop-in of a unit that something else owns says, and how it comes into effect. */
export interface DropInProps {
  /**
   * The service of systemd that something else owns: a package, another tool, a person. "mastodon-web.service", or an instance such as
   * "puma@blog.service". It has to be on each host, and neither its file nor how it is enabled is ever touched.
   */
  readonly unit: string;
  /**
   * The lines, of `[Service]` and `[Unit]`: section → directive → value. A directive of which systemd takes one value replaces
   * the unit's, one of a list adds to it; `["", value]` resets a list first.
   */
  readonly directives: Directives;
  /**
   * Name of its file: `/etc/systemd/system/UNIT.d/ORDER-NAME.conf`. Two stacks that have drop-ins of one unit need two names.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Number by which systemd orders it among the unit's drop-ins, from 0 to 99: what comes later overrides. Tools write at 50, and
   * `systemctl edit` writes `override.conf`, which comes behind all numbers.
   * @default 60
   */
  readonly order?: number;
  /**
   * What becomes of the unit where it runs and a changed line asks for a restart: `Restart.hot()` restarts it, `Restart.none()` lets it
   * go on until somebody else does. Whoever owns it starts it: a unit that does not run is left so.
   * @default Restart.hot()
   */
  readonly restart?: Restart;
  /**
   * When the restarted unit is healthy. Its binds are those that its main process turns out to listen on; of what is no Puma,
   * `HealthCheck.none()` asks systemd alone.
   * @default HealthCheck.answers()
   */
  readonly healthCheck?: HealthCheck;
  /**
   * How long it may take from its start until it answers. It goes into no line.
   * @default Duration.seconds(90)
   */
  readonly startTimeout?: Duration;
  /**
   * Whether the file is handed over where it would be removed: it stays, and is no stack's from then on.
   * @default false: it is removed, and the unit restarted without it
   */
  readonly retain?: boolean;
  /**
   * Replaces a file of this name that something else put there, and keeps a copy under /var/backups/cdktf-puma.
   * @default false: an apply that meets one fails
   */
  readonly takeOver?: boolean;
}

/** The names of all that. */
export const DROP_IN_PROPS: Fields<DropInProps> = {
  ...{ unit: true, directives: true, name: true, order: true, restart: true, healthCheck: true },
  ...{ startTimeout: true, retain: true, takeOver: true },
};
