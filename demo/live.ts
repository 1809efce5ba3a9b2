import { Fleet, type FleetHost } from "../lab/fleet/fleet";
import { Project } from "./project";
import { planPrinter, show, showProgress, step } from "./screen";
import { type DemoSettings } from "./settings";
import { fetchPage, underTraffic } from "./traffic";

/** Prints whatever the service could have left on a host. */
const TRACES = `
systemctl list-units --all --no-legend --plain 'web*'
ls -d /etc/systemd/system/web* /etc/systemd/system/*/web* /var/lib/cdktf-puma /run/cdktf-puma 2>/dev/null
grep -h ':244[CD] .* 0A ' /proc/net/tcp /proc/net/tcp6`;

/** The whole life of a service on three real hosts. */
export async function showLive(): Promise<void> {
  const names = ["web1", "web2", "web3"];
  const fleet = await step("Boot three hosts: Debian 13, systemd 257, Puma 6.6", async () => {
    const started = await Fleet.start(names.map((name) => ({ name, release: "trixie" })));
    for (const { name, address } of started.hosts) show(`${name} at ${address}`);
    return started;
  });
  try {
    await serve(fleet.hosts);
  } finally {
    await step("Switch the hosts off, and remove them", () => fleet.stop());
  }
}

async function serve(hosts: FleetHost[]): Promise<void> {
  const project = new Project();
  const apply = (): Promise<void> => project.cdktf(["deploy", "--auto-approve"], showProgress);
  const use = (greeting: string): void => project.use(settings(greeting, hosts));

  use("hello");
  await step("Apply the stack: a Puma on each host, behind a socket (cdktf deploy)", apply);
  await step("Fetch a page from each host", () => showPages(hosts, "/"));
  use("good morning");
  await step("Change an environment variable, and look at the plan (cdktf diff)", () =>
    project.cdktf(["diff"], planPrinter()),
  );
  await step("Apply it while clients fetch pages: a hot restart", () => restart(hosts, apply));
  await step("Fetch what changed from each host", () => showPages(hosts, "/env?GREETING"));
  await step("Apply again: nothing to do, so no host is touched", apply);
  await step("Destroy (cdktf destroy)", () => project.cdktf(["destroy", "--auto-approve"], showProgress));
  await step("Look for what is left on the hosts", () => showTraces(hosts));
}

function settings(greeting: string, hosts: FleetHost[]): DemoSettings {
  const reach = ({ name, address, user, hostKey, keyFile }: FleetHost): DemoSettings["hosts"][number] => ({
    ...{ name, address, user, hostKey, keyFile },
  });
  return { greeting, hosts: hosts.map(reach) };
}

async function showPages(hosts: FleetHost[], path: string): Promise<void> {
  for (const { address } of hosts) {
    const page = await fetchPage(address, path);
    show(`http://${address}:9292${path} says: ${page.trim()}`);
  }
}

async function restart(hosts: FleetHost[], apply: () => Promise<void>): Promise<void> {
  const before = await Promise.all(hosts.map(identify));
  const addresses = hosts.map((host) => host.address);
  const { answered, failed, longest } = await underTraffic(addresses, apply);
  const after = await Promise.all(hosts.map(identify));
  hosts.forEach(({ name }, i) => show(`${name}: before ${before[i]}, after ${after[i]}`));
  show(`meanwhile ${answered} requests were answered, ${failed} failed; the slowest took ${longest} ms`);
}

/** Which process serves on a host, and which socket it serves. */
async function identify(host: FleetHost): Promise<string> {
  const script = `echo "Puma $(systemctl show -P MainPID web.service) on socket" \
    "$(awk '$2 == "00000000:244C" && $4 == "0A" { print $10 }' /proc/net/tcp)"`;
  return (await host.exec(script)).stdout.trim();
}

async function showTraces(hosts: FleetHost[]): Promise<void> {
  for (const host of hosts) {
    const { stdout } = await host.exec(TRACES, { allowFailure: true });
    if (stdout !== "") throw new Error(`left on ${host.name}:\n${stdout}`);
    show(`${host.name}: no unit, no file, no listener`);
  }
}
