import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { Bind, Duration, HealthCheck, PumaService, PumaSocket, Restart } from "../../lib";
import { Workspace } from "../../lab/engine/workspace";
import type { FleetHost } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import type { LoadOptions, Report } from "../../lab/load/report";
import { declared, eventually, get, PUMA } from "../e2e/hosts";

/** The two services that are restarted together, and the first of the two ports of each. */
const SERVICES = { with: { name: "web", port: 9292 }, without: { name: "plain", port: 9392 } } as const;

/** With DeferAcceptSec=1, and without it. */
export type Socket = keyof typeof SERVICES;

/** How clients ask: over a new connection for each request or one that they keep, over tcp or ssl. */
export const CLIENTS = {
  "new, tcp": { fresh: 16, keepAlive: 0, tls: false },
  "new, ssl": { fresh: 16, keepAlive: 0, tls: true },
  "kept, tcp": { fresh: 0, keepAlive: 16, tls: false },
  "kept, ssl": { fresh: 0, keepAlive: 16, tls: true },
} as const;

/** One of them. */
export type Client = keyof typeof CLIENTS;

/** What all clients of a socket saw. */
export type Reports = Readonly<Partial<Record<Client, Report>>>;

/** What clients do, and whether only some of them ask. */
export type Clients = Pick<LoadOptions, "pause" | "freshPause"> & { readonly only?: Client };

/** How both services are restarted. */
export type How = "apply" | "systemctl restart" | "overlap";

const BOOT_SECONDS = "1";
/** More than there are clients that keep their connection: Puma up to 5.6 stops late otherwise, and is killed. */
const THREADS = { min: 0, max: 40 };
const CONFIG = "/srv/app/restarts.rb";
const TLS = { key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" };

/** The same service twice on one host, but for DeferAcceptSec= of its socket. */
export class Pair {
  private releases = 0;

  private constructor(
    private readonly host: FleetHost,
    private readonly workspace: Workspace,
    private readonly config: string,
  ) {}

  /** @param config - what stands in Puma's configuration file; nothing for Puma's own settings */
  static async open(host: FleetHost, config: string): Promise<Pair> {
    const app = readFileSync(join(__dirname, "../faults/app/config.ru"), "utf8");
    await host.write("/srv/app/releases/1/config.ru", app);
    await host.write(CONFIG, `${config}\n`);
    const pair = new Pair(host, await Workspace.open(), config);
    await pair.restart("apply");
    return pair;
  }

  async close(): Promise<void> {
    await this.workspace.destroy();
    await this.workspace.close();
  }

  /** Restarts both, so often, under load; what the clients of each saw. */
  async restarted(how: How, times: number, { only, ...load }: Clients): Promise<Record<Socket, Reports>> {
    const names = (Object.keys(CLIENTS) as Client[]).filter((name) => name === (only ?? name));
    const loads = await Promise.all(
      Object.values(SERVICES).flatMap(({ port }) => this.clients(names, port, load)),
    );
    try {
      for (let done = 0; done < times; done++) await this.restart(how);
    } finally {
      await Promise.all(loads.map((one) => one.stop()));
    }
    const reports = await Promise.all(loads.map((one) => one.stop()));
    const from = (first: number): Reports =>
      Object.fromEntries(names.map((name, i) => [name, reports[first + i]]));
    return { with: from(0), without: from(names.length) };
  }

  private clients(names: readonly Client[], port: number, load: Partial<LoadOptions>): Promise<Load>[] {
    const common = { address: this.host.address, patience: 120_000, seconds: 3600, requests: 1e9, ...load };
    return names.map((name) => {
      const clients = CLIENTS[name];
      return Load.start({ ...common, ...clients, port: clients.tls ? port + 1 : port });
    });
  }

  private async restart(how: How): Promise<void> {
    if (how !== "systemctl restart") {
      this.releases++;
      await this.workspace.apply((stack) =>
        this.build(stack, how === "overlap" ? Restart.overlap() : Restart.hot()),
      );
      return;
    }
    const { with: one, without: other } = SERVICES;
    await this.host.exec(`systemctl restart ${one.name}.service ${other.name}.service`);
    const answers = async ({ port }: { port: number }): Promise<boolean> =>
      (await get(this.host, `http://127.0.0.1:${port}/`)) !== "";
    await eventually("an answer of both", async () => (await answers(one)) && (await answers(other)));
    await sleep(500);
  }

  private build(stack: TerraformStack, restart: Restart): void {
    for (const [kind, { name, port }] of Object.entries(SERVICES)) {
      new PumaService(stack, name, {
        hosts: [declared(this.host)],
        socket: new PumaSocket(stack, `${name}-socket`, {
          binds: [Bind.tcp(port), Bind.ssl(port + 1, TLS)],
          deferAccept: kind === "with",
        }),
        restart,
        pumaVersion: PUMA[this.host.release],
        user: "deploy",
        workingDirectory: "/srv/app/current",
        ...(this.config !== "" && { configFile: CONFIG }),
        threads: THREADS,
        environment: { VERSION: "1", BOOT_SECONDS },
        startTimeout: Duration.minutes(2),
        healthCheck: HealthCheck.answers({ settle: Duration.seconds(1) }),
        release: String(this.releases),
      });
    }
  }
}
