import { Bind } from "../../lib";
import { type FleetHost, RELEASES } from "../../lab/fleet/fleet";
import { all, everywhere, get, oneOfEach, onEach, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** Services by what is said of their environment, each with a file of its own. */
const SERVICES = [
  { name: "staging", port: 9292, file: "RAILS_ENV=staging", props: {} },
  { name: "quiet", port: 9293, file: "SECRET_KEY_BASE=x", props: {} },
  { name: "none", port: 9294, file: "SECRET_KEY_BASE=x", props: { rackEnv: false as const } },
];

const at = setUpHosts(oneOfEach(RELEASES), {
  prepare: async ({ hosts, workspace }) => {
    for (const { name, file } of SERVICES)
      await onEach(hosts, (host) =>
        says(host, `echo '${file}' >/etc/${name}.env; chmod 600 /etc/${name}.env`),
      );
    await workspace.apply((stack) => {
      for (const { name, port, props } of SERVICES)
        everywhere(stack, hosts, name, {
          ...{ binds: [Bind.tcp(port)], configFile: false, environmentFiles: [`/etc/${name}.env`] },
          ...props,
        });
    });
  },
});

/** Those whose Puma reads RAILS_ENV. */
const reading = (): FleetHost[] => at.hosts.filter(({ release }) => release !== "bullseye");

/** What Puma tells Rack, and what Rails would be in. */
const environmentOf = async (host: FleetHost, port: number): Promise<string> => {
  const [rack, rails] = await Promise.all(
    ["RACK_ENV", "RAILS_ENV"].map((name) => get(host, `http://127.0.0.1:${port}/env?${name}`)),
  );
  return `Puma ${rack}, Rails ${rails?.includes("not set") ? rack : rails}`;
};

test("a file that says RAILS_ENV says it for Puma, too", async () => {
  expect(await onEach(reading(), (host) => environmentOf(host, 9292))).toEqual(
    all(reading(), "Puma staging, Rails staging"),
  );
});

test("a file that says nothing of it leaves it at production", async () => {
  expect(await onEach(at.hosts, (host) => environmentOf(host, 9293))).toEqual(
    all(at.hosts, "Puma production, Rails production"),
  );
});

test("none is what Puma makes of it", async () => {
  expect(await onEach(at.hosts, (host) => environmentOf(host, 9294))).toEqual(
    all(at.hosts, "Puma development, Rails development"),
  );
});
