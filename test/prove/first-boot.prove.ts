/** Machines that really boot by cloud-init, from a NoCloud seed, and the applies that take over. */
import { appendFileSync } from "node:fs";
import { Fn, TerraformLocal, TerraformOutput, type TerraformStack } from "cdktf";
import { Bind, type Host, ManagedFile, PumaConfig, PumaService, PumaSocket } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { Workspace } from "../../lab/engine/workspace";
import { type FleetHost, type Release } from "../../lab/fleet/fleet";
import { APP, declared, get, invocation, logins, PUMA, says } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";

const MACHINES: readonly { name: string; release: Release; engine: EngineKind }[] = [
  { name: "trixie", release: "trixie", engine: "terraform" },
  { name: "bookworm", release: "bookworm", engine: "tofu" },
];

const at = setUpHosts(
  [...MACHINES, { name: "broken", release: "trixie" as const }].map((one) => ({
    ...one,
    packages: ["cloud-init"],
  })),
);

/** What an image says to cloud-init: where the seed is, and that the lab's keys and network stay. */
const IMAGE =
  "datasource_list: [NoCloud, None]\nssh_deletekeys: false\npreserve_hostname: true\nnetwork: {config: disabled}\nlocale: false\n";

interface Case {
  readonly release: Release;
  readonly hosts?: Host[];
  readonly greeting?: string;
}

const build =
  ({ release, hosts = [], greeting = "one" }: Case) =>
  (stack: TerraformStack): void => {
    const service = new PumaService(stack, "web", {
      ...{ hosts, ...APP, pumaVersion: PUMA[release], release: "1" },
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
      environment: { GREETING: greeting },
      environmentFiles: ["/etc/blog/secrets.env"],
      files: [
        ManagedFile.pumaConfig(PumaConfig.of({ tag: "blog" })),
        ManagedFile.environment({ A: "'b' ${c}" }),
      ],
    });
    if (hosts.length > 0) return;
    const output = (id: string, value: string) => new TerraformOutput(stack, id, { value, staticId: true });
    output("plain", service.cloudConfig());
    output("packed", service.cloudConfig({ gzip: true }));
    // As docs/first-boot.md has it.
    const both = new TerraformLocal(stack, "user_data", multipart(OWN, service.cloudConfig()));
    output("both", Fn.base64gzip(both.asString));
  };

/** What cloudConfig() says, plain and packed, and the same packed behind a part of the user's own. */
interface UserData {
  readonly plain: string;
  readonly packed: Buffer;
  readonly both: Buffer;
}

/** User data as an engine makes it, of a workspace whose state nobody needs. */
async function userData(release: Release, engine?: EngineKind): Promise<UserData> {
  const workspace = await Workspace.open(engine);
  try {
    const { planned_values } = (await workspace.plan(build({ release }))) as unknown as {
      planned_values: { outputs: Record<keyof UserData, { value: string }> };
    };
    const { plain, packed, both } = planned_values.outputs;
    const bytes = ({ value }: { value: string }): Buffer => Buffer.from(value, "base64");
    return { plain: plain.value, packed: bytes(packed), both: bytes(both) };
  } finally {
    await workspace.close();
  }
}

/** A part of the user's own, which stands first: it brings what Puma needs, as by the machine's role. */
const OWN = `#cloud-config
write_files:
- {path: /etc/blog/own, content: "own"}
runcmd:
- [sh, -c, "umask 077; mkdir -p /etc/blog; echo TOKEN=by-the-role >/etc/blog/secrets.env"]
`;

function multipart(...parts: string[]): string {
  const all = parts.map((part) => `--part\nContent-Type: text/cloud-config\n\n${part}\n`).join("");
  return `Content-Type: multipart/mixed; boundary="part"\nMIME-Version: 1.0\n\n${all}--part--\n`;
}

/** A machine's first boot, as cloud-init has it: before, its image has been up without a seed. */
async function boot(host: FleetHost, data: Buffer): Promise<string> {
  await host.write("/etc/cloud/cloud.cfg.d/99-lab.cfg", IMAGE);
  await host.write("/var/lib/cloud/seed/nocloud/meta-data", `instance-id: i-${host.name}\n`);
  await host.exec("base64 -d >/var/lib/cloud/seed/nocloud/user-data", { input: data.toString("base64") });
  await host.reboot();
  return says(host, "cloud-init status --wait; cat /var/log/cloud-init-output.log");
}

