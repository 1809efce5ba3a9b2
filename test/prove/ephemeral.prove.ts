/**
 * An ephemeral resource of a real provider, `random_password` of hashicorp/random 3.7 or newer: exact in Puma, and nowhere else, by both
 * engines. Where no registry can be reached, RANDOM_PROVIDER names the provider's program, built from its source.
 */
import { appendFileSync, existsSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bind, Connection, EphemeralResource, Secrets } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, everywhere, get, oneOfEach, onEach, says } from "../e2e/hosts";
import { formsOf, leaksIn, leaksOn, watchCommands } from "../e2e/leaks";
import { setUpHosts } from "../e2e/set-up";
import { CHOSEN } from "./chosen";

/** What the mirror calls it. */
const VERSION = "3.8.0";
const LENGTH = 40;

describe.each<EngineKind>(["terraform", "tofu"])("by %s", (engine) => {
  const at = setUpHosts(oneOfEach(CHOSEN), { engine, prepare: () => mirror() });

  /** Adds the provider to those that the engine finds in a folder, if it finds any there. */
  async function mirror(): Promise<void> {
    const { env, mirrored } = at.workspace.engine;
    if (!mirrored) return;
    const program = process.env.RANDOM_PROVIDER;
    if (program === undefined || !existsSync(program))
      throw new Error(
        `no registry can be reached, so RANDOM_PROVIDER has to name the program of hashicorp/random, 3.7 or newer, built from its source; it names ${program ?? "nothing"}`,
      );
    const folder = join(at.workspace.folder, "mirror");
    const names = ["registry.terraform.io", "registry.opentofu.org"].map(
      (host) => `${host}/hashicorp/random`,
    );
    for (const name of names) {
      const place = join(
        folder,
        name,
        VERSION,
        `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`,
      );
      await mkdir(place, { recursive: true });
      await copyFile(program, join(place, `terraform-provider-random_v${VERSION}`));
    }
    const include = names.map((name) => JSON.stringify(name)).join(", ");
    const block = `  filesystem_mirror {\n    path    = ${JSON.stringify(folder)}\n    include = [${include}]\n  }\n`;
    const config = await readFile(env.TF_CLI_CONFIG_FILE as string, "utf8");
    const file = join(folder, "config.tfrc");
    await writeFile(
      file,
      config.replace("  direct {", `${block}  direct {`).replace("exclude = [", `exclude = [${include}, `),
    );
    env.TF_CLI_CONFIG_FILE = file;
  }

  const stackWith =
    (version: string): Build =>
    (stack) => {
      stack.addOverride("terraform.required_providers.random", { source: "hashicorp/random" });
      const key = new EphemeralResource(stack, "key", {
        type: "random_password",
        config: { length: LENGTH },
      });
      const value = key.attribute("result");
      const secrets = Secrets.of({ environment: { KEY: value }, credentials: { key: value }, version });
      const props = { binds: [Bind.tcp(9292)], secrets };
      const isByEngine = ({ release }: FleetHost): boolean => ["bullseye", "bookworm"].includes(release);
      everywhere(stack, at.hosts.filter(isByEngine), "web", props);
      const others = at.hosts.filter((host) => !isByEngine(host));
      everywhere(stack, others, "web", props, { connection: Connection.openssh() });
    };

  const variable = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9292/env?KEY");
  const credential = (host: FleetHost): Promise<string> => says(host, "cat /run/credentials/web.service/key");

  test("a password that the provider makes is exact on all hosts, and in no other place", async () => {
    const { env } = at.workspace.engine;
    Object.assign(env, { TF_LOG: "TRACE", TF_LOG_PATH: join(at.workspace.folder, "trace.log") });
    // Nobody knows it before.
    const commands = watchCommands([""]);
    const output = await at.workspace.apply(stackWith("1"));
    const seen = await commands.stop();
    const [first] = at.hosts as [FleetHost];
    const value = await variable(first);
    expect(value).toHaveLength(LENGTH);
    expect(value).toMatch(/^[A-Za-z0-9!@#$%&*()\-_=+[\]{}<>:?]+$/);
    // The engine asks the provider once an apply, so all hosts have the same.
    expect(await onEach(at.hosts, variable)).toEqual(all(at.hosts, value));
    expect(await onEach(at.hosts, credential)).toEqual(all(at.hosts, value));
    expect(output).not.toContain(value);
    const forms = formsOf([Buffer.from(value)]).map(String);
    expect(seen.filter((line) => forms.some((form) => line.includes(form)))).toEqual([]);
    expect(await leaksIn(at.workspace.folder, [Buffer.from(value)])).toEqual([]);
    expect(await onEach(at.hosts, (host) => leaksOn(host, [value]))).toEqual(all(at.hosts, []));
    if (process.env.EVIDENCE)
      appendFileSync(
        process.env.EVIDENCE,
        `| ${engine} | \`random_password\` | exact in Puma, in no other place |\n`,
      );
  });
});
