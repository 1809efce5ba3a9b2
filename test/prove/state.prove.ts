/** Two who apply at once over one state in PostgreSQL, by both engines: what docs/state.md says of it. */
import { appendFileSync } from "node:fs";
import { PgBackend, type PgBackendConfig } from "cdktf";
import { Bind, Duration, HealthCheck } from "../../lib";
import { type EngineKind, type Result } from "../../lab/engine/engine";
import { Postgres } from "../../lab/engine/postgres";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { run as runProgram } from "../../lab/fleet/run";
import { eventually, everywhere, get, says, waitForOneThatWaits } from "../e2e/hosts";
import { leaksIn } from "../e2e/leaks";
import { setUpHosts } from "../e2e/set-up";
import { commandsOf } from "./state-docs";

// A busy machine may take its time.
jest.setTimeout(1_800_000);

const PASSWORD = "pa55-of-the-state";
const GO = "/srv/app/go";

describe.each<EngineKind>(["terraform", "tofu"])("by %s", (kind) => {
  const at = setUpHosts([{ name: "web1", release: "trixie" }], { engine: kind });
  const host = (): FleetHost => at.hosts[0] as FleetHost;
  const go = (): Promise<unknown> => host().exec(`touch ${GO}`);
  let server: Postgres;
  let mine: Workspace;
  let yours: Workspace;

  /** Somebody's machine, or a job of a pipeline. */
  const open = async (): Promise<Workspace> => {
    const workspace = await Workspace.open(kind, "blog", (stack) => {
      new PgBackend(stack, { schemaName: "blog" } as PgBackendConfig);
    });
    workspace.engine.env.PG_CONN_STR = server.address(PASSWORD);
    return workspace;
  };

  beforeAll(async () => {
    server = await Postgres.start();
    [mine, yours] = [await open(), await open()];
  });
  afterEach(go);
  afterAll(async () => {
    await Promise.all([mine?.close(), yours?.close()]);
    await server?.stop();
  });

  /** A release, whose run on the host lasts until {@link go}. */
  const release =
    (number: string): Build =>
    (stack) =>
      everywhere(stack, at.hosts, "web", {
        binds: [Bind.tcp(9292)],
        environment: { RELEASE: number },
        startTimeout: Duration.minutes(20),
        healthCheck: HealthCheck.command(["test", "-e", GO], { settle: false, retries: 1000 }),
      });
  const served = (): Promise<string> => get(host(), "http://127.0.0.1:9292/env?RELEASE");
  const run = (of: Workspace, ...words: string[]): Promise<Result> =>
    of.engine.run(of.folder, [...words, "-no-color"], { allowFailure: true });
  const apply = (of: Workspace, ...words: string[]): Promise<Result> =>
    run(of, "apply", "-auto-approve", ...words);
  /** 0 where nothing is to be done, 2 where something is. */
  const pending = async (of: Workspace): Promise<number> =>
    (await run(of, "plan", "-detailed-exitcode")).code;
  /** Runs the command under a heading of docs/state.md as it stands there. */
  const documented = async (heading: string): Promise<string> => {
    const [command = ""] = commandsOf(heading);
    const env = { ...process.env, ...server.env(PASSWORD) };
    return (await runProgram("sh", ["-c", command], { env })).stdout;
  };

  /** By the word of the engine it does. */
  async function unlocksNothing(id: string): Promise<void> {
    const { code, stdout } = await run(yours, "force-unlock", "-force", id);
    expect([code, stdout]).toEqual([0, expect.stringContaining("successfully unlocked") as string]);
    expect((await run(yours, "plan")).stderr).toContain("Workspace is already locked: default");
  }

  /** Mine has the lock, and waits on the host. In an object, as what a function returns is waited for. */
  async function hold<T>(number: string, start: () => T): Promise<{ readonly held: T }> {
    await mine.synth(release(number));
    await host().exec(`rm -f ${GO}`);
    const held = start();
    const isUnderWay = async (): Promise<boolean> =>
      (await says(host(), "systemctl is-active cdktf-puma-web.service")) === "active";
    await eventually("a run on the host", isUnderWay);
    return { held };
  }

  const evidence = (what: string, seen: string): void => {
    if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${kind} | ${what} | ${seen} |\n`);
  };

  test("the address is in no file", async () => {
    await go();
    await mine.apply(release("1"));
    await yours.synth(release("1"));
    expect(await pending(yours)).toBe(0);
    await mine.plan(release("2"));
    for (const { folder } of [mine, yours])
      expect(await leaksIn(folder, [Buffer.from(PASSWORD)])).toEqual([]);
    evidence("the password of PG_CONN_STR", "in no file: configuration, `.terraform`, a saved plan");
  });

  test("the second is refused, and so is a plan; one that may wait brings what is different still", async () => {
    const { held: first } = await hold("2", () => apply(mine));
    await yours.synth(release("3"));
    for (const [words, operation] of [
      [["apply", "-auto-approve"], "OperationTypeApply"],
      [["plan"], "OperationTypePlan"],
    ] as const) {
      const refused = await run(yours, ...words);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("Error: Error acquiring the state lock");
      expect(refused.stderr).toContain("Workspace is already locked: default");
      // It is the one that is refused that is told, whoever has the lock.
      expect(refused.stderr).toMatch(new RegExp(`Operation: ${operation}`));
      await unlocksNothing(/ID: +(\S+)/.exec(refused.stderr)?.[1] as string);
    }
    expect((await run(yours, "plan", "-lock=false")).code).toBe(0);
    expect(await documented("Who has it")).toMatch(/ postgres .*\n\(1 row\)/);
    let waits = false;
    const [waiting] = commandsOf("Two at once");
    const second = yours.engine.run(yours.folder, [...words(waiting), "-auto-approve", "-no-color"], {
      onLine: (line) => (waits ||= line.includes("Acquiring state lock")),
    });
    await eventually("one that waits for the lock", async () => waits);
    await go();
    expect((await first).code).toBe(0);
    expect((await second).stdout).toMatch(/Environment=RELEASE=2/);
    expect(await served()).toBe("3");
    expect([await pending(yours), await pending(mine)]).toEqual([0, 2]);
    evidence(
      "two at once",
      "the second refused, code 1; with `-lock-timeout` it waits, and plans from what the first has left",
    );
  });

  test("who is killed leaves no lock, and a run on the host that ends by itself", async () => {
    const { held: killed } = await hold("4", () =>
      mine.engine.start(mine.folder, ["apply", "-auto-approve"]),
    );
    killed.kill("SIGKILL");
    expect(await killed.ended).toBe("SIGKILL");
    await nextOne("5");
    evidence(
      "`kill -9` of the one that has the lock",
      "the next is not locked out, and waits for the run on the host",
    );
  });

  test("whose connection somebody ends is rid of the lock", async () => {
    const { held: ended } = await hold("6", () => apply(mine));
    expect(await documented("The holder dies")).toMatch(/ t\n\(1 row\)/);
    await nextOne("7");
    const { code } = await ended;
    evidence(
      "the connection of the one that has the lock is ended",
      `the next is not locked out; the first ends with code ${code}`,
    );
  });

  test("a restart of the server leaves two without a lock, of which the host lets one after the other run", async () => {
    const { held: first } = await hold("8", () => apply(mine));
    await server.restart();
    await nextOne("9");
    const { code } = await first;
    evidence(
      "a restart of the server",
      `two without a lock, one after the other on the host; the first ends with code ${code}`,
    );
  });

  /** Yours is applied, after what still runs on the host; nothing is lost. */
  async function nextOne(number: string): Promise<void> {
    await yours.synth(release(number));
    const next = apply(yours);
    await waitForOneThatWaits(host());
    await go();
    const { code, stdout } = await next;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /waiting for another run to end: cdktf-puma apply of web on web1 by ops [^]*last run: /,
    );
    expect(await served()).toBe(number);
    expect(await pending(yours)).toBe(0);
  }
});

/** The words of a documented command behind the name of the engine. */
function words(command = ""): string[] {
  return command.split(" ").slice(1);
}
