/**
 * Secrets, by each way on which they come: exact in the process, nowhere else, and rolled back with all else. The releases differ
 * in how systemd reads an environment file, and in who owns a credential. The one host is reached by the engine's own ssh.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import {
  Bind,
  Connection,
  EphemeralVariable,
  type HostOptions,
  PumaService,
  type PumaServiceProps,
  Secret,
  Secrets,
} from "../../lib";
import { listScript } from "../../lib/runtime/parts";
import { type FleetHost } from "../../lab/fleet/fleet";
import { type Build } from "../../lab/engine/workspace";
import { all, APP, declared, eachDayOn, eventually, get, onEach, says } from "./hosts";
import { foreignHolders, leaksIn, leaksOn, watchCommands, watchEnvironments } from "./leaks";
import { randomText, wordOf } from "./secret-texts";
import { setUpHosts } from "./set-up";

let variables: string;
const at = setUpHosts(eachDayOn(["bullseye", "trixie"]), {
  prepare: async () => {
    variables = await mkdtemp(join(tmpdir(), "cdktf-puma-variables-"));
    const puma = 'abort "a bad version" if ENV["BAD"]\n';
    await onEach(at.hosts, (host) => host.write("/srv/app/current/config/puma.rb", puma));
  },
  cleanUp: () => rm(variables, { recursive: true, force: true }),
});

/** What each way brings. */
interface Values {
  readonly sensitive: string;
  readonly ephemeral: string;
  readonly command: string;
  /** Bytes that are no text. */
  readonly bytes: Buffer;
}

const newValues = (): Values => ({
  sensitive: randomText("sensitive"),
  ephemeral: randomText("ephemeral"),
  command: randomText("command"),
  bytes: Buffer.concat([Buffer.from([0, 255, 10]), randomBytes(40), Buffer.from("\n")]),
});

/** The engine's own ssh runs no command. */
const isByEngine = ({ release }: FleetHost): boolean => release === "bullseye";

/** A command that prints what is in a file. */
const printing = (name: string, keepsNewline = true): Secret =>
  Secret.fromCommand(["cat", join(variables, name)], { keepsNewline });

function secretsOf(stack: TerraformStack, host: FleetHost, version: string): Secrets {
  const own = { type: "string", sensitive: true, default: "" } as const;
  const sensitive = new TerraformVariable(stack, `sensitive_${host.name}`, own);
  const { stringValue } = new EphemeralVariable(stack, `ephemeral_${host.name}`);
  const both = { SENSITIVE: sensitive.stringValue, EPHEMERAL: stringValue };
  const commands: Record<string, Secret> = isByEngine(host) ? {} : { COMMAND: printing("command") };
  return Secrets.of({
    environment: { ...both, ...commands },
    credentials: { text: stringValue, ...(isByEngine(host) ? {} : { bytes: printing("bytes") }) },
    encrypted: !isByEngine(host),
    version,
  });
}

const stackWith =
  (version: string, changes: Partial<PumaServiceProps> = {}): Build =>
  (stack) => {
    for (const host of at.hosts) {
      const options: Partial<HostOptions> = isByEngine(host) ? {} : { connection: Connection.openssh() };
      new PumaService(stack, `web-${host.name}`, {
        ...APP,
        name: "web",
        hosts: [declared(host, options)],
        binds: [Bind.tcp(9292)],
        secrets: secretsOf(stack, host, version),
        ...changes,
      });
    }
  };

/** Puts values where the engine and commands find them; the engine's option. */
async function give(values: Values): Promise<string> {
  const file = join(variables, "values.json");
  const entries = at.hosts.flatMap(({ name }) => [
    [`sensitive_${name}`, values.sensitive],
    [`ephemeral_${name}`, values.ephemeral],
  ]);
  await writeFile(file, JSON.stringify(Object.fromEntries(entries)));
  await writeFile(join(variables, "command"), values.command);
  await writeFile(join(variables, "bytes"), values.bytes);
  return `-var-file=${file}`;
}

