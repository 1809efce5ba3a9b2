/** From another way to run Puma to a service of a stack, by the commands of the pages that tell it, under load. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScriptTarget, transpileModule } from "typescript";
import { Bind, Host, type PumaServiceProps, PumaSocket, SshKey } from "../../lib";
import { valuesOf } from "../../lib/cli/import/declaration";
import { importUnits } from "../../lib/cli/import/import";
import { unitsOf } from "../../lib/cli/import/unit";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { installPackages, isCommand } from "../../lab/fleet/install";
import { buildOnce, cacheFolder } from "../../lab/fleet/rootfs";
import { run } from "../../lab/fleet/run";
import { Load } from "../../lab/load/load";
import { answered, lost, notOk, type Report } from "../../lab/load/report";
import { documented } from "../documented";
import { eventually, everywhere, get, invocation, listeningInode, property, says } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { ROOT } from "../example";

const PORT = 9292;
const PORT_TAKEN = "Let the new service take the port";
const OLD = "/srv/app/current/sbin/puma";

/** As capistrano3-puma's template writes it, with the command of this application. */
const PLUGIN = {
  "blog_puma_production.service": `[Unit]
Description=Puma HTTP Server for blog (production)
Requires=blog_puma_production.socket
After=syslog.target network.target

[Service]
Type=notify
WatchdogSec=10
WorkingDirectory=/srv/app/current
ExecStart=${OLD} -b tcp://0.0.0.0:${PORT}
ExecReload=/bin/kill -USR1 $MAINPID
Restart=always
RestartSec=1

[Install]
WantedBy=default.target
`,
  "blog_puma_production.socket": `[Unit]
Description=Puma HTTP Server Accept Sockets for blog (production)

[Socket]
ListenStream=0.0.0.0:${PORT}
NoDelay=true
ReusePort=true
Backlog=1024

[Install]
WantedBy=sockets.target
`,
};

const at = setUpHosts([
  { name: "web1", release: "trixie" },
  { name: "web2", release: "bookworm" },
]);
/** The one that a test is about. */
let chosen = 0;
const host = (): FleetHost => at.hosts[chosen] as FleetHost;

const blog =
  (props: Partial<PumaServiceProps>): Build =>
  (stack) =>
    everywhere(stack, [host()], "blog", { environment: { WHO: "systemd" }, ...props });

const onTrial = blog({ binds: [Bind.tcp(9293)] });
const switched: Build = (stack) =>
  blog({ takeOver: true, socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] }) })(stack);

const serves = async (): Promise<void> =>
  eventually("the old Puma", async () =>
    (await get(host(), `http://127.0.0.1:${PORT}/`)).startsWith("hello"),
  );

/** The page's commands on the host, and the apply behind them, under load. */
async function switchOver(commands: string, build: Build): Promise<Report> {
  const load = await Load.start({ address: host().address, fresh: 8, keepAlive: 0 });
  try {
    await host().exec(commands);
    const held = (await property(host(), "blog.socket", "ActiveState")) === "active";
    const before = await listeningInode(host(), PORT);
    await at.workspace.apply(build);
    if (held) expect(await listeningInode(host(), PORT)).toBe(before);
  } finally {
    await load.stop();
  }
  expect(await get(host(), `http://127.0.0.1:${PORT}/env?WHO`)).toBe("systemd");
  return load.stop();
}

function tell(what: string, report: Report): void {
  const counts = [answered(report) - notOk(report), report.refused, lost(report), `${report.longest} ms`];
  const line = `| ${[what, ...counts].join(" | ")} |\n`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, line);
  else process.stderr.write(line);
}

/**
 * The old Puma has no `DeferAcceptSec=`: it, or the kernel, closes what nobody has read. Eight clients try again after 64 ms: within
 * a second they are refused 125 times.
 */
function expectShortGap(report: Report): void {
  expect(report.refused).toBeLessThanOrEqual(125);
  expect(lost(report)).toBeLessThanOrEqual(3 * 8);
}

afterEach(() => at.workspace.destroy());

