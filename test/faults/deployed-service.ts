import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { Bind, Duration, HealthCheck, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import type { RestartMode } from "../../lib/deploy/restart";
import { eventually, everywhere, says } from "../e2e/hosts";
import { errorOf, outputOf } from "../../lab/engine/output";
import { type Build, Workspace } from "../../lab/engine/workspace";
import type { FleetHost } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import type { LoadOptions, Report } from "../../lab/load/report";
import { clearBreakpoint } from "./breakpoint";

/** The two ways of changing that this table is about. */
export type Mode = Extract<RestartMode, "hot" | "overlap">;

/** What differs from the healthy first version. */
export interface Change {
  readonly environment?: Record<string, string>;
  readonly props?: Partial<PumaServiceProps>;
  /** Ports beside 9292. */
  readonly ports?: readonly number[];
}

/** How an apply went, and what it printed. */
export interface Outcome {
  readonly failed: boolean;
  /** What the script on the host said. */
  readonly said: string;
  /** The engine's whole output. */
  readonly text: string;
}

const PUMA_RB = "/srv/app/puma.rb";
const START_TIMEOUT = 20;
/** Milliseconds that a request may wait in hot mode: for a start that is given up, the way back, and the next apply. */
export const LONGEST = 3 * START_TIMEOUT * 1000;

/** The service `web` on one host, its healthy first version, and the changes that are tried on it. */
export class DeployedService {
  private loaded?: Load;

  private constructor(
    readonly host: FleetHost,
    readonly workspace: Workspace,
    private mode: Mode,
  ) {}

  /** Puts the app on the host. */
  static async open(host: FleetHost, mode: Mode = "hot"): Promise<DeployedService> {
    const app = (file: string): string => readFileSync(join(__dirname, "app", file), "utf8");
    await host.write("/srv/app/releases/1/config.ru", app("config.ru"));
    await host.write(PUMA_RB, app("puma.rb"));
    return new DeployedService(host, await Workspace.open(), mode);
  }

  /** A second folder of the same stack, as another person has it. */
  async another(): Promise<DeployedService> {
    return new DeployedService(this.host, await Workspace.open(), this.mode);
  }

  async close(): Promise<void> {
    await this.loaded?.stop();
    await this.workspace.close();
  }

  /** What the stack says after a change. */
  build({ environment, props, ports = [] }: Change = {}): Build {
    return (stack: TerraformStack) =>
      everywhere(stack, [this.host], "web", {
        socket: new PumaSocket(stack, "socket", { binds: [9292, ...ports].map((port) => Bind.tcp(port)) }),
        restart: Restart[this.mode](),
        healthCheck: HealthCheck.answers({ settle: Duration.seconds(1) }),
        threads: { min: 0, max: 16 },
        startTimeout: Duration.seconds(START_TIMEOUT),
        environment: { VERSION: "1", BOOT_SECONDS: "0.3", ...environment },
        ...(this.mode === "overlap" && { configFile: PUMA_RB }),
        ...props,
      });
  }

  /** Applies; whether that succeeds is part of the outcome. */
  async apply(change?: Change): Promise<Outcome> {
    await this.workspace.synth(this.build(change));
    const { code, stdout, stderr } = await this.workspace.engine.apply(this.workspace.folder, [], {
      allowFailure: true,
    });
    const text = stdout + stderr;
    const said = outputOf(text, this.resource);
    return { failed: code !== 0, said, text: `${text}${errorOf(text, this.resource)}` };
  }

  /** Sees that the first version serves in that mode. */
  async useMode(mode: Mode): Promise<void> {
    if (mode === this.mode && (await this.version()) === "1") return;
    this.mode = mode;
    await this.reset();
  }

  /** Back to the first version, whatever was before. */
  async reset(): Promise<void> {
    await clearBreakpoint(this.host);
    const outcome = await this.apply();
    if (outcome.failed) throw new Error(`the first version cannot be applied:\n${outcome.text}`);
  }

  /** Lets users come. */
  async load(options: Partial<LoadOptions> = {}): Promise<Load> {
    await this.loaded?.stop();
    this.loaded = await Load.start({ address: this.host.address, pause: 100, ...options });
    return this.loaded;
  }

  /** The version that answers now. */
  async version(): Promise<string> {
    return (await says(this.host, "curl -s --max-time 30 http://127.0.0.1:9292/")).replace("version ", "");
  }

  /** Waits until no run of the script is left. */
  async waitForRunToEnd(): Promise<void> {
    const active = "systemctl is-active --quiet cdktf-puma-web.service";
    const ended = async (): Promise<boolean> =>
      (await this.host.exec(active, { allowFailure: true })).code !== 0;
    await eventually("the end of the run", ended);
  }

  private get resource(): string {
    return `null_resource.puma_web_on_${this.host.name}`;
  }
}

/** What a run must never leave on a host, and what is not as it should be. */
export async function leftovers(host: FleetHost): Promise<string> {
  const script = `
    ls -d /etc/systemd/system/*.cdktf-puma /run/cdktf-puma /run/cdktf-puma-* \\
      /run/systemd/system/web-* /var/lib/cdktf-puma/web/before* /home/ops/.ssh/cdktf-puma-* 2>/dev/null
    for unit in web.socket web.service; do
      state=$(systemctl is-active $unit); [ "$state" = active ] || echo $unit is $state
      state=$(systemctl is-enabled $unit); [ "$state" = enabled ] || echo $unit is $state
    done
    systemctl --failed --no-legend --plain
    pgrep -u deploy -a | sed 1d`;
  return says(host, script);
}

/** Waits for a host without leftovers, as the engine's script goes a little after its run. */
export async function expectTidy(host: FleetHost): Promise<void> {
  const isTidy = async (): Promise<boolean> => (await leftovers(host)) === "";
  await eventually("a host without leftovers", isTidy, 60).catch(() => undefined);
  expect(await leftovers(host)).toBe("");
}

/** Waits until the service answers, which a host that has just booted takes a while for. */
export async function serves(deployed: DeployedService): Promise<string> {
  await eventually("an answer", async () => (await deployed.version()) !== "");
  return deployed.version();
}

/** The figures of a row, as the table in the documentation has them. */
export function figures(report: Report): string {
  const { answers, refused, reset, resetReused, timedOut, errors, longest } = report;
  return JSON.stringify({ answers, refused, reset, resetReused, timedOut, errors, longest });
}
