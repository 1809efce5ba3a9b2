import { type Fields } from "../values/fields";
import { type ManagedFile } from "./declared-file";
import { type HealthCheck } from "./health-check";
import { type Restart } from "./restart";
import { type RestartOn } from "./restart-on";
import { type Task } from "./task";

/** How a service changes on a host. None of it is in a unit, so none of it but `release` restarts anything by itself. */
export interface DeployProps {
  /**
   * Whether Puma is to run. What is "stopped" has its units on the hosts, and changes of them are installed, but neither service nor
   * socket runs or starts with the host, and nothing is checked that only a start needs. "running" starts it again.
   * @default "running"
   */
  readonly ensure?: "running" | "stopped";
  /**
   * Whether the service is handed over where it would be removed: as it leaves the stack, as a host leaves its list, and at
   * `destroy`. Its units stay, running and enabled, and are no stack's from then on. It has to be applied before that.
   * @default false: it is stopped, disabled and removed
   */
  readonly retain?: boolean;
  /**
   * Whether Puma starts with the host, or when the first connection comes, which then waits for the boot of the application
   * ("firstConnection" wants a `socket`).
   * @default "boot"
   */
  readonly startOn?: "boot" | "firstConnection";
  /**
   * How a changed Puma takes the place of the one that runs.
   * @default Restart.hot()
   */
  readonly restart?: Restart;
  /**
   * What restarts Puma on a host by itself, beside an apply: by a watch of systemd's on the folders that it is in. With
   * `Restart.none()`, too, where it counts as `Restart.hot()`. Where `ensure` is "stopped" nothing is watched.
   * @default - nothing
   */
  readonly restartOn?: RestartOn[];
  /**
   * What needrestart does to the service after an upgrade of a library that it has open: "redirect" has it restarted as by
   * `cdktf-puma restart`, "exempt" leaves it alone. It is told by a file below /etc/needrestart, which waits there where needrestart
   * is not installed.
   * @default - what needrestart does by itself: `systemctl restart`, where it restarts anything
   */
  readonly needrestart?: "redirect" | "exempt";
  /**
   * Restarts Puma when it changes, though no unit does: the version of the application, or of its configuration. One
   * line; Terraform tokens are welcome.
   * @default - only a changed unit restarts Puma
   */
  readonly release?: string;
  /**
   * Who or what deploys, where that is not the user who logs in: a person or a commit, as CI says it, such as
   * `process.env.GITHUB_ACTOR`. Up to 200 letters, digits, punctuation and spaces; Terraform tokens are welcome. It stands in the journal,
   * in the record and in the status of a host that changes, and changes nothing by itself.
   * @default - the user who logs in to the host
   */
  readonly deployedBy?: string;
  /**
   * Files that are installed with the service, and go back with it where a new version fails: at most 48 KB in all. One that the service
   * does not own is neither replaced nor removed, unless `takeOver` says so; one that is left away here is removed. They stand in
   * the Terraform state and in plans as they are: what is secret goes into `secrets`.
   * @default - none
   */
  readonly files?: ManagedFile[];
  /**
   * What is done beside the change of the units. A `Task.once()` runs once for each `release`, which has to be given then; several run in
   * the order of the list.
   * @default - nothing
   */
  readonly tasks?: Task[];
  /**
   * When a changed Puma is healthy.
   * @default HealthCheck.answers()
   */
  readonly healthCheck?: HealthCheck;
  /**
   * Replaces units of this name and `files` that something else put on a host, and keeps copies under /var/backups/cdktf-puma.
   * @default false: an apply that meets them fails, and says whose they are
   */
  readonly takeOver?: boolean;
  /**
   * User of the proxy in front on the hosts, such as "www-data": before anything is changed, an apply sees to it that this user
   * may enter each folder on the way to the unix binds, and will be able to write to the sockets there.
   * @default - nobody is asked for
   */
  readonly proxyUser?: string;
  /**
   * Groups on the hosts whose members may restart the service there, roll it back with its units, and ask how it is, without being root:
   * each has a unix socket of its own, by which they can say one of a few words and nothing else. `cdktf-puma restart NAME` asks
   * there by itself.
   * @default - only root may
   */
  readonly operators?: string[];
}

/** The names of all that. */
export const DEPLOY_PROPS: Fields<DeployProps> = {
  ...{ ensure: true, retain: true, startOn: true, restart: true, release: true, files: true, tasks: true },
  ...{ restartOn: true, needrestart: true, deployedBy: true },
  ...{ healthCheck: true, takeOver: true, proxyUser: true, operators: true },
};
