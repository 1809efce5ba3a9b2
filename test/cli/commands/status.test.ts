import { readFileSync, rmSync } from "node:fs";
import { ago, down, facts, hostNamed, StandIn } from "../stand-in";
import { Host, SshKey } from "../../../lib";
import { ageOf } from "../../../lib/cli/commands/status-table";

const at = new StandIn();
afterAll(() => at.close());

const LATE = "2026-11-26 09:14:00 by bob: failed: the new version did not start";

beforeAll(() => {
  at.synthesize({ web: ["web1", "web2", "web3", "web4"], api: ["web2", "web3"] });
  at.answers("10.0.1.11", "survey ", { says: `Welcome!\n${facts("web")}` });
  at.answers("10.0.1.12", "survey ", {
    says: facts("web") + down("api", "failed failed"),
  });
  at.isDown("10.0.1.13");
  at.answers("10.0.1.14", "survey ", {
    says: facts("web", { release_before: "yes", last: LATE, restarts: "2" }),
  });
});

test("a line for each service, one for each host that is not reached, and what else there is to say", async () => {
  const { code, out, err } = await at.call(["status"]);
  expect(out).toBe(
    `HOST  SERVICE  STATE   RELEASE       SINCE  THREADS  BACKLOG  RESTARTS  BY
web1  web      active  2026-11-26.1     3h      2/5        0         0  ops
web2  api      failed  2026-11-26.1      -        -        -         0  ops
web2  web      active  2026-11-26.1     3h      2/5        0         0  ops
web3  api,web  Connection timed out (10.0.1.13 port 22)
web4  web      active  2026-11-26.1     3h      2/5        0         2  bob

web4 web: it runs the release before the last, as the one that came then was not healthy
web4 web: last run: ${LATE}
`,
  );
  expect([code, err]).toEqual([3, ""]);
});

test.each([
  [["--hosts", "web1"], 0],
  [["--hosts", "web1,web3"], 1],
  [["--hosts", "web2"], 3],
  [["--hosts", "web2", "--services", "web"], 0],
  [["--hosts", "web9"], 2],
])("status %j ends with %d", async (words, code) => {
  expect((await at.call(["status", ...words])).code).toBe(code);
});

test("programs are told all", async () => {
  const { out } = await at.call(["status", "--json", "--hosts", "web3,web4", "--services", "web"]);
  expect(JSON.parse(out)).toEqual([
    { stack: "blog", service: "web", host: "web3", error: "Connection timed out (10.0.1.13 port 22)" },
    {
      ...{
        stack: "blog",
        service: "web",
        host: "web4",
        state: "active",
        serves: true,
        health: "passed",
        release: "2026-11-26.1",
      },
      ...{ since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), restarts: 2, backlog: 0 },
      threads: { busy: 2, max: 5 },
      lastRun: { at: "2026-11-26 09:14:00", by: "bob", text: "failed: the new version did not start" },
      facts: expect.objectContaining({
        threads: "2/5",
        unit: ["web.socket active running", "web.service active running"],
      }),
      remarks: [
        "it runs the release before the last, as the one that came then was not healthy",
        `last run: ${LATE}`,
      ],
    },
  ]);
});

test("each host is logged in to once, whatever it is asked for", async () => {
  rmSync(`${at.folder}/asked`, { force: true });
  await at.call(["status"]);
  const asked = readFileSync(`${at.folder}/asked`, "utf8").trim().split("\n").sort();
  expect(asked).toEqual(["10.0.1.11", "10.0.1.12", "10.0.1.13", "10.0.1.14"]);
});

describe("on a terminal", () => {
  test("no line is wider than it, nothing that matters is cut, and what is said in passing goes", async () => {
    const { out, err } = await at.call(["status"], { columns: 72, showsProgress: true });
    for (const line of out.split("\n\n")[0]?.split("\n") ?? []) expect(line.length).toBeLessThanOrEqual(72);
    expect(out).toContain("web1  web      active  2026-11-…     3h      2/5        0         0  ops\n");
    const said = err.split("\r\u001b[K");
    expect([said[1], said.at(-1)]).toEqual(["waiting for 4 hosts: web1, web2, web3, web4", ""]);
  });

  test("its state has a color", async () => {
    const { out } = await at.call(["status"], { columns: 80, hasColors: true });
    expect(out).toContain("web1  web      \u001b[32mactive\u001b[0m  2026");
    expect(out).toContain("web2  api      \u001b[31mfailed\u001b[0m  2026");
    expect(out).toContain("web3  api,web  \u001b[31mConnection timed out (10.0.1.13 port 22)\u001b[0m\n");
    expect(out).toContain("web4  web      \u001b[33mactive\u001b[0m  2026");
  });
});

