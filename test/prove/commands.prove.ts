/** The commands that the docs have for a host, run there as they stand in the docs, by one who may sudo. */
import { appendFileSync } from "node:fs";
import { Bind, PumaSocket } from "../../lib";
import { run } from "../../lab/fleet/run";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { allCommands, runOnHost } from "../documented";
import { everywhere } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { ROOT } from "../example";

const PORTS = { web: 9292, blog: 9293 };

const release =
  (number: number): Build =>
  (stack) =>
    Object.entries(PORTS).forEach(([name, port]) =>
      everywhere(stack, at.hosts, name, {
        socket: new PumaSocket(stack, `socket-${name}`, { binds: [Bind.tcp(port)] }),
        operators: ["ops"],
        release: String(number),
        environment: { NUMBER: String(number) },
      }),
    );

const at = setUpHosts([{ name: "web1", release: "trixie" }], {
  prepare: async ({ workspace }) => {
    await host().exec("install -d -o deploy /srv/app/shared/log");
    // As many as are kept, so that each rollback has where to go.
    for (const number of [1, 2, 3, 4, 5]) await workspace.apply(release(number));
  },
});

const host = (): FleetHost => at.hosts[0] as FleetHost;

const COMMANDS = allCommands().filter(runOnHost);

/** How each ends, and what it says then: with 3 where no run is under way that could be cancelled. */
const ending = (command: string): object => {
  const [, service] = /^sudo cdktf-puma cancel (\S+)$/.exec(command) ?? [];
  return service === undefined
    ? { code: 0 }
    : { code: 3, stdout: `no run is under way at ${service}, so there is nothing to cancel\n` };
};

test.each(COMMANDS)("$page: $command", async ({ page, command }) => {
  expect(await host().exec(command, { user: "ops", allowFailure: true })).toMatchObject(ending(command));
  if (process.env.EVIDENCE)
    appendFileSync(process.env.EVIDENCE, `| ${page} | \`${command.replaceAll("|", "\\|")}\` |\n`);
});

test("README.md: npm run demo", async () => {
  await run("npm", ["run", "--silent", "demo"], { cwd: ROOT });
}, 900_000);
