import { type Duration } from "../values/duration";
import { type Fields } from "../values/fields";
import { type Directives } from "./directives";
import { type PumaCommand } from "./command";
import { type Hardening } from "./hardening";
import { type Scope } from "../layout";
import { type Logs } from "./logs";
import { type Secrets } from "./service-secrets";

/** How many threads serve requests, in cluster mode in each worker. */
export interface ThreadOptions {
  /** Threads that are always there, 0 to `max`. */
  readonly min: number;
  /** 1 to 1024. */
  readonly max: number;
}

/** The names of both. */
export const THREAD_OPTIONS: Fields<ThreadOptions> = { min: true, max: true };

/** What is in a Puma service's unit, wherever the service runs. */
export interface ServiceUnitProps {
  /** The application's root, absolute. A symlink such as Capistrano's `current` is followed at each start. */
  readonly workingDirectory: string;
  /**
   * How Puma is started.
   * @default PumaCommand.binstub("sbin/puma")
   */
  readonly command?: PumaCommand;
  /**
   * Puma's configuration file. A relative path is under workingDirectory. Binds, workers and threads given here win over
   * the file's. `false` loads none. One that is to come with the service is a `ManagedFile.pumaConfig()` of its `files`.
   * @default - Puma looks for config/puma.rb and config/puma/ENVIRONMENT.rb
   */
  readonly configFile?: string | false;
  /**
   * Further arguments of Puma. Terraform tokens are welcome. What `environment` says of their values holds here too.
   * @default - none
   */
  readonly args?: string[];
  /**
   * Whose systemd has the service: "system" is the machine's, "user" that of the user who logs in, for whom nothing is done as
   * root. The units are then below `~/.config/systemd/user`, and the user needs `loginctl enable-linger`.
   * @default "system"
   */
  readonly scope?: Scope;
  /**
   * User that Puma runs as. With the `scope` "user" that is the one who logs in, and this is left away.
   * @default - root, with a warning
   */
  readonly user?: string;
  /**
   * Group that Puma runs as.
   * @default - the user's
   */
  readonly group?: string;
  /**
   * Environment variables. Terraform tokens are welcome in the values. Every user of the host can read them
   * (systemd.exec(5)), and so can readers of the Terraform state: secrets go into `secrets`, and a sensitive token is refused at
   * plan. Terraform turns the values of tokens into Unicode's normal form C. CDKTF_PUMA_ROLE, which tells a candidate what it
   * is there for, is an error here.
   * @default - only what `rackEnv` says
   */
  readonly environment?: Record<string, string>;
  /**
   * Absolute paths of files of environment variables on the host. A leading `-` lets a file be missing. Their content is
   * the host's business: a new `release` restarts Puma with a new one. systemd reads them as root, through any link, and what
   * runs as root beside Puma has them in its environment, too: a file has to be root's, in folders of root's, and no one else
   * may write there. In a folder of `user` they are an error, at synth or before anything is changed on the host.
   * @default - none
   */
  readonly environmentFiles?: string[];
  /**
   * Secrets, as environment variables or as files, which are in no unit, no state and no script. They win over what `environment` and
   * `environmentFiles` say.
   * @default - none
   */
  readonly secrets?: Secrets;
  /**
   * The application's environment, as RACK_ENV. `false` writes none: Puma is then in what a file of `environmentFiles` says, or
   * in development.
   * @default "production": as RACK_ENV, beside `environmentFiles` as RAILS_ENV (from Puma 5 on), which one of them can set
   * otherwise, as RAILS_ENV too, for Puma and Rails alike. None where `environment` sets APP_ENV, RACK_ENV or RAILS_ENV, or PassEnvironment= names one
   */
  readonly rackEnv?: string | false;
  /**
   * Worker processes of cluster mode, 0 for single mode.
   * @default - the configuration file's, or single mode
   */
  readonly workers?: number;
  /**
   * Threads that serve requests.
   * @default - the configuration file's, or Puma's own
   */
  readonly threads?: ThreadOptions;
  /**
   * Puma's version on the hosts, such as "6.6". It decides what Puma can tell systemd, and is checked on the host.
   * @default - unknown: Type=simple
   */
  readonly pumaVersion?: string;
  /**
   * Whether Puma tells systemd when it is ready: true for Puma 5.1 to 6.0 with the `sd_notify` gem, false on JRuby.
   * @default - whether `pumaVersion` is 6.1 or newer
   */
  readonly notify?: boolean;
  /**
   * Whether Puma goes to the background (`--daemon`, Type=forking), as in the last form of Puma's systemd guide. For Puma 4, which
   * `pumaVersion` has to name: Puma 5 and newer cannot, and run in the foreground. Puma writes its number to
   * `/run/NAME/puma.pid`, for which the unit has a RuntimeDirectory= and a PIDFile=. Of a boot that fails systemd learns no more than
   * that there is no such file, and may wait for it until `startTimeout` is over; what Puma says of it goes to no journal, but
   * to the file of `--redirect-stderr`, if `args` has that.
   * @default false
   */
  readonly daemon?: boolean;
  /**
   * How long Puma may be silent before systemd kills and restarts it (`WatchdogSec=`): at least 30 seconds more than
   * `startTimeout`, since a Puma that restarts itself (SIGUSR2, `pumactl restart`) is silent while it boots. `false` lets it be
   * silent for ever. Puma pings every 10 seconds, so a hang ends after at most this time, and at least 10 seconds less. It does
   * so by the `WATCHDOG_USEC` of the unit, over which one in a file of `environmentFiles` wins: leave it away there.
   * @default - 30 seconds more than `startTimeout` where Puma notifies: two minutes
   */
  readonly watchdog?: Duration | false;
  /**
   * Unit on the hosts that systemd starts when Puma has crashed three times in a row, once for the row: `page.service`, or an
   * instance such as `page@web.service`. A life of a minute ends the row. It has to be there, and goes with `Restart=always`
   * or `on-failure`.
   * @default - none
   */
  readonly alarm?: string;
  /**
   * How long Puma may take from its start until every bind answers. To a worker that loads the application Puma itself gives 60
   * seconds, unless its configuration file says another `worker_boot_timeout`.
   * @default - 90 seconds, systemd's own
   */
  readonly startTimeout?: Duration;
  /**
   * Where what Puma and the application print goes. A file is root's to open, so only root may write where it is.
   * @default Logs.journal()
   */
  readonly logs?: Logs;
  /**
   * How much of the host is closed to Puma, and to what runs beside it for the application: candidates, tasks, health commands. Another
   * level restarts Puma, and its rehearsal tries it before.
   * @default Hardening.NONE
   */
  readonly hardening?: Hardening;
  /**
   * Anything else, by section (`Unit`, `Service`, `Install`) and under systemd's names. A value replaces what the
   * library writes, a line of `hardening` among it, a list is added to it, and "" resets it. What systemd opens as root (`StandardOutput=append:…`,
   * `LoadCredential=`, commands that begin with `+`) has to be where only root writes, which is checked as for
   * `environmentFiles`: see `logs`.
   * @default - none
   */
  readonly directives?: Directives;
}

/** The names of all that. */
export const SERVICE_UNIT_PROPS: Fields<ServiceUnitProps> = {
  ...{
    workingDirectory: true,
    command: true,
    configFile: true,
    args: true,
    scope: true,
    user: true,
    group: true,
  },
  ...{
    environment: true,
    environmentFiles: true,
    secrets: true,
    rackEnv: true,
    workers: true,
    threads: true,
  },
  ...{
    pumaVersion: true,
    notify: true,
    daemon: true,
    watchdog: true,
    alarm: true,
    startTimeout: true,
    logs: true,
    hardening: true,
    directives: true,
  },
};
