/** One program of several stacks, with their states in PostgreSQL: the commands of docs/state.md, and a host that moves. */
import { appendFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Engine, type EngineKind, findEngine } from "../../lab/engine/engine";
import { Postgres } from "../../lab/engine/postgres";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { type Result, run } from "../../lab/fleet/run";
import { ROOT } from "../example";
import { get, invocation, says } from "../e2e/hosts";
import { CLI, commandsOf, programsOf, TEXT } from "./state-docs";

// A busy machine may take its time.
jest.setTimeout(1_800_000);

type Three = [() => FleetHost, () => FleetHost, () => FleetHost];

let fleet: Fleet;
let server: Postgres;
let folder: string;
let program: string;

const [web1, web2, web3] = ["web1", "web2", "web3"].map((name) => () => fleet.host(name)) as Three;
const served = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9292/env?RELEASE");
const evidence = (by: string, what: string, seen: string): void => {
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${by} | ${what} | ${seen} |\n`);
};

beforeAll(async () => {
  [server, fleet] = await Promise.all([
    Postgres.start(),
    Fleet.start(["web1", "web2", "web3"].map((name) => ({ name, release: "trixie" }))),
  ]);
  await Promise.all(fleet.hosts.map((host) => host.exec("ln -s app /srv/blog")));
  folder = await mkdtemp(join(tmpdir(), "cdktf-puma-stacks-"));
  const [text = ""] = programsOf("Several stacks");
  // An agent for tests would be one more thing that could fail.
  program = text
    .replace("10.0.1.11", web1().address)
    .replace("10.0.1.12", web2().address)
    .replace("10.0.2.11", web3().address)
    .replace("SshKey.agent()", `SshKey.file("${web1().keyFile}")`);
});

afterAll(async () => {
  if (folder) await rm(folder, { recursive: true });
  await server?.stop();
  await fleet?.stop();
});

/** A project of the program, whose commands are run as they stand in docs/state.md. */
class Project {
  private constructor(
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly engine: Engine,
    private readonly cdk: string,
  ) {}

  static async open(cdk: string, kind: EngineKind, commands: string): Promise<Project> {
    const own = await mkdtemp(join(folder, `${cdk}-`));
    const engine = await findEngine(kind);
    await mkdir(join(own, "bin"));
    // The commands name the one of the two, whichever it is.
    await symlink(engine.binary, join(own, "bin/terraform"));
    await symlink(join(ROOT, "node_modules"), join(own, "node_modules"));
    const paths = { "cdktf-puma": [join(ROOT, "lib/index.ts")] };
    const app = `node ${join(ROOT, "node_modules/tsx/dist/cli.mjs")} main.ts`;
    await writeFile(join(own, "tsconfig.json"), JSON.stringify({ compilerOptions: { paths } }));
    await writeFile(
      join(own, "cdktf.json"),
      JSON.stringify({ language: "typescript", app, sendCrashReports: "false" }),
    );
    const PATH = [join(own, "bin"), commands, process.env.PATH].join(delimiter);
    const PG_CONN_STR = server.address("any");
    const env = { ...engine.env, PATH, PG_CONN_STR, TERRAFORM_BINARY_NAME: join(own, "bin/terraform") };
    return new Project(own, env, engine, cdk);
  }

  /** Writes the program, with other texts in the place of some of its own. */
  async write(...changes: (readonly [text: string, other: string])[]): Promise<void> {
    const changed = changes.reduce((text, [one, other]) => {
      if (!text.includes(one)) throw new Error(`the program has no ${one}`);
      return text.replaceAll(one, other);
    }, program);
    await writeFile(join(this.folder, "main.ts"), changed.replaceAll('"cdktf"', `"${this.cdk}"`));
  }

  async do(command: string): Promise<Result> {
    const unlocked = this.engine.mirrored ? " --skip-provider-lock" : "";
    const own = command.replace(/npx cdktf de(?:ploy|stroy) .*/g, (deploy) => deploy + unlocked);
    const script = own.replaceAll("npx cdktf", this.cdk);
    return run("sh", ["-c", script], { cwd: this.folder, env: this.env, allowFailure: true });
  }
}

const release = (number: string) => ['RELEASE: "1"', `RELEASE: "${number}"`] as const;

describe.each([
  ["cdktf", "terraform"],
  ["cdktn", "tofu"],
] as const)("%s and %s", (cdk, kind) => {
  const [deploy = "", order = "", loop = ""] = commandsOf("Apply them in their order");
  const last = `${kind}-3`;
  let project: Project;
  beforeAll(async () => {
    project = await Project.open(cdk, kind, await CLI[cdk](folder));
  });

  const all = async (number: string): Promise<void> => {
    const releases = await Promise.all(fleet.hosts.map(served));
    expect(releases).toEqual([number, number, number]);
  };
  const succeed = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await project.do(command);
    expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
    return stdout;
  };
  /** When the last run on a host was. */
  const when = async (host: FleetHost): Promise<number> =>
    Number(await says(host, "stat -c %.Y /var/lib/cdktf-puma/web/record"));

  test("its command line applies one stack after the other, and none behind one that failed", async () => {
    await project.write(release(`${cdk}-1`));
    await succeed(deploy);
    await all(`${cdk}-1`);
    const [one, two, three] = await Promise.all(fleet.hosts.map(when));
    expect(Math.max(one as number, two as number)).toBeLessThan(three as number);
    await project.write(release(`${cdk}-2`));
    await web1().exec("mv /srv/app/current /srv/app/gone");
    expect((await project.do(deploy)).code).toBe(1);
    await web1().exec("mv /srv/app/gone /srv/app/current");
    expect(await when(web3())).toBe(three);
    const alone = await project.do(deploy.replace("eu us", "us"));
    expect(alone.code).toBe(1);
    expect(alone.stdout + alone.stderr).toContain("--ignore-missing-stack-dependencies");
    evidence(
      cdk,
      "`deploy eu us`",
      "one after the other; none behind one that failed; `us` alone is refused",
    );
  });

  test("its command line waits for a lock, where the environment says so", async () => {
    await project.write(release(last));
    await succeed(order);
    const [, apply = ""] = /`(TF_CLI_ARGS_apply=\S+)`/.exec(TEXT) ?? [];
    const { code, stdout } = await project.do(`
      deploy() {
        ${deploy}
      }
      mkfifo asked
      exec 3<>asked
      terraform -chdir=cdktf.out/stacks/eu apply -no-color <asked >held 2>&1 &
      trap "kill $! 2>/dev/null" EXIT
      until grep -q 'Enter a value' held || ! kill -0 $!; do sleep 0.2; done
      if deploy >refused 2>&1; then echo was not refused; fi
      grep -o 'Error acquiring the state lock' refused | head -n 1
      export ${apply} ${apply.replace("apply", "plan")}
      deploy >waited 2>&1 &
      until grep -q 'Acquiring state lock' waited || ! kill -0 $!; do sleep 0.2; done
      echo no >&3
      wait $!`);
    expect([code, stdout]).toEqual([0, "Error acquiring the state lock\n"]);
    await all(last);
    evidence(cdk, "`deploy` while `eu` is locked", "refused; with `TF_CLI_ARGS_apply` it waits, and applies");
  });

  test("the engine alone applies them in the order that the manifest has", async () => {
    await project.write(release(last));
    expect(await succeed(order)).toContain("eu after none\nus after eu\n");
    await succeed(loop);
    await all(last);
    evidence(kind, "`apply` in the folder of each stack", "both serve the new release, over the same states");
  });

  test("a host that another stack takes is refused there; handed over before, it moves without a restart", async () => {
    const [own, others] = [`, host("web2", "${web2().address}")]`, `[host("web3", "${web3().address}")]`];
    const theirs = others.replace("]", own);
    const before = await invocation(web2(), "web.service");
    await project.write(release(last), [others, theirs]);
    const refused = await project.do(`${order}\n${loop}`);
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toContain(
      "web belongs to the stack 'eu' (host 'web2' there): destroy it there, or choose another 'name'",
    );
    await project.write(release(last), [own, own.replace(")]", ", { retain: true })]")]);
    await succeed(deploy);
    await project.write(
      release(last),
      [own, "]"],
      [others, theirs],
      ["hosts,\n", "hosts,\n      takeOver: true,\n"],
    );
    await succeed(deploy);
    expect(await says(web2(), "grep ^owner= /var/lib/cdktf-puma/web/record")).toBe("owner=us");
    expect(await invocation(web2(), "web.service")).toBe(before);
    expect(await served(web2())).toBe(last);
    evidence(
      cdk,
      "a host moves from `eu` to `us`",
      "refused while it is another's; handed over, its Puma runs on",
    );
  });

  test("the other way round the last stack has to be applied first", async () => {
    const own = `host("web2", "${web2().address}")`;
    const others = `host("web3", "${web3().address}")`;
    const before = await invocation(web2(), "web.service");
    const owner = (): Promise<string> => says(web2(), "grep ^owner= /var/lib/cdktf-puma/web/record");
    await project.write(
      release(last),
      [`, ${own}]`, "]"],
      [`[${others}]`, `[${others}, ${own.replace(")", ", { retain: true })")}]`],
    );
    await succeed(deploy);
    await project.write(release(last), ["hosts,\n", "hosts,\n      takeOver: true,\n"]);
    const refused = await project.do(deploy);
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringContaining("web belongs to the stack 'us'") as string,
    ]);
    expect(await owner()).toBe("owner=us");
    await succeed(`${order}\n${loop.replace("eu us", "us eu")}`);
    expect(await owner()).toBe("owner=eu");
    expect(await invocation(web2(), "web.service")).toBe(before);
    evidence(
      cdk,
      "it moves back to `eu`",
      "refused as long as `eu` comes first; by `us` first its Puma runs on",
    );
    await succeed("npx cdktf destroy us eu --auto-approve");
  });
});