const variable = (host: FleetHost, name: string): Promise<string> =>
  get(host, `http://127.0.0.1:9292/env?${name}`);
const credential = async (host: FleetHost, name: string): Promise<Buffer> =>
  Buffer.from(await says(host, `base64 -w0 /run/credentials/web.service/${name}`), "base64");

async function expectThem({ sensitive, ephemeral, command, bytes }: Values): Promise<void> {
  for (const host of at.hosts) {
    expect(await variable(host, "SENSITIVE")).toBe(sensitive);
    expect(await variable(host, "EPHEMERAL")).toBe(ephemeral);
    expect((await credential(host, "text")).toString()).toBe(ephemeral);
    if (isByEngine(host)) continue;
    expect(await variable(host, "COMMAND")).toBe(command);
    expect(await credential(host, "bytes")).toEqual(bytes);
  }
}

const versionsOn = (host: FleetHost): Promise<string> => says(host, "ls -A /var/lib/cdktf-puma/web/secrets");
const first = newValues();
const words = ({ sensitive, ephemeral, command }: Values): string[] =>
  [sensitive, ephemeral, command].map(wordOf);

test("each arrives exactly, and is found nowhere else", async () => {
  const option = await give(first);
  const { engine, folder } = at.workspace;
  Object.assign(engine.env, { TF_LOG: "TRACE", TF_LOG_PATH: join(folder, "trace.log") });
  const watch = watchCommands(words(first));
  const environments = watchEnvironments(words(first));
  const output = await at.workspace.apply(stackWith("1"), [option]);
  delete engine.env.TF_LOG;
  expect(await watch.stop()).toEqual([]);
  expect(foreignHolders(await environments.stop())).toEqual([]);
  await expectThem(first);
  for (const word of words(first)) expect(output).not.toContain(word);
  expect(
    await leaksIn(
      folder,
      words(first).map((word) => Buffer.from(word)),
    ),
  ).toEqual([]);
  expect(await onEach(at.hosts, (host) => leaksOn(host, words(first)))).toEqual(all(at.hosts, []));
});

test("such a search finds what is planted", async () => {
  const [host] = at.hosts as [FleetHost];
  const word = `planted-${randomBytes(20).toString("hex")}`;
  const watch = watchCommands([word]);
  const environments = watchEnvironments([word]);
  await host.exec(
    `echo x${word}y >/tmp/planted; printf %s ${word} | base64 -w0 >/var/lib/planted; echo ${word} | systemd-cat -t planted
     systemd-run --quiet --unit=planted --setenv=PLANTED=${word} sh -c 'sleep 600; : ${word}'`,
  );
  await eventually("the planted process is seen", () => Promise.resolve(watch.found().length > 0));
  await eventually("its environment is seen", () => Promise.resolve(environments.found().length > 0));
  await watch.stop();
  // A shell there is not taken for one of the engine's.
  const holders = await environments.stop();
  expect(foreignHolders(holders)).toContain("planted.service sh");
  await host.exec("systemctl stop planted; systemctl reset-failed planted || :");
  expect((await leaksOn(host, [word])).sort()).toEqual(["/tmp/planted", "/var/lib/planted", "journal"]);
  await host.exec("rm /tmp/planted /var/lib/planted");
  await writeFile(join(at.workspace.folder, "planted"), Buffer.from(`x${word}`));
  expect(await leaksIn(at.workspace.folder, [Buffer.from(word)])).toEqual(["planted"]);
  await rm(join(at.workspace.folder, "planted"));
});

test("the same version asks for nothing, and does nothing", async () => {
  expect(await at.workspace.apply(stackWith("1"))).toContain("No changes.");
});

test("a version that is not given is told, and nothing changes", async () => {
  const output = await at.workspace.applyInVain(stackWith("empty"));
  expect(output).toMatch(/is empty: it was not given to this\s+apply/);
  await expectThem(first);
});

