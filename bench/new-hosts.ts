import { ref, type TerraformStack, TerraformResource, Token } from "cdktf";
import { type Build } from "../lab/engine/workspace";
import { Host, Hosts, SshKey } from "../lib";
import { type Check } from "./checks";
import { Planned } from "./engine";
import { serviceOn } from "./fleet";
import { median } from "./numbers";

const ROUNDS = 3;
const HOSTS = 1000;

/** Machines as resources, and how the service's hosts come by their addresses. */
type Way = (addresses: Record<string, string>, outputs: Record<string, string>) => Host[];

const OPTIONS = { user: "ops", key: SshKey.agent(), hostKey: "ecdsa-sha2-nistp256 AAAA" };

const WAYS: readonly Way[] = [
  (addresses) => Object.entries(addresses).map(([name, address]) => new Host(name, { address, ...OPTIONS })),
  (addresses, outputs) => Hosts.of(Object.keys(addresses), { addresses: outputs, ...OPTIONS }),
];

/**
 * The plan of new hosts whose machines are created in the same apply beside that of hosts whose addresses are known. The engine walks
 * all machines for each host: of bare null_resources it makes 1.06 to 1.11.
 */
export async function* newHostsChecks(): AsyncGenerator<Check> {
  const stacks = await Promise.all(WAYS.map((way) => Planned.of(onMachines(way))));
  try {
    const took = stacks.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++)
      stacks.forEach((stack, i) => took[i]?.push(stack.plan().cpu));
    const [known = NaN, unknown = NaN] = took.map(median);
    yield {
      what: `plan of 1,000 new hosts by Hosts.of(), their addresses unknown, by known ones`,
      figures: `${unknown.toFixed(2)} s, known ${known.toFixed(2)} s`,
      ratio: unknown / known,
      limit: 1.2,
    };
  } finally {
    for (const stack of stacks) await stack.close();
  }
}

const onMachines =
  (way: Way): Build =>
  (stack) => {
    const names = Array.from({ length: HOSTS }, (_, i) => `web${i + 1}`);
    const addresses = Object.fromEntries(names.map((name, i) => [name, `10.1.${i >> 8}.${i & 255}`]));
    const outputs = "{ for name, machine in terraform_data.machines : name => machine.output }";
    machines(stack, addresses);
    serviceOn(stack, way(addresses, Token.asStringMap(ref(outputs))), false);
  };

/** What tells its addresses once it is there, as an instance of a cloud does. */
function machines(stack: TerraformStack, addresses: Record<string, string>): void {
  const resource = new TerraformResource(stack, "machines", { terraformResourceType: "terraform_data" });
  resource.overrideLogicalId("machines");
  resource.addOverride("for_each", addresses);
  resource.addOverride("input", "${each.value}");
}
