import { Bind, type PumaServiceProps, PumaSocket } from "../../lib";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { everywhere, get, invocation, oneOfEach, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** What a rename keeps beside what runs, and where it is refused so that nothing is lost. */
const PORT = 9292;
const UNITS = "/etc/systemd/system";
/** Beside Puma's own place for it, so that only who names it reads it. */
const CONFIG = "/srv/app/current/config/bound.rb";
const BROKEN = `raise "broken here" if ENV["EDITED"] == "bad"\n`;
const BAD = { environment: { EDITED: "bad" } };

const at = setUpHosts(oneOfEach(["trixie"]), {
  prepare: async ({ hosts }) => {
    for (const host of hosts) {
      await host.write("/srv/app/current/config/puma.rb", BROKEN);
      await host.write(CONFIG, `${BROKEN}bind "tcp://127.0.0.1:${PORT}"\n`);
    }
  },
});

const service =
  (name: string, port = PORT, props: Partial<PumaServiceProps> = {}, address?: string): Build =>
  (stack) =>
    everywhere(stack, at.hosts, name, {
      socket: new PumaSocket(stack, `socket-${name}`, { binds: [Bind.tcp(port, { address })] }),
      environment: { EDITED: "good" },
      ...props,
    });

const configured =
  (name: string, props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, name, { configFile: CONFIG, environment: { EDITED: "good" }, ...props });

const host = (): FleetHost => at.hosts[0] as FleetHost;
const edited = (port = PORT): Promise<string> => get(host(), `http://127.0.0.1:${port}/env?EDITED`);
const known = (): Promise<string> => says(host(), "ls -I README /var/lib/cdktf-puma");

afterEach(() => at.workspace.destroy());

test("a drop-in under the former name has to be there under the new one first, and of an edit a copy is kept", async () => {
  const dropIn = "[Service]\nEnvironment=ADDED=1\n";
  await at.workspace.apply(service("web"));
  await host().write(`${UNITS}/web.service.d/ours.conf`, dropIn);
  await host().exec(`echo '# by hand' >>${UNITS}/web.service; systemctl daemon-reload`);
  const before = await invocation(host(), "web.service");
  const said = await at.workspace.applyInVain(service("shop"));
  expect(outputOf(said, "null_resource.puma_shop_on_trixie")).toContain(
    `${UNITS}/web.service.d/ours.conf would not count for shop.service, which is web.service until now: ` +
      `copy it to ${UNITS}/shop.service.d/ before ('name')`,
  );
  expect(await invocation(host(), "web.service")).toBe(before);
  await host().write(`${UNITS}/shop.service.d/ours.conf`, dropIn);
  await at.workspace.apply(service("shop"));
  expect(await says(host(), "systemctl show --property=Environment shop.service")).toContain("ADDED=1");
  expect(await says(host(), "tail -n 1 /var/backups/cdktf-puma/web.service")).toBe("# by hand");
  await host().exec(`rm -r ${UNITS}/web.service.d ${UNITS}/shop.service.d/ours.conf`);
});

test("with another address of the same port it is a rename too, and comes back", async () => {
  await at.workspace.apply(service("web"));
  await at.workspace.applyInVain(service("shop", PORT, BAD, "127.0.0.1"));
  expect([await known(), await edited()]).toEqual(["web", "good"]);
  const said = await at.workspace.apply(service("shop", PORT, {}, "127.0.0.1"));
  expect(said).toContain("web is now shop: what runs goes on under the new name");
  expect([await known(), await edited()]).toEqual(["shop", "good"]);
});

test("two that exchange their names are refused, and go on as they were", async () => {
  const both =
    (first: string, second: string): Build =>
    (stack) => {
      service(first)(stack);
      service(second, 9393)(stack);
    };
  await at.workspace.apply(both("web", "shop"));
  const said = await at.workspace.applyInVain(both("shop", "web"));
  expect(outputOf(said, "null_resource.puma_shop_on_trixie")).toContain(
    "shop listens elsewhere until now, and web listens where it is to: where names change hands",
  );
  expect([await known(), await edited(), await edited(9393)]).toEqual(["shop\nweb", "good", "good"]);
});

test("one whose binds are in its configuration alone goes on under its new name, and comes back", async () => {
  await at.workspace.apply(configured("web"));
  await at.workspace.applyInVain(configured("shop", BAD));
  expect([await known(), await edited()]).toEqual(["web", "good"]);
  await at.workspace.apply(configured("shop"));
  expect([await known(), await edited()]).toEqual(["shop", "good"]);
  expect(await says(host(), "systemctl is-active web.service shop.service")).toBe("inactive\nactive");
});