test("a plan holds no more of them than the variables that are not ephemeral", async () => {
  const option = await give(first);
  const plan = JSON.stringify(await at.workspace.plan(stackWith("2"), [option]));
  const [sensitive = "", ...others] = words(first);
  expect(plan).toContain(sensitive);
  for (const word of others) expect(plan).not.toContain(word);
  const file = join(at.workspace.folder, "plan");
  expect(
    await leaksIn(
      at.workspace.folder,
      others.map((word) => Buffer.from(word)),
    ),
  ).toEqual([]);
  await rm(file);
});

test("a new version with an application that does not boot leaves the old one serving with the old secret", async () => {
  const option = await give(newValues());
  const output = await at.workspace.applyInVain(stackWith("2", { environment: { BAD: "1" } }), [option]);
  expect(output).toContain("a bad version");
  await expectThem(first);
});

test("a new version is the one that is left, and older ones go", async () => {
  const second = newValues();
  await at.workspace.apply(stackWith("3"), [await give(second)]);
  await expectThem(second);
  expect(await onEach(at.hosts, versionsOn)).toEqual(all(at.hosts, "3"));
});

test("a rebuilt host is told how to get them, and gets them so", async () => {
  await onEach(at.hosts, (host) => host.exec("rm -r /var/lib/cdktf-puma/web/secrets"));
  const output = await at.workspace.applyInVain(stackWith("3", { release: "2" }));
  const told = /-replace='(terraform_data\.[^']+)'/g;
  const addresses = [...new Set([...output.matchAll(told)].map(([, address]) => `-replace=${address}`))];
  expect(addresses).toHaveLength(at.hosts.length);
  const third = newValues();
  await at.workspace.apply(stackWith("3", { release: "2" }), [await give(third), ...addresses]);
  await expectThem(third);
});

test("nothing of them is left where they are taken away, nor after a removal", async () => {
  await at.workspace.apply(stackWith("3", { secrets: undefined, release: "3" }));
  const state = (host: FleetHost): Promise<string> =>
    says(host, "ls /var/lib/cdktf-puma/web/secrets 2>/dev/null");
  expect(await onEach(at.hosts, state)).toEqual(all(at.hosts, ""));
  await at.workspace.applyInVain(stackWith("4", { environment: { BAD: "1" } }), [await give(first)]);
  // What is kept on the host knows nothing of the first version that has come since.
  await onEach(at.hosts, (host) => host.exec("cdktf-puma restart web"));
  await at.workspace.apply(stackWith("4"), [await give(first)]);
  await expectThem(first);
  await at.workspace.destroy();
  await expectNothing();
});

test("nothing is left of what came to an installation that never began", async () => {
  const unit = "/etc/systemd/system/web.service";
  await onEach(at.hosts, (host) => host.write(unit, "[Service]\nExecStart=/bin/true\n"));
  const output = await at.workspace.applyInVain(stackWith("5"), [await give(first)]);
  expect(output).toContain("was not written by this stack");
  expect(await onEach(at.hosts, versionsOn)).toEqual(all(at.hosts, "5"));
  const listed = (host: FleetHost): Promise<string> => says(host, `export HOME=/root\n${listScript()}`);
  const row = /^cdktf-puma\tweb\t\t\t\t[-\d: ]+\tnever installed\tsystem$/m;
  for (const text of Object.values(await onEach(at.hosts, listed))) expect(text).toMatch(row);
  await at.workspace.destroy();
  await expectNothing();
  await onEach(at.hosts, (host) => host.exec(`rm ${unit}`));
});

async function expectNothing(): Promise<void> {
  expect(await onEach(at.hosts, (host) => leaksOn(host, words(first)))).toEqual(all(at.hosts, []));
  expect(
    await onEach(at.hosts, (host) => says(host, "ls -dA /var/lib/cdktf-puma/* /var/lib/cdktf-puma")),
  ).toEqual(all(at.hosts, ""));
}
