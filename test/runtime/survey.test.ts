/** What a host says of its services to the command line. */
import { conditionOf } from "../../lib/cli/survey";
import { surveyScript } from "../../lib/runtime/parts";
import { run } from "../../lab/fleet/run";
import { folderOf, SHELLS, stubs } from "./shell";

const RECORD = "format=1\nowner=blog\nrelease=it's %s new\npath=/srv/app\n";
const SHOWN = `NRestarts=2
ActiveState=active
SubState=running
StatusText=Puma 6.6.0: worker: { 1/5 threads, 4 available, 7 backlog }
ActiveEnterTimestamp=Thu 2026-11-26 09:12:07 UTC`;

const SAYS = String.raw`web.service is active (running)
release 1, started in /srv
/etc/systemd/system/web.service was edited on the host
last run: 2026-11-26 09:12:08 by ops from 2001:db8::1: a \n b: c`;

describe.each(SHELLS)("$name", ({ command, path }) => {
  /** The lines of a survey of a user's own service: its folder can be anywhere. */
  async function survey(files: Record<string, string>, says = SAYS, code = 0, facts = ""): Promise<string[]> {
    const home = folderOf(files);
    const bin = stubs({
      systemctl: `[ "$1 $2 $4 $5" = "--user show -- web.service" ] && printf '%s\\n' '${SHOWN}'`,
      ask: `[ "$1 $2" = "facts web" ] && { [ -n '${facts}' ] || exit 2; printf '%s\\n' '${facts}'; exit ${code}; }
[ "$1 $2" = "status web" ] && printf '%s\\n' '${says}'; exit ${code}`,
    });
    const script = `${surveyScript()}survey web user ask\n`;
    const env = { PATH: `${bin}:${path}`, HOME: home };
    const { stdout } = await run("env", [
      "-i",
      ...Object.entries(env).map((pair) => pair.join("=")),
      ...command,
      "-c",
      script,
    ]);
    return stdout.split("\n");
  }

  const INSTALLED = { ".local/state/cdktf-puma/web/record": RECORD };

  test("is read as it was said", async () => {
    expect(conditionOf("web", await survey(INSTALLED))).toEqual({
      ...{
        state: "active",
        serves: true,
        release: "it's %s new",
        since: "2026-11-26T09:12:07Z",
        restarts: 2,
      },
      ...{ threads: { busy: 1, max: 5 }, backlog: 7 },
      lastRun: { at: "2026-11-26 09:12:08", by: "ops from 2001:db8::1", text: String.raw`a \n b: c` },
      remarks: ["/etc/systemd/system/web.service was edited on the host"],
    });
  });

  test("is what the host itself says of whether it serves", async () => {
    expect(conditionOf("web", await survey(INSTALLED, "it is down", 3))).toMatchObject({ serves: false });
  });

  test("is what it tells in facts", async () => {
    const facts =
      "serves=yes\nhealth=failed\nasked=tcp 9292\nhealth_said=HTTP 500\ndeployed_by=ann\nedited=/a\nedited=/b\nlast=2026-11-26 09:12:08 by ops: x";
    expect(conditionOf("web", await survey(INSTALLED, "no", 3, facts))).toMatchObject({
      ...{ serves: false, health: "failed", deployedBy: "ann" },
      lastRun: { at: "2026-11-26 09:12:08", by: "ops", text: "x" },
      remarks: [
        "asked now, tcp 9292 is NOT healthy: HTTP 500",
        "/a was edited on the host",
        "/b was edited on the host",
      ],
    });
  });

  test("is absent where there is no record, and of no other service", async () => {
    const lines = await survey({});
    expect(conditionOf("web", lines)).toMatchObject({ state: "absent", remarks: [] });
    expect(conditionOf("we", lines)).toMatchObject({ state: "absent", restarts: 0 });
  });
});
