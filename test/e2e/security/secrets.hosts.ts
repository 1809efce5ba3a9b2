import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Resource } from "@cdktf/provider-null/lib/resource";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { Bind, type HostOptions, PumaService, SshKey } from "../../../lib";
import { type FleetHost } from "../../../lab/fleet/fleet";
import { all, APP, declared, oneOfEach, onEach, says } from "../hosts";
import { setUpHosts } from "../set-up";
import { type Build, Workspace } from "../../../lab/engine/workspace";

const at = setUpHosts(oneOfEach(["bullseye", "trixie"]));

const stackWith =
  (options: Partial<HostOptions> = {}, release = "1"): Build =>
  (stack) => {
    const on = at.hosts.map((host) => declared(host, options));
    new PumaService(stack, "web", { hosts: on, ...APP, release, binds: [Bind.tcp(9292)] });
  };

/**
 * A user of the host without any rights, who opens whatever he can where scripts come and go, as fast as he can, and
 * writes what root should then run. What he could open, he notes.
 */
const MALLORY = `
PLACES = %w[/tmp/* /tmp/.[^.]* /var/tmp/* /dev/shm/* /home/*/.ssh /home/*/.ssh/* /run/cdktf-puma/* /run/cdktf-puma/*/*
            /var/lib/cdktf-puma/* /var/lib/cdktf-puma/*/* /etc/systemd/system/web* /run/systemd/transient/*]
EVIL = "#!/bin/sh\\nid >/home/mallory/ran.$$\\n"
loop do
  Dir.glob(PLACES).each do |path|
    next unless File.file?(path) && !File.owned?(path)
    begin
      File.write(path, EVIL)
      File.open("/home/mallory/opened", "a") { |file| file.puts(path) }
    rescue SystemCallError
    end
  end
  sleep 0.001
end
`;

describe("a local user who watches for what runs as root", () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await Workspace.open();
    await onEach(at.hosts, async (host) => {
      await host.exec("useradd --create-home mallory");
      await host.write("/home/mallory/watch.rb", MALLORY);
      await host.exec("systemd-run --quiet --unit=mallory --uid=mallory ruby /home/mallory/watch.rb");
    });
  });
  afterAll(async () => {
    await onEach(at.hosts, (host) => host.exec("systemctl stop mallory"));
    await workspace?.close();
  });

  const opened = (host: FleetHost): Promise<string> =>
    says(host, "sed 's/[0-9][0-9]*/N/g' /home/mallory/opened 2>/dev/null | sort -u");
  const ran = (host: FleetHost): Promise<string> => says(host, "cat /home/mallory/ran.* 2>/dev/null");

  test("finds nothing that he could alter", async () => {
    for (const release of ["1", "2", "3"]) await workspace.apply(stackWith({}, release));
    expect(await onEach(at.hosts, opened)).toEqual(all(at.hosts, ""));
    expect(await onEach(at.hosts, ran)).toEqual(all(at.hosts, ""));
    expect(await onEach(at.hosts, (host) => says(host, "systemctl is-active mallory"))).toEqual(
      all(at.hosts, "active"),
    );
  });

  test("is refused where the script would stand in a folder that he may enter", async () => {
    const scriptPath = "/home/mallory/cdktf-puma-%RAND%.sh";
    await onEach(at.hosts, (host) => host.exec("chmod 777 /home/mallory"));
    expect(await workspace.applyInVain(stackWith({ scriptPath }, "4"))).toContain(
      "other users may enter /home/mallory",
    );
  });

  /** What the engine does unless it is told otherwise: the proof that he would have found it. */
  test("would have found a script of the engine's in /tmp", async () => {
    await workspace.engine.apply(await withPlainProvisioners(workspace), [], { allowFailure: true });
    for (const host of at.hosts) expect(await opened(host)).toContain("/tmp/terraform_N.sh");
  });
});

async function withPlainProvisioners(workspace: Workspace): Promise<string> {
  await workspace.synth((stack) => {
    stackWith({}, "3")(stack);
    for (const host of at.hosts) for (const i of [1, 2, 3]) plainProvisioner(stack, host, i);
  });
  return workspace.folder;
}

function plainProvisioner(stack: TerraformStack, host: FleetHost, i: number): void {
  const { address, user, keyFile, hostKey } = host;
  const connection = {
    type: "ssh" as const,
    host: address,
    user,
    hostKey,
    privateKey: `\${file("${keyFile}")}`,
  };
  new Resource(stack, `plain-${host.name}-${i}`, {
    provisioners: [{ type: "remote-exec", connection, inline: ["sleep 1"] }],
  });
}

describe.each([
  ["sensitive", false],
  ["ephemeral", true],
])("a key that is a variable, %s", (_, ephemeral) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await Workspace.open(undefined, ephemeral ? "ephemeral" : "sensitive");
  });
  afterAll(() => workspace?.close());

  const keyed: Build = (stack) => {
    const variable = new TerraformVariable(stack, "key", { type: "string", sensitive: true });
    if (ephemeral) variable.addOverride("ephemeral", true);
    const host = at.fleet.host("trixie");
    const key = SshKey.sensitive(variable.stringValue, { teardown: SshKey.file(host.keyFile) });
    new PumaService(stack, `keyed-${stack.node.id}`, {
      hosts: [declared(host, { key })],
      ...APP,
      binds: [Bind.tcp(9300 + Number(ephemeral))],
    });
  };

  test("reaches the host, and neither state nor output nor plan nor log", async () => {
    const key = await readFile(at.fleet.host("trixie").keyFile, "utf8");
    const [, secret = "", another = ""] = key.split("\n");
    const variables = join(workspace.folder, "secret.json");
    await writeFile(variables, JSON.stringify({ key }));
    const log = join(workspace.folder, "trace.log");
    Object.assign(workspace.engine.env, { TF_LOG: "TRACE", TF_LOG_PATH: log });

    const plan = JSON.stringify(await workspace.plan(keyed, [`-var-file=${variables}`]));
    const output = await workspace.apply(keyed, [`-var-file=${variables}`]);
    const state = await readFile(join(workspace.folder, "terraform.tfstate"), "utf8");
    const trace = await readFile(log, "utf8");

    expect(output).toContain("Apply complete!");
    expect(trace.length).toBeGreaterThan(10_000);
    // A plan's file holds the variables that it was made with, but for ephemeral ones: that is the engine's doing.
    for (const text of [state, output, trace, ...(ephemeral ? [plan] : [])]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(another);
    }
    await workspace.destroy([`-var-file=${variables}`]);
  });
});
