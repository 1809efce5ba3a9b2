/** Units that somebody has written by hand are imported and taken over, under load: what the first apply costs. */
import { appendFileSync } from "node:fs";
import { type TerraformStack } from "cdktf";
import { Bind, PumaService, type PumaServiceProps, PumaSocket, type PumaSocketProps } from "../../lib";
import { valuesOf } from "../../lib/cli/import/declaration";
import { importUnits } from "../../lib/cli/import/import";
import { unitsOf } from "../../lib/cli/import/unit";
import { type FleetHost, RELEASES } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { answered, lost, notOk, type Report } from "../../lab/load/report";
import { APP, declared, get, listeningInode, oneOfEach, onEach, PUMA } from "../e2e/hosts";
import { setUpHosts, type TestHosts } from "../e2e/set-up";

const SERVICE = `[Unit]
After=network.target

[Service]
User=deploy
WorkingDirectory=/srv/app/current
Environment=RACK_ENV=production BOOT_SECONDS=1
ExecStart=/srv/app/current/sbin/puma -b tcp://0.0.0.0:9292
Restart=always

[Install]
WantedBy=multi-user.target
`;
/** As in Puma's own guide. */
const SOCKET = `[Socket]
ListenStream=0.0.0.0:9292
NoDelay=true
ReusePort=true
Backlog=1024

[Install]
WantedBy=sockets.target
`;
const HELD = SERVICE.replace("[Unit]", "[Unit]\nRequires=web.socket").replace("After=", "After=web.socket ");

/** What there is on the hosts, and what the first apply makes of it. */
interface Case {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly edit?: (stack: TerraformStack, props: Record<string, unknown>) => Record<string, unknown>;
}

/** A socket from the first apply on: the bind goes from the service to it. */
const withSocket: Case["edit"] = (stack, props) => ({
  ...{ ...props, binds: undefined },
  socket: new PumaSocket(stack, "new", { binds: [Bind.tcp(9292)] }),
});

const CASES: readonly Case[] = [
  { what: "a socket", files: { "web.service": HELD, "web.socket": SOCKET } },
  {
    what: "a socket with DeferAcceptSec=1",
    files: { "web.service": HELD, "web.socket": SOCKET.replace("NoDelay", "DeferAcceptSec=1\nNoDelay") },
  },
  { what: "no socket", files: { "web.service": SERVICE } },
  { what: "no socket, and the first apply brings one", files: { "web.service": SERVICE }, edit: withSocket },
];

const TIMES = Number(process.env.TIMES ?? 3);

/** Puts the units there, and runs them as somebody would by hand. */
async function install(host: FleetHost, files: Case["files"]): Promise<void> {
  for (const [name, text] of Object.entries(files)) await host.write(`/etc/systemd/system/${name}`, text);
  await host.exec(`systemctl daemon-reload; systemctl start ${Object.keys(files).reverse().join(" ")}`);
  await host.exec("curl --retry 60 --retry-delay 1 --retry-all-errors -fsS http://127.0.0.1:9292/");
}

/** The first apply of what import made of the units. */
async function takeOver(at: TestHosts, { files, edit }: Case): Promise<void> {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { declaration } = importUnits(unitsOf(sources));
  await at.workspace.apply((stack) => {
    for (const host of at.hosts) {
      const [held] = declaration.sockets;
      const socket =
        held &&
        new PumaSocket(stack, `socket-${host.name}`, {
          ...valuesOf(held.fields),
          name: "web",
        } as unknown as PumaSocketProps);
      const props = { ...valuesOf(declaration.service), ...(socket && { socket }) };
      new PumaService(stack, `web-${host.name}`, {
        ...(edit?.(stack, props) ?? props),
        ...{ name: "web", hosts: [declared(host)], takeOver: true, pumaVersion: PUMA[host.release] },
        healthCheck: APP.healthCheck,
      } as unknown as PumaServiceProps);
    }
  });
}

function tell(host: FleetHost, what: string, reports: readonly Report[]): void {
  const sum = (of: (report: Report) => number): number => reports.reduce((all, one) => all + of(one), 0);
  const longest = Math.max(...reports.map((report) => report.longest));
  const counts = [sum((one) => answered(one) - notOk(one)), sum((one) => one.refused), sum(lost)];
  const line = `| ${[PUMA[host.release], what, reports.length, ...counts, `${longest} ms`].join(" | ")} |`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `${line}\n`);
  else process.stderr.write(`${line}\n`);
}

const releases = RELEASES.filter((one) => (process.env.ONLY ?? one) === one);

describe.each(releases)("on %s", (release) => {
  const at = setUpHosts(oneOfEach([release]));

  test.each(CASES)(
    "$what",
    async (one) => {
      const reports: Report[] = [];
      for (let i = 0; i < TIMES; i++) {
        const [host] = at.hosts as [FleetHost];
        await install(host, one.files);
        const before = await listeningInode(host, 9292);
        const load = await Load.start({ address: host.address, fresh: 8, keepAlive: 0 });
        await takeOver(at, one).finally(() => load.stop());
        reports.push(await load.stop());
        expect(await get(host, "http://127.0.0.1:9292/")).toMatch(/^hello from/);
        if ("web.socket" in one.files) expect(await listeningInode(host, 9292)).toBe(before);
        await at.workspace.destroy();
      }
      await onEach(at.hosts, async (host) => tell(host, one.what, reports));
      const refused = reports.reduce((sum, one) => sum + one.refused, 0);
      if ("web.socket" in one.files) expect(refused).toBe(0);
    },
    600_000,
  );
});
