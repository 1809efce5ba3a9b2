/** `npx tsx test/fleet/cli.ts trixie forky`: boots a host of each release, says how to reach them, stops at Ctrl-C. */
import { once } from "node:events";
import { Fleet, type FleetHost, type Release } from "./fleet";

function howToReach({ name, address, keyFile, user }: FleetHost): string {
  return `${name}: ssh -i ${keyFile} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ${user}@${address}`;
}

async function main(releases: string[]): Promise<void> {
  const specs = releases.map((release, i) => ({ name: `${release}${i + 1}`, release: release as Release }));
  const fleet = await Fleet.start(specs);
  console.log(fleet.hosts.map(howToReach).join("\n"));
  // Something must keep the process alive while it waits.
  const awake = setInterval(() => undefined, 1 << 30);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  clearInterval(awake);
  await fleet.stop();
}

void main(process.argv.slice(2));
