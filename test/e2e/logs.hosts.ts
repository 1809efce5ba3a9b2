/** What Puma prints, in a file that logrotate rotates while requests come. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TerraformStack } from "cdktf";
import { Bind, Logs, PumaService, type PumaServiceProps, PumaSocket } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { buildOnce, cacheFolder } from "../../lab/fleet/rootfs";
import { APP, declared, eventually, property, PUMA, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** As docs/guide.md has it. */
const STANZA = `/var/log/web.log {
    rotate 8
    nocreate
    missingok
    compress
    delaycompress
    postrotate
        systemctl reload web.service
    endscript
}
`;

/** Debian's packages, of whatever release this machine is: they run on one that is as new or newer. */
async function installLogrotate(host: FleetHost): Promise<void> {
  const folder = join(cacheFolder(), "deb-logrotate");
  await buildOnce(folder, ["sh", "-c", 'mkdir -p "$0" && cd "$0" && apt-get download logrotate libpopt0']);
  for (const name of await readdir(folder)) {
    const input = (await readFile(join(folder, name))).toString("base64");
    await host.exec("base64 -d >/root/it.deb && dpkg --force-depends --install /root/it.deb", { input });
  }
  await host.write("/etc/logrotate.d/web", STANZA);
}

const at = setUpHosts([{ name: "a", release: "trixie" }], {
  prepare: ({ hosts: [host] }) => installLogrotate(host as FleetHost),
});

const service =
  (props: Partial<PumaServiceProps>) =>
  (stack: TerraformStack): void => {
    const [host] = at.hosts as [FleetHost];
    const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
    const own = { name: "web", socket, hosts: [declared(host)], pumaVersion: PUMA[host.release] };
    new PumaService(stack, "web", { ...APP, ...own, args: ["--log-requests"], ...props });
  };

test("a folder that is not there is told before anything is touched", async () => {
  const said = await at.workspace.applyInVain(service({ logs: Logs.file("/var/log/none/web.log") }));
  expect(said).toContain(
    "there is no folder /var/log/none for a log: make it as root's (install -d /var/log/none), or use /var/log/web.log ('logs')",
  );
  expect(said).toContain("nothing was changed");
});

test("logrotate and a reload lose no line, and Puma goes on in the new file", async () => {
  const [host] = at.hosts as [FleetHost];
  await at.workspace.apply(service({ logs: Logs.file("/var/log/web.log") }));
  expect(await says(host, "stat -c '%U %a' /var/log/web.log")).toBe("root 644");
  const before = await property(host, "web.service", "MainPID");
  await host.write(
    "/root/ask",
    'n=0; while [ ! -e /run/enough ]; do n=$((n + 1)); curl -fsS -o /dev/null http://127.0.0.1:9292/?n=$n && echo "?n=$n " >>/root/answered; done',
  );
  await host.exec("systemd-run --quiet --unit=ask sh /root/ask");
  const asked = async (file: string): Promise<boolean> => (await says(host, `grep -c n= ${file}`)) !== "0";
  await eventually("requests", () => asked("/var/log/web.log"));
  await host.exec("logrotate --force --state /run/rotated /etc/logrotate.d/web");
  const hasRestarted = async (): Promise<boolean> =>
    !["0", before].includes(await property(host, "web.service", "MainPID"));
  await eventually("another Puma", hasRestarted);
  await eventually("requests after it", () => asked("/var/log/web.log"));
  await host.exec("touch /run/enough; while systemctl is-active --quiet ask; do sleep 0.1; done");
  expect(await says(host, "wc -l </root/answered")).toMatch(/^\d{2,}$/);
  // The words of each answered request stand in a line of the log: `"GET /?n=7 HTTP/1.1"`.
  expect(
    await says(
      host,
      'while read -r words; do grep -qF "$words " /var/log/web.log.1 /var/log/web.log || echo $words; done </root/answered',
    ),
  ).toBe("");
  const pid = await property(host, "web.service", "MainPID");
  expect(await says(host, `readlink /proc/${pid}/fd/1 /proc/${pid}/fd/2`)).toBe(
    "/var/log/web.log\n/var/log/web.log",
  );
  await at.workspace.destroy();
});
