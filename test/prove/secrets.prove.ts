/** Secrets that change again and again, and an engine that is killed while it brings them: by both engines, on all releases. */
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformVariable } from "cdktf";
import { Bind, Connection, EphemeralVariable, PumaService, Secret, Secrets } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, APP, declared, eventually, everywhere, get, oneOfEach, onEach, says } from "../e2e/hosts";
import { foreignHolders, leaksIn, leaksOn, watchCommands, watchEnvironments } from "../e2e/leaks";
import { randomText, wordOf } from "../e2e/secret-texts";
import { setUpHosts } from "../e2e/set-up";
import { CHOSEN } from "./chosen";

const ROTATIONS = 20;

describe.each<EngineKind>(["terraform", "tofu"])("by %s", (engine) => {
  let variables: string;
  const at = setUpHosts(oneOfEach(CHOSEN), {
    engine,
    prepare: async () => {
      variables = await mkdtemp(join(tmpdir(), "cdktf-puma-variables-"));
    },
    cleanUp: () => rm(variables, { recursive: true, force: true }),
  });

  const note = (row: string): void => {
    if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${engine} | ${row} |\n`);
  };

  /** The engine's own ssh reaches two of the four, and OpenSSH the others. */
  const isByEngine = ({ release }: FleetHost): boolean => ["bullseye", "bookworm"].includes(release);

  /** All ways at once. Only OpenSSH brings what a command prints. */
  const allWays =
    (version: string): Build =>
    (stack) => {
      const own = { type: "string", sensitive: true, default: "" } as const;
      const sensitive = new TerraformVariable(stack, "sensitive", own).stringValue;
      const ephemeral = new EphemeralVariable(stack, "ephemeral").stringValue;
      const printed = (name: string): Secret =>
        Secret.fromCommand(["cat", join(variables, name)], { keepsNewline: true });
      const command = printed("command");
      for (const host of at.hosts) {
        const secrets = Secrets.of({
          environment: { SENSITIVE: sensitive, EPHEMERAL: ephemeral, COMMAND: command },
          credentials: { sensitive, ephemeral, command, bytes: printed("bytes") },
          encrypted: host.release !== "bullseye",
          version,
        });
        const props = { ...APP, name: "web", binds: [Bind.tcp(9292)], secrets };
        const hosts = [declared(host, { connection: Connection.openssh() })];
        new PumaService(stack, `web-${host.name}`, { ...props, hosts });
      }
    };

  const WAYS = ["sensitive", "ephemeral", "command"] as const;

  test("40 random bytes are exact by each way, and in no other place", async () => {
    const texts = Object.fromEntries(WAYS.map((way) => [way, randomText(way)])) as Record<
      (typeof WAYS)[number],
      string
    >;
    const bytes = Buffer.concat([Buffer.from([0, 255, 10]), randomBytes(40), Buffer.from("\n")]);
    await writeFile(join(variables, "command"), texts.command);
    await writeFile(join(variables, "bytes"), bytes);
    const words = WAYS.map((way) => wordOf(texts[way]));
    const searched = [...words.map((word) => Buffer.from(word)), bytes.subarray(3, 43)];
    const watch = watchCommands(words);
    const environments = watchEnvironments(words);
    const output = await at.workspace.apply(allWays("ways"), [await give(texts.sensitive, texts.ephemeral)]);
    expect(await watch.stop()).toEqual([]);
    expect(foreignHolders(await environments.stop())).toEqual([]);
    for (const host of at.hosts) {
      for (const way of WAYS) {
        expect(await variable(way.toUpperCase())(host)).toBe(texts[way]);
        expect((await credential(host, way)).toString()).toBe(texts[way]);
      }
      expect(await credential(host, "bytes")).toEqual(bytes);
    }
    for (const word of words) expect(output).not.toContain(word);
    // The state holds no value: a sensitive variable is in a plan's file alone, which an apply does not write.
    expect(await leaksIn(at.workspace.folder, searched)).toEqual([]);
    expect(await onEach(at.hosts, (host) => leaksOn(host, words))).toEqual(all(at.hosts, []));
    note(
      "a sensitive variable, an ephemeral one and a command, each to a variable and to a credential | exact, in no other place",
    );
  });

  test("what no variable can hold is refused in a sentence, and changes nothing", async () => {
    const before = await onEach(at.hosts, variable("COMMAND"));
    await writeFile(join(variables, "command"), Buffer.from([104, 0, 105]));
    const output = await at.workspace.applyInVain(allWays("nul"), [await give(newValue(), newValue())]);
    expect(output.replace(/\s+/g, " ")).toContain(
      "the secret COMMAND holds NUL, which no environment variable can: use Secrets.credentials(), or give it as base64",
    );
    expect(await onEach(at.hosts, variable("COMMAND"))).toEqual(before);
  });

  const stackWith =
    (version: string): Build =>
    (stack) => {
      const own = { type: "string", sensitive: true, default: "" } as const;
      const SENSITIVE = new TerraformVariable(stack, "sensitive", own).stringValue;
      const EPHEMERAL = new EphemeralVariable(stack, "ephemeral").stringValue;
      const secrets = Secrets.of({
        environment: { SENSITIVE, EPHEMERAL },
        credentials: { file: EPHEMERAL },
        version,
      });
      const props = { binds: [Bind.tcp(9292)], secrets };
      everywhere(stack, at.hosts.filter(isByEngine), "web", props);
      const others = at.hosts.filter((host) => !isByEngine(host));
      everywhere(stack, others, "web", props, { connection: Connection.openssh() });
    };

  const newValue = (): string => `${randomBytes(40).toString("hex")} '"$x\`\\ é\n `;

  async function give(sensitive: string, ephemeral: string): Promise<string> {
    const file = join(variables, "values.json");
    await writeFile(file, JSON.stringify({ sensitive, ephemeral }));
    return `-var-file=${file}`;
  }

  const variable =
    (name: string) =>
    (host: FleetHost): Promise<string> =>
      get(host, `http://127.0.0.1:9292/env?${name}`);
  const credential = async (host: FleetHost, name: string): Promise<Buffer> =>
    Buffer.from(await says(host, `base64 -w0 /run/credentials/web.service/${name}`), "base64");
  const versions = (host: FleetHost): Promise<string> => says(host, "ls -A /var/lib/cdktf-puma/web/secrets");

  test(`${ROTATIONS} rotations leave the last version alone`, async () => {
    for (let i = 1; i <= ROTATIONS; i++) {
      const [sensitive, ephemeral] = [newValue(), newValue()];
      await at.workspace.apply(stackWith(`${i}`), [await give(sensitive, ephemeral)]);
      expect(await onEach(at.hosts, variable("SENSITIVE"))).toEqual(all(at.hosts, sensitive));
      expect(await onEach(at.hosts, variable("EPHEMERAL"))).toEqual(all(at.hosts, ephemeral));
      expect(await onEach(at.hosts, versions)).toEqual(all(at.hosts, `${i}`));
    }
    note(
      `${ROTATIONS} versions, one after the other | each was exact in Puma, and the only one that was left`,
    );
  });

  test("an engine that is killed once they are on the hosts leaves nothing of them behind", async () => {
    const value = newValue();
    const word = value.slice(0, 80);
    await at.workspace.synth(stackWith("killed"));
    const option = await give(value, value);
    const watch = watchCommands([word]);
    const running = at.workspace.engine.start(at.workspace.folder, ["apply", "-auto-approve", option]);
    const arrived = async (): Promise<boolean> => {
      const there = await onEach(at.hosts, versions);
      return Object.values(there).some((names) => /^killed$/m.test(names));
    };
    await eventually("a version that has arrived", arrived);
    running.kill("SIGKILL");
    await running.ended;
    const idle = async (): Promise<boolean> => {
      const active = await onEach(at.hosts, (host) => says(host, "systemctl is-active cdktf-puma-web"));
      return Object.values(active).every((state) => state === "inactive");
    };
    await eventually("the end of what runs on the hosts", idle);
    expect(await watch.stop()).toEqual([]);
    expect(await leaksIn(at.workspace.folder, [Buffer.from(word)])).toEqual([]);
    expect(await onEach(at.hosts, (host) => leaksOn(host, [word]))).toEqual(all(at.hosts, []));
    // Terraform may have noted what it was killed in the midst of as done.
    const replaced = at.hosts.flatMap(({ name }) => [
      `-replace=terraform_data.puma_web_secrets_on_${name}`,
      `-replace=null_resource.puma_web_on_${name}`,
    ]);
    await at.workspace.apply(stackWith("killed"), [option, ...replaced]);
    expect(await onEach(at.hosts, variable("EPHEMERAL"))).toEqual(all(at.hosts, value));
    note(
      "the engine is killed | the secret is in no other place; applied once more, with `-replace`, it serves",
    );
  });
});