describe("a state", () => {
  const one = new StandIn();
  afterAll(() => one.close());
  beforeAll(() => one.synthesize({ web: ["web1"] }));

  test.each<[string, string, string, number]>([
    [
      "of what a first connection starts",
      facts("web", { unit: "web.service inactive dead" }),
      "listening",
      0,
    ],
    ["of what is stopped", down("web", "inactive dead"), "inactive", 3],
    ["of what is kept stopped", down("web", "inactive dead", { stopped: "yes" }), "stopped", 3],
    ["of what waits for its next start", down("web", "activating auto-restart"), "auto-restart", 3],
    ["of what crashes", down("web", "activating auto-restart", { crashes: "3" }), "crashing", 3],
    ["of what crashes, and runs again", facts("web", { crashes: "3" }), "crashing", 0],
    ["of what is locked", facts("web", { locked: "anna since noon: a move" }), "locked", 0],
    ["of what was rolled back", facts("web", { rolled_back: "noon by anna" }), "rolled-back", 0],
    ["of what is locked, and down", down("web", "failed failed", { locked: "anna" }), "failed", 3],
    ["of what was never installed", "cdktf-puma web absent=yes\ncdktf-puma web refused=no\n", "absent", 3],
    [
      "where root may not be asked",
      "cdktf-puma web unit=web.service active running\ncdktf-puma web refused=sudo: a password is required\n",
      "active",
      0,
    ],
    ["of a host that says nothing", "", "unknown", 3],
    [
      "of what its health check, asked at that moment, finds sick",
      facts("web", { health: "failed", health_said: "HTTP 503" }),
      "unhealthy",
      3,
    ],
  ])("%s", async (_, says, state, code) => {
    one.answers("10.0.1.11", "survey ", { says });
    const { out, ...ended } = await one.call(["status"], { columns: 80 });
    const [head = "", line = ""] = out.split("\n");
    expect([line.split(/ +/)[2], ended.code]).toEqual([state, code]);
    for (const text of [head, line]) expect(text.length).toBeLessThanOrEqual(80);
  });

  test("comes with who has deployed, and with what has to be known", async () => {
    one.answers("10.0.1.11", "survey ", {
      says: facts("web", {
        ...{ health: "failed", health_said: "HTTP 503", deployed_by: "ann (CI 7)" },
        ...{ locked: "anna since noon: a move", rolled_back: "noon by ben" },
      }),
    });
    const { out } = await one.call(["status"]);
    expect(out.split("\n").slice(1)).toEqual([
      expect.stringMatching(/^web1 +web +unhealthy +.* ann \(CI 7\)$/),
      "",
      "web1 web: asked now, http://0.0.0.0:9292 is NOT healthy: HTTP 503",
      "web1 web: locked by anna since noon: a move",
      "web1 web: it was rolled back to the generation of noon by ben",
      "",
    ]);
  });

  test("of a host that cannot do it is one line", async () => {
    one.answers("10.0.1.11", "survey ", { says: "sh: base64: not found\n", status: 127 });
    const { code, out } = await one.call(["status"]);
    expect([code, out.split("\n")[1]]).toEqual([
      1,
      "web1  web      it ended with 127: sh: base64: not found",
    ]);
  });

  test("of a host that does not end is one line, in time", async () => {
    one.answers("10.0.1.11", "survey ", { says: facts("web"), takes: 60 });
    const { code, out } = await one.call(["status", "--timeout", "1"]);
    expect([code, out.split("\n")[1]]).toEqual([1, "web1  web      no answer within 1 seconds"]);
  });
});

test("what the engine alone knows is one line as well", async () => {
  const other = new StandIn();
  const address = "${aws_instance.web.public_ip}";
  other.synthesize({ web: [new Host("web1", { address, key: SshKey.agent() }), hostNamed("web2")] });
  other.answers("10.0.1.12", "survey ", { says: facts("web", { since: ago(30) }) });
  const { code, out } = await other.call(["status"]);
  other.close();
  expect(out.split("\n").slice(1)).toEqual([
    expect.stringMatching(/^web2 +web +active +2026-11-26.1 +\d+s +2\/5 /),
    `web1  web      its address is known to the engine alone (${address}): name a state by --state`,
    "",
  ]);
  expect(code).toBe(1);
});

test.each([
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [7199, "119m"],
  [7200, "2h"],
  [172799, "47h"],
  [172800, "2d"],
  [-5, "0s"],
])("%d seconds ago is %s", (seconds, age) => {
  expect(ageOf("2026-11-26T09:12:00Z", Date.parse("2026-11-26T09:12:00Z") + 1000 * seconds)).toBe(age);
});
