/** What needrestart does to services after an upgrade of OpenSSL, and how it is kept away: docs/restart-on.md. */
import { appendFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TerraformStack } from "cdktf";
import { Bind, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { buildOnce, cacheFolder } from "../../lab/fleet/rootfs";
import { Load } from "../../lab/load/load";
import { everywhere, get, oneOfEach, onEach, property, says } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";

/** Debian 12's packages, one of which fits its Perl alone: they are downloaded where this machine has it too. */
const PACKAGES =
  "needrestart libintl-perl libmodule-find-perl libmodule-scandeps-perl libproc-processtable-perl libsort-naturally-perl libterm-readkey-perl";

const PORTS = { held: 9292, plain: 9293, blog: 9294, shop: 9295 };
type Name = keyof typeof PORTS;
const SAID: Partial<Record<Name, Partial<PumaServiceProps>>> = {
  blog: { needrestart: "exempt" },
  shop: { needrestart: "redirect", restart: Restart.overlap() },
};
const NAMES = Object.keys(PORTS) as Name[];

async function installNeedrestart(host: FleetHost): Promise<void> {
  const folder = join(cacheFolder(), "deb-needrestart");
  await buildOnce(folder, ["sh", "-c", `mkdir -p "$0" && cd "$0" && apt-get download ${PACKAGES}`]);
  for (const name of await readdir(folder))
    await host.exec(`base64 -d >/root/${name}`, {
      input: (await readFile(join(folder, name))).toString("base64"),
    });
  await host.exec("dpkg --force-depends --install /root/*.deb");
}

const at = setUpHosts(oneOfEach(["bookworm"]), {
  prepare: async ({ hosts, workspace }) => {
    await onEach(hosts, installNeedrestart);
    await workspace.apply(services("1"));
  },
});

/** `blog` is exempt, and `shop` redirected. */
const services =
  (release: string) =>
  (stack: TerraformStack): void =>
    NAMES.forEach((name) =>
      everywhere(stack, at.hosts, name, {
        ...(name === "plain"
          ? { binds: [Bind.tcp(PORTS[name])] }
          : { socket: new PumaSocket(stack, `socket-${name}`, { binds: [Bind.tcp(PORTS[name])] }) }),
        environment: { BOOT_SECONDS: "2" },
        release,
        ...SAID[name],
      }),
    );

const host = (): FleetHost => at.hosts[0] as FleetHost;

/** As an upgrade does: another file by the same name, while the old one is mapped. */
const UPGRADE = `for library in /usr/lib/x86_64-linux-gnu/libssl.so.3 /usr/lib/x86_64-linux-gnu/libcrypto.so.3; do
  cp -a $library $library.new && mv $library.new $library
done`;

const mains = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      NAMES.map(async (name) => [name, await property(host(), `${name}.service`, "MainPID")] as const),
    ),
  );

/** The services that have a library open that is replaced, exempt or not. */
const outdated = async (): Promise<string[]> => {
  const told = await says(host(), "needrestart -b -r l");
  return NAMES.filter((name) => told.split("\n").includes(`NEEDRESTART-SVC: ${name}.service`));
};

test("it restarts a service hot where that has a socket, and refuses connections where not, unless exempt or redirected", async () => {
  const before = await mains();
  expect(await outdated()).toEqual([]);
  await host().exec(UPGRADE);
  expect(await outdated()).toEqual(NAMES);
  const { address } = host();
  const [held, plain, shop] = await Promise.all(
    [PORTS.held, PORTS.plain, PORTS.shop].map((port) => Load.start({ address, port, keepAlive: 0 })),
  );
  await says(host(), "DEBIAN_FRONTEND=noninteractive needrestart -r a");
  const [atSocket, without, redirected] = [await held?.stop(), await plain?.stop(), await shop?.stop()];
  const after = await mains();
  expect(NAMES.filter((name) => after[name] !== before[name])).toEqual(["held", "plain", "shop"]);
  expect(await outdated()).toEqual(["blog"]);
  expect([atSocket?.refused, (without?.refused ?? 0) > 0]).toEqual([0, true]);
  expect([redirected?.refused, redirected?.reset, (redirected?.longest ?? 9999) < 2000]).toEqual([
    0,
    0,
    true,
  ]);
  expect(await says(host(), "cat /var/lib/cdktf-puma/shop/last")).toContain(
    " by needrestart: asked for by needrestart; from ",
  );
  if (process.env.EVIDENCE)
    appendFileSync(
      process.env.EVIDENCE,
      `| yes | ${atSocket?.refused} | ${atSocket?.longest} ms |\n| no | ${without?.refused} | ${without?.longest} ms |\n` +
        `| yes, redirected, in an overlap | ${redirected?.refused} | ${redirected?.longest} ms |\n`,
    );
});

test("a new release takes up the upgrade, and it finds nothing more", async () => {
  const maps = (): Promise<string> =>
    says(host(), "grep -c 'libssl.*deleted' /proc/$(systemctl show -p MainPID --value blog)/maps");
  expect(await maps()).not.toBe("0");
  await at.workspace.apply(services("2"));
  expect([await maps(), await outdated()]).toEqual(["0", []]);
  expect(await get(host(), `http://127.0.0.1:${PORTS.blog}/`)).toContain("hello");
});
