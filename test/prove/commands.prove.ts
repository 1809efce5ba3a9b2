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
/** What ends with another exit code, as there is no run that could be cancelled. */
const OTHERS: Record<string, number> = { "sudo cdktf-puma cancel web": 3, "sudo cdktf-puma cancel blog": 3 };

test.each(COMMANDS)("$page: $command", async ({ page, command }) => {
  const { code, stdout, stderr } = await host().exec(command, { user: "ops", allowFailure: true });
  expect({ code, said: stdout + stderr }).toEqual({
    code: OTHERS[command] ?? 0,
    said: expect.any(String) as string,
  });
  if (process.env.EVIDENCE)
    appendFileSync(process.env.EVIDENCE, `| ${page} | \`${command.replaceAll("|", "\\|")}\` |\n`);
});

test("README.md: npm run demo", async () => {
  await run("npm", ["run", "--silent", "demo"], { cwd: ROOT });
}, 900_000);
