/**
 * `npx tsx lab/fleet/cli.ts trixie forky`: boots a host of each release, says how to reach them, stops at Ctrl-C.
 * `web:trixie` gives the host a name.
 */
import { once } from "node:events";
import { Fleet, type FleetHost, type HostSpec, type Release } from "./fleet";

function howToReach({ name, address, keyFile, user }: FleetHost): string {
  return `${name}: ssh -i ${keyFile} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ${user}@${address}`;
}

function hostSpec(word: string, i: number): HostSpec {
  const [release, name = `${release}${i + 1}`] = word.split(":").reverse();
  return { name, release: release as Release };
}

async function main(words: string[]): Promise<void> {
  const fleet = await Fleet.start(words.map(hostSpec));
  console.log(fleet.hosts.map(howToReach).join("\n"));
  // Something must keep the process alive while it waits.
  const awake = setInterval(() => undefined, 1 << 30);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  clearInterval(awake);
  await fleet.stop();
}

void main(process.argv.slice(2));