function tell(...cells: readonly string[]): void {
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${cells.join(" | ")} |\n`);
}

const record = (host: FleetHost, key: string): Promise<string> =>
  says(host, `sed -n 's/^${key}=//p' /var/lib/cdktf-puma/web/record`);

const GREETING = `tr '\\0' '\\n' </proc/$(systemctl show -p MainPID --value web)/environ | grep -E '^(GREETING|TOKEN|A)=' | sort`;

describe.each(MACHINES)("$name, and $engine", ({ name, release, engine }) => {
  const host = (): FleetHost => at.fleet.host(name);
  let workspace: Workspace;
  beforeAll(async () => void (workspace = await Workspace.open(engine)));
  afterAll(() => workspace.close());

  test("it comes up with the service, behind a part of the user's own", async () => {
    const { plain, packed, both } = await userData(release, engine);
    expect([plain.length < 16_384, packed.length < 16_384]).toEqual([true, true]);
    const said = await boot(host(), both);
    expect(said).toMatch(/status: done$/m);
    expect(said).toContain("cdktf-puma: web came up: web.socket web.service\n");
    expect(await get(host(), "http://127.0.0.1:9292/")).toContain("hello");
    expect(await says(host(), GREETING)).toBe("A='b' ${c}\nGREETING=one\nTOKEN=by-the-role");
    expect(
      await says(host(), "cat /etc/blog/own; stat -c '%a %U:%G' /etc/puma/web.rb /etc/puma/web.env"),
    ).toBe("own640 root:deploy\n600 root:root");
    expect(await record(host(), "owner")).toBe("blog");
    tell(name, "its first boot", `${plain.length} bytes of user data, ${packed.length} packed; Puma answers`);
  });

  test("the same after a reboot, which cloud-init takes no part in", async () => {
    await host().reboot();
    expect(await get(host(), "http://127.0.0.1:9292/", "--retry 60 --retry-connrefused")).toContain("hello");
    tell(name, "a reboot", "Puma answers");
  });

  test("the first apply knows it as its own, and restarts nothing", async () => {
    const before = await invocation(host(), "web.service");
    const said = await workspace.apply(build({ release, hosts: [declared(host())] }));
    expect(said).toContain("nothing to do: web.socket web.service as they should be");
    expect(await invocation(host(), "web.service")).toBe(before);
    expect([await record(host(), "address"), await record(host(), "release")]).toEqual([host().address, "1"]);
    expect(await says(host(), "cdktf-puma status web")).toContain("web");
    tell(
      name,
      `the first apply, by ${engine}`,
      `nothing to do, the same process; ${await logins(host())} login`,
    );
  });

  test("a changed unit comes by an apply, as to any host", async () => {
    const said = await workspace.apply(build({ release, hosts: [declared(host())], greeting: "two" }));
    expect(said).toContain("web.service changed: Environment");
    expect(await says(host(), GREETING)).toContain("GREETING=two");
    tell(name, "an apply of a changed unit", "Puma restarted with it");
  });

  test("a removal leaves nothing", async () => {
    await workspace.destroy();
    expect(await says(host(), "ls -d /etc/systemd/system/web.* /var/lib/cdktf-puma 2>/dev/null")).toBe("");
    tell(name, "a removal", "nothing is left");
  });
});

test("a Puma that cannot boot is an error of cloud-init, and its log says why", async () => {
  const host = at.fleet.host("broken");
  await host.exec("rm -r /srv/app/releases/1/config.ru");
  const { packed } = await userData("trixie");
  // Without what the machine fetches, as when its role may not.
  const said = await boot(host, packed);
  expect(said).toMatch(/status: error/);
  expect(said).toContain("cdktf-puma: web.service: systemd could not start it; it last said:\n");
  expect(said).toContain("Failed to load environment files");
  expect(said).toContain("web is installed, but does not serve: see journalctl -u web;");
  tell(
    "broken",
    "its first boot, without its file of secrets",
    "`status: error`, and the log has systemd's own words",
  );
  await host.write("/etc/blog/secrets.env", "TOKEN=late\n", 0o600);
  const words = await at.workspace.applyInVain(build({ release: "trixie", hosts: [declared(host)] }));
  expect(words).toContain("FAILED on broken: ");
  await host.write("/srv/app/releases/1/config.ru", "run ->(_) { [200, {}, ['mended']] }\n");
  await at.workspace.apply(build({ release: "trixie", hosts: [declared(host)] }));
  expect(await get(host, "http://127.0.0.1:9292/")).toBe("mended");
  tell("broken", "the apply once that is mended", "it goes on from there, and Puma answers");
});
