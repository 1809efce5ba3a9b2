/** What a host says of its services to the command line. */
import { conditionOf } from "../../lib/cli/hosts/survey";
import { surveyScript } from "../../lib/runtime/parts";
import { run } from "../../lab/fleet/run";
import { folderOf, quoted, SHELLS, stubs } from "./shell";

const FACTS = String.raw`serves=yes
unit=web.socket active running
unit=web.service active running
since=1795684327
restarts=2
health=failed
health_said=HTTP 500
asked=tcp 9292
threads=3/10
backlog=7
workers=1/2
release=it's %s new
deployed_by=ann
edited=/a b
edited=/c
last=2026-11-26 09:12:08 by ops from 2001:db8::1: a \n b: c`;

describe.each(SHELLS)("$name", ({ command, path }) => {
  /** The lines of a survey of a user's own service: its folder can be anywhere. */
  async function survey(says: string, code: number, files: Record<string, string> = {}): Promise<string[]> {
    const bin = stubs({
      systemctl: `[ "$1 $2 $4 $5" = "--user show -- web.service" ] && printf '%s\\n' NRestarts=2 ActiveState=active SubState=running`,
      ask: `[ "$1 $2" = "facts web" ] && printf '%s\\n' ${quoted(says)}; exit ${code}`,
    });
    const script = `${surveyScript()}survey web user ask\n`;
    const env = { PATH: `${bin}:${path}`, HOME: folderOf(files) };
    const pairs = Object.entries(env).map((pair) => pair.join("="));
    const { stdout } = await run("env", ["-i", ...pairs, ...command, "-c", script]);
    return stdout.split("\n");
  }

  test("is what it tells in facts", async () => {
    const { facts, ...condition } = conditionOf("web", await survey(FACTS, 0));
    expect(condition).toEqual({
      ...{ state: "active", serves: true, health: "failed", release: "it's %s new", deployedBy: "ann" },
      ...{ since: "2026-11-26T09:12:07Z", restarts: 2, backlog: 7 },
      ...{ threads: { busy: 3, max: 10 }, workers: { booted: 1, wanted: 2 } },
      lastRun: { at: "2026-11-26 09:12:08", by: "ops from 2001:db8::1", text: String.raw`a \n b: c` },
      remarks: [
        "asked now, tcp 9292 is NOT healthy: HTTP 500",
        "/a b was edited on the host",
        "/c was edited on the host",
      ],
    });
    expect([...facts].map(([key, values]) => [key, values.length])).toContainEqual(["edited", 2]);
  });

  test("is told, too, where it does not serve", async () => {
    const lines = await survey("serves=no\nunit=web.service inactive dead\nstopped=yes", 3);
    expect(conditionOf("web", lines)).toMatchObject({
      ...{ state: "inactive", serves: false, remarks: ["it is kept stopped ('ensure')"] },
    });
  });

  test("is what everybody may see, where that is refused", async () => {
    const record = { ".local/state/cdktf-puma/web/record": "format=1\nrelease=7\nowner=blog\n" };
    expect(
      conditionOf("web", await survey("welcome\nsudo: a password is required", 1, record)),
    ).toMatchObject({
      ...{ state: "active", serves: true, release: "7", restarts: 2 },
      remarks: ["the rest is not known: sudo: a password is required"],
    });
  });

  test("is absent where there is no record, and of no other service", async () => {
    const lines = await survey("there is no service web", 1);
    expect(conditionOf("web", lines)).toMatchObject({ state: "absent", remarks: [] });
    expect(conditionOf("we", lines)).toMatchObject({ state: "unknown", serves: false, restarts: 0 });
  });
});
