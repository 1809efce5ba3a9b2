/** Units of a host that runs them, read by the real OpenSSH. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PumaService, type PumaServiceProps, PumaSocket, type PumaSocketProps } from "../../../lib";
import { valuesOf } from "../../../lib/cli/import/declaration";
import { unitsOfHost } from "../../../lib/cli/hosts/host";
import { importUnits } from "../../../lib/cli/import/import";
import { main } from "../../../lib/cli/main";
import { unitsOf } from "../../../lib/cli/import/unit";
import { Load } from "../../../lab/load/load";
import { answered } from "../../../lab/load/report";
import { declared, get, listeningInode, property, says } from "../../e2e/hosts";
import { setUpHosts } from "../../e2e/set-up";

const SERVICE = `[Unit]
Requires=blog.socket

[Service]
User=deploy
WorkingDirectory=/srv/app/current
ExecStart=/srv/app/current/sbin/puma -b tcp://0.0.0.0:9292
ExecReload=/bin/kill -USR2 $MAINPID
`;

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-import-"));
const { PATH } = process.env;
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true, force: true });
});

const at = setUpHosts([{ name: "a", release: "trixie" }], {
  prepare: async ({ hosts: [host] }) => {
    await host?.write("/etc/systemd/system/blog.service", SERVICE);
    await host?.write("/etc/systemd/system/blog.socket", "[Socket]\nListenStream=0.0.0.0:9292\n");
    await host?.exec("mkdir -p /etc/systemd/system/blog.service.d /run/systemd/system/blog.socket.d");
    await host?.write("/etc/systemd/system/blog.service.d/limits.conf", "[Service]\nLimitNOFILE=4096");
    await host?.write("/run/systemd/system/blog.socket.d/queue.conf", "[Socket]\nTriggerLimitBurst=500\n");
    await host?.exec("systemctl daemon-reload");
    // The same ssh, with the key of this fleet.
    const options = `-i ${host?.keyFile} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -q ${options} "$@"\n`);
    chmodSync(join(folder, "ssh"), 0o755);
    process.env.PATH = `${folder}:${PATH}`;
  },
});

/** Asks the host for a unit, as a user who is not root there. */
async function ask(name: string, user = "ops"): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const output = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
  const code = await main(["import", "--host", `${user}@${at.hosts[0]?.address}`, name], output);
  return { code, out, err };
}

test("a service comes with its socket and with the drop-ins of both", async () => {
  const { code, out, err } = await ask("blog");
  expect(code).toBe(0);
  for (const path of ["etc/systemd/system/blog.service.d/limits", "run/systemd/system/blog.socket.d/queue"])
    expect(err).toContain(`/${path}.conf`);
  for (const text of [
    `new Host("web1", { address: "${at.hosts[0]?.address}", user: "ops", key: SshKey.agent() })`,
    "binds: [Bind.tcp(9292)],\n  noDelay: false,\n  reusePort: false,\n  deferAccept: false,",
    "TriggerLimitBurst: 500",
    "LimitNOFILE: 4096",
    'command: PumaCommand.binstub("sbin/puma")',
  ])
    expect(out).toContain(text);
});

test("what is declared takes over the service that runs, and its socket stays open", async () => {
  const [host] = at.hosts;
  if (!host) throw new Error("there is no host");
  await host.exec("systemctl start blog.socket blog.service");
  expect(await get(host, "http://127.0.0.1:9292/")).toMatch(/^hello from/);
  const before = await listeningInode(host, 9292);
  const load = await Load.start({ address: host.address, fresh: 4, keepAlive: 0 });
  const { declaration } = importUnits(unitsOf(unitsOfHost(`ops@${host.address}`, "blog")));
  const apply = at.workspace.apply((stack) => {
    const { sockets, name, service } = declaration;
    const held = new PumaSocket(
      stack,
      "socket",
      valuesOf(sockets[0]?.fields ?? {}) as unknown as PumaSocketProps,
    );
    const props = { ...valuesOf(service), socket: held, hosts: [declared(host)], takeOver: true };
    new PumaService(stack, name, props as unknown as PumaServiceProps);
  });
  await apply.finally(() => load.stop());
  const report = await load.stop();
  expect([await listeningInode(host, 9292), report.refused, report.timedOut]).toEqual([before, 0, 0]);
  expect(answered(report)).toBeGreaterThan(0);
  expect(await get(host, "http://127.0.0.1:9292/")).toMatch(/^hello from/);
  expect(await property(host, "blog.service", "LimitNOFILE")).toBe("4096");
  expect(await says(host, "cat /var/backups/cdktf-puma/blog.service")).toBe(SERVICE.trim());
  await at.workspace.destroy();
});

test("what the host says is passed on, with its name", async () => {
  const { address } = at.hosts[0] ?? {};
  expect(await ask("none")).toEqual({
    code: 1,
    out: "",
    err: `cdktf-puma: ops@${address}: No files found for none.service.\n`,
  });
  const { code, err } = await ask("blog", "nobody");
  expect(code).toBe(1);
  expect(err).toMatch(new RegExp(`^cdktf-puma: nobody@${address}: .*(Permission denied|ssh ended with 255)`));
});