test("from capistrano3-puma's unit of a user", async () => {
  const page = "docs/from-capistrano.md";
  const folder = "/home/deploy/.config/systemd/user";
  await host().exec("systemd-run --quiet --wait loginctl enable-linger deploy");
  await eventually("deploy's systemd", async () => (await says(host(), "ls /run/user/*/bus")) !== "");
  for (const [name, text] of Object.entries(PLUGIN)) await host().write(`${folder}/${name}`, text);
  await host().exec("chown -R deploy: /home/deploy/.config");
  await host().exec(
    `${asDeploy(page)}\nas_deploy daemon-reload; as_deploy enable --now blog_puma_production.socket blog_puma_production.service`,
  );
  await serves();
  await at.workspace.apply(onTrial);
  expect((await host().exec(documented(page, PORT_TAKEN))).stdout).toMatch(/^hello/);
  const report = await switchOver(documented(page, PORT_TAKEN, 3), switched);
  tell("capistrano3-puma's unit of a user", report);
  expectShortGap(report);
  // As with a proxy in front, on what is stopped already: nothing of the old one is left.
  await host().exec(documented(page, PORT_TAKEN, 2));
  expect(await says(host(), "pgrep -u deploy -fc 'puma.*9292'")).toBe("1");
  // What was healthy before is the one on trial.
  expect((await host().exec(documented(page, "Deploy, and go back"))).stdout).toMatch(/^\* [^]*^done: /m);
  expect(await get(host(), "http://127.0.0.1:9293/env?WHO")).toBe("systemd");
});

/** The page's own function. */
const asDeploy = (page: string): string => documented(page, PORT_TAKEN, 2).split("\n")[0] as string;

test("from a Puma that nothing supervises", async () => {
  const page = "docs/from-plain-machines.md";
  await host().exec(
    `cd /srv/app/current && RAILS_ENV=production setsid nohup ${OLD} -b tcp://0.0.0.0:${PORT} >/dev/null 2>&1 &`,
    { user: "deploy" },
  );
  await serves();
  await host().exec(
    "command -v crontab || { printf '#!/bin/sh\\necho @reboot puma\\n' >/usr/local/bin/crontab; chmod 755 /usr/local/bin/crontab; }",
  );
  const seen = await host().exec(documented(page, "Look at what runs"), { user: "ops" });
  for (const line of [
    /^deploy .*puma/m,
    /^\/srv\/app\/releases\/1$/m,
    /^RAILS_ENV=production$/m,
    /^Max open files/m,
    /@reboot/,
  ])
    expect(seen.stdout).toMatch(line);
  await at.workspace.apply(onTrial);
  expect((await host().exec(documented(page, "Try it beside the old one"))).stdout).toMatch(/^hello/);
  const report = await switchOver(documented(page, "Switch"), switched);
  tell("`nohup`, and nothing that supervises it", report);
  expectShortGap(report);
  const [onHost = ""] = documented(page, "From then on").split("\n");
  expect(await says(host(), onHost)).toMatch(/^done: /m);
});

const UNIT = `[Service]
User={{ app_user }}
WorkingDirectory=/srv/app/current
ExecStart=${OLD} -b tcp://0.0.0.0:${PORT}
Restart=always

[Install]
WantedBy=multi-user.target
`;
const CODE = `    - name: the code
      ansible.builtin.copy: { content: "{{ revision }}", dest: /srv/app/current/REVISION }
      notify: restart blog
`;
/** As on the page, with and without the unit. */
const PLAYBOOK = {
  before: `- hosts: app
  become: true
  gather_facts: false
  tasks:
${CODE}    - name: the unit
      ansible.builtin.template: { src: blog.service.j2, dest: /etc/systemd/system/blog.service }
      notify: restart blog
  handlers:
    - name: restart blog
      ansible.builtin.systemd_service: { name: blog, state: restarted, enabled: true, daemon_reload: true }
`,
  after: `- hosts: app
  become: true
  gather_facts: false
  tasks:
${CODE}  handlers:
    - name: restart blog
      ansible.builtin.command: cdktf-puma restart blog
`,
};

