import { ref, type TerraformStack, TerraformResource, Token } from "cdktf";
import { Bind, Duration, Hosts, PumaService, PumaSocket, Removal, SshKey } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, APP, get, onEach, PUMA, says } from "./hosts";
import { setUpHosts } from "./set-up";

const PORT = 9292;

/** What is asked of a host is the same on all: it is the engines that differ. */
const at = setUpHosts(["a", "b"].map((name) => ({ name, release: "trixie" })));

/** The address of each machine, by the name of its host. */
type Machines = Readonly<Record<string, string>>;

/** What tells its address once it is there: where that is another, another machine is created. */
function machines(stack: TerraformStack, addresses: Machines): Record<string, string> {
  const resource = new TerraformResource(stack, "machine", { terraformResourceType: "terraform_data" });
  resource.overrideLogicalId("machine");
  const fields = { for_each: addresses, input: "${each.value}", triggers_replace: "${each.value}" };
  for (const [name, value] of Object.entries(fields)) resource.addOverride(name, value);
  return Token.asStringMap(ref("{ for name, one in terraform_data.machine : name => one.output }"));
}

const stackWith =
  (names: string[], addresses: Machines, environment: Record<string, string> = {}): Build =>
  (stack) => {
    const { user, keyFile } = at.hosts[0] as FleetHost;
    const reach = { user, key: SshKey.file(keyFile), timeout: Duration.seconds(8) };
    new PumaService(stack, "web", {
      hosts: Hosts.of(names, { addresses: machines(stack, addresses), ...reach }),
      ...APP,
      pumaVersion: PUMA.trixie,
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] }),
      environment,
    });
  };

const both = (): Machines => Object.fromEntries(at.hosts.map(({ name, address }) => [name, address]));
const greeting = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/`);
const greetings = (): Record<string, string> =>
  Object.fromEntries(at.hosts.map(({ name }) => [name, `hello from ${name} version 1\n`]));
const left = (host: FleetHost): Promise<string> => says(host, "ls /etc/systemd/system | grep ^web");

/** The changes of the installations that a plan has, by host. */
async function planned(workspace: Workspace, build: Build): Promise<Record<string, readonly string[]>> {
  const { resource_changes: changes = [] } = await workspace.plan(build);
  const installations = changes.filter(({ address }) => address.startsWith("null_resource."));
  return Object.fromEntries(installations.map(({ address, change }) => [address.slice(-1), change.actions]));
}

describe.each<EngineKind>(["terraform", "tofu"])("machines that %s creates in the same apply", (kind) => {
  let workspace: Workspace;
  beforeAll(async () => (workspace = await Workspace.open(kind)), 900_000);
  afterAll(() => workspace?.close());

  const on = (environment?: Record<string, string>): Build => stackWith(["a", "b"], both(), environment);

  test("get their services, and another plan has nothing to do", async () => {
    await workspace.apply(on());
    expect(await onEach(at.hosts, greeting)).toEqual(greetings());
    expect(await planned(workspace, on())).toEqual({ a: ["no-op"], b: ["no-op"] });
  });

  test("are known by then: another machine beside them changes theirs not", async () => {
    const third = stackWith(["a", "b"], { ...both(), c: "192.0.2.1" });
    expect(await planned(workspace, third)).toEqual({ a: ["no-op"], b: ["no-op"] });
  });

  test("a name that has no machine is told of, with the map, and nothing changes", async () => {
    const text = await workspace.applyInVain(stackWith(["a", "b", "c"], both(), { EDITED: "yes" }));
    const said = text.replace(/[│\s]+/g, " ");
    expect(said).toContain("Error: Resource precondition failed");
    expect(said).toContain("Hosts.of 'addresses': must have one for 'c', and { for name, one in");
    expect(said).not.toContain("Error: Invalid");
    expect(
      await onEach(at.hosts, (host) => says(host, "grep -c EDITED /etc/systemd/system/web.service")),
    ).toEqual(all(at.hosts, "0"));
  });

  test("lose their services before they go", async () => {
    await workspace.destroy();
    expect(await onEach(at.hosts, left)).toEqual(all(at.hosts, ""));
  });
});

test("a machine that is dead holds up the one in its place, until that is said to be no matter", async () => {
  const [old, next] = at.hosts as [FleetHost, FleetHost];
  const on = (host: FleetHost): Build => stackWith(["web"], { web: host.address });
  await at.workspace.apply(on(old));
  await old.powerCut();
  await at.workspace.applyInVain(on(next));
  expect(await left(next)).toBe("");
  const going: Build = (stack) => {
    on(next)(stack);
    Removal.of(stack).onUnreachableHost("continue");
  };
  await at.workspace.apply(going);
  expect(await greeting(next)).toBe(`hello from ${next.name} version 1\n`);
  expect(await at.workspace.apply(going)).toContain("No changes.");
});