describe("from Ansible", () => {
  const page = "docs/from-ansible.md";
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-ansible-"));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  /** A command there, by a real Ansible; what it prints. */
  const ansible = async (command: string): Promise<string> =>
    (await run("sh", ["-ec", command], { cwd: folder })).stdout;
  const play = (revision: number): Promise<string> =>
    ansible(`ansible-playbook site.yaml --extra-vars revision=${revision}`);

  beforeAll(async () => {
    chosen = 1;
    if (!isCommand("ansible-playbook")) await installPackages(["ansible-core"]);
    await installPython(host());
    write(
      "ansible.cfg",
      "[defaults]\ninventory = inventory\nhost_key_checking = false\ninterpreter_python = /usr/bin/python3\n",
    );
    const { address, user, keyFile } = host();
    const login = `ansible_host=${address} ansible_user=${user} ansible_ssh_private_key_file=${keyFile}`;
    write("inventory", `[app]\nweb2 ${login}\n[app:vars]\napp_user=deploy\n`);
    write("blog.service.j2", UNIT);
    write("site.yaml", PLAYBOOK.before);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test("the play's unit is taken over, and the play goes on without it", async () => {
    expect(await play(1)).toMatch(/changed=3/);
    await serves();
    await ansible(documented(page, "Make the program").replace(/^npx .*\n/, ""));
    expect(hostsOfThePage(folder)).toEqual([host().address]);
    const unit = await host().read("/etc/systemd/system/blog.service");
    expect(unit).toContain("User=deploy\n");
    const { declaration } = importUnits(unitsOf([{ path: "blog.service", text: unit }]));
    expect(valuesOf(declaration.service)).toMatchObject({ user: "deploy" });
    const report = await switchOver("true", switched);
    tell("a playbook's unit, without a socket; the first apply brings one", report);
    expectShortGap(report);
    const looks = documented(page, "Take the unit out of the playbook");
    // What is left in the playbook fights: it would write its unit again.
    expect(await ansible(looks.replace("--check", "--check --extra-vars revision=1"))).toMatch(/changed=2/);
    write("site.yaml", PLAYBOOK.after);
    expect(await ansible(looks.replace("--check", "--check --extra-vars revision=1"))).toMatch(/changed=0/);
    const before = await invocation(host(), "blog.service");
    expect(await play(2)).toMatch(/changed=2 .*failed=0/);
    expect(await invocation(host(), "blog.service")).not.toBe(before);
  });
});

/** The addresses that the page's program reads in what `ansible-inventory` says. */
function hostsOfThePage(folder: string): unknown[] {
  const page = readFileSync(join(ROOT, "docs/from-ansible.md"), "utf8");
  const [, program = ""] = /```ts\nimport [^\n]*\n\n(const \{ app: group, _meta \}[^]*?)```/.exec(page) ?? [];
  const { outputText } = transpileModule(program, { compilerOptions: { target: ScriptTarget.ES2022 } });
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const made = new Function("readFileSync", "Host", "SshKey", `${outputText}; return hosts;`)(
    read,
    Host,
    SshKey,
  );
  return (made as Host[]).map((one) => one.address);
}

/** Debian 12's, as this machine downloads them. */
async function installPython(host: FleetHost): Promise<void> {
  const names =
    "python3 python3-minimal python3.11 python3.11-minimal libpython3-stdlib libpython3.11-stdlib libpython3.11-minimal";
  const folder = join(cacheFolder(), "deb-python");
  await buildOnce(folder, [
    "sh",
    "-c",
    `mkdir -p "$0" && cd "$0" && apt-get download ${names} libexpat1 libsqlite3-0 media-types`,
  ]);
  for (const name of await readdir(folder)) {
    const input = (await readFile(join(folder, name))).toString("base64");
    await host.exec(`base64 -d >/root/${name}`, { input });
  }
  await host.exec("dpkg --force-depends --install /root/*.deb");
}
