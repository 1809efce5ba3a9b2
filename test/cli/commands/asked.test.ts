/** What hosts are asked for, and what they write. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hostNamed, StandIn } from "../stand-in";
import { Host, SshKey } from "../../../lib";
import { commandOf } from "../../../lib/cli/hosts/asking";
import { fleetOf } from "../../../lib/cli/fleet/fleet";

const at = new StandIn();
afterAll(() => at.close());

const address = (n: number): string => `10.0.1.1${n}`;

beforeEach(() => {
  rmSync(join(at.folder, "asked"), { force: true });
  at.synthesize({ web: ["web1", "web2", "web3"] });
  for (const n of [1, 2, 3]) {
    at.answers(address(n), "restart", { says: "restarting web.service\ndone: web.service\n" });
    at.answers(address(n), "history", { says: `1 of ${n}\n` });
  }
});

const asked = (): string[] =>
  existsSync(join(at.folder, "asked"))
    ? readFileSync(join(at.folder, "asked"), "utf8").trim().split("\n")
    : [];

test("a restart goes from host to host, and says so", async () => {
  const { code, out, err } = await at.call(["restart"]);
  expect(out).toBe(
    ["web1", "web2", "web3"]
      .map((name) => `${name} | restarting web.service\n${name} | done: web.service\n`)
      .join(""),
  );
  expect([code, err, asked()]).toEqual([0, "restart: done on 3\n", [1, 2, 3].map(address)]);
});

test("it ends at the first that fails", async () => {
  at.answers(address(2), "restart", { says: "FAILED on web2: no\n", status: 1 });
  const { code, out, err } = await at.call(["restart"]);
  expect(out).toMatch(/^web1 \| [^]*web2 \| FAILED on web2: no\n$/);
  expect([code, err]).toEqual([1, "restart: done on 1, failed on web2, not begun on web3\n"]);
  expect(asked()).toEqual([1, 2].map(address));
});

test("a host that is not reached is a failure", async () => {
  at.synthesize({ web: ["web4", "web5"] });
  at.isDown(address(4));
  const { code, out, err } = await at.call(["restart"]);
  expect([code, out]).toEqual([1, "web4 | Connection timed out (10.0.1.14 port 22)\n"]);
  expect(err).toBe("restart: done on 0, failed on web4, not begun on web5\n");
});

test("on several at once, those are begun that are allowed", async () => {
  at.answers(address(1), "restart", { says: "no\n", status: 1 });
  at.answers(address(2), "restart", { says: "done\n", takes: 1 });
  const { code, err } = await at.call(["restart", "--parallelism", "2"]);
  expect([code, err]).toEqual([1, "restart: done on 1, failed on web1, not begun on web3\n"]);
});

test("of one host there is nothing to sum up", async () => {
  expect((await at.call(["restart", "--hosts", "web2"])).err).toBe("");
});

test("programs are told what came of each", async () => {
  at.answers(address(2), "restart", { says: "no\n", status: 1 });
  const { code, out } = await at.call(["restart", "--json"]);
  const one = { stack: "blog", service: "web" };
  expect(JSON.parse(out)).toEqual([
    { ...one, host: "web1", outcome: "done", lines: ["restarting web.service", "done: web.service"] },
    { ...one, host: "web2", outcome: "failed", lines: ["no"] },
    { ...one, host: "web3", outcome: "skipped", lines: [] },
  ]);
  expect(code).toBe(1);
});

test("which one has to be said where there are several", async () => {
  at.synthesize({ web: ["web1"], api: ["web1"] });
  at.answers(address(1), "restart", { says: "done\n" });
  const { code, err } = await at.call(["restart"]);
  const message =
    "which of the services? There are api, web: name one by --services, or all by --services '*'";
  expect([code, err]).toEqual([2, `cdktf-puma: ${message}\n`]);
  expect((await at.call(["restart", "--services", "web"])).code).toBe(0);
  const all = await at.call(["restart", "--services", "*"]);
  expect(all.out).toBe("web1 api | done\nweb1 web | done\n");
});

test("Ctrl-C leaves alone what has begun, and says so", async () => {
  at.answers(address(2), "restart", { says: "", takes: 30 });
  const called = at.call(["restart"]);
  while (asked().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  process.emit("SIGINT", "SIGINT");
  const { code, err } = await called;
  expect([code, err]).toEqual([
    130,
    "restart: done on 1, left alone on web2, where what has begun goes on to its end, not begun on web3\n",
  ]);
});

test("a host that says more than anybody reads is not kept whole", async () => {
  at.answers(address(1), "history", { says: `${"x".repeat(1023)}\n`.repeat(5000) });
  const { out } = await at.call(["history", "--json", "--hosts", "web1"]);
  const [{ lines }] = JSON.parse(out) as [{ lines: string[] }];
  expect([lines.length, lines.at(-1)]).toEqual([4097, "… and more, which is left away"]);
});

describe("two stacks with hosts of one name", () => {
  beforeEach(() => {
    at.synthesize({ web: ["web1"] }, "prod");
    const other = new Host("web1", { address: address(2), user: "ops", key: SshKey.agent() });
    at.synthesize({ web: [other] }, "staging");
  });
  afterEach(() => rmSync(join(at.folder, "cdktf.out"), { recursive: true }));
  beforeEach(() => rmSync(join(at.folder, "cdktf.out/stacks/blog"), { recursive: true, force: true }));

  test("are told apart", async () => {
    expect((await at.call(["history"])).out.split("\n").sort()).toEqual([
      "",
      "prod/web1    | 1 of 1",
      "staging/web1 | 1 of 2",
    ]);
  });

  test("do not change together by a slip", async () => {
    expect(await at.call(["restart"])).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        "which of the stacks? There are prod, staging: name one by --stacks",
      ) as string,
    });
    expect(asked()).toEqual([]);
    expect((await at.call(["restart", "--stacks", "staging"])).code).toBe(0);
    expect(asked()).toEqual([address(2)]);
  });
});

test("nothing is begun where one is not known how to be reached", async () => {
  const unknown = new Host("web9", { address: "${aws_instance.web.public_ip}", key: SshKey.agent() });
  at.synthesize({ web: [unknown, hostNamed("web1")] });
  const { code, err } = await at.call(["restart"]);
  expect(code).toBe(2);
  expect(err).toMatch(
    /^cdktf-puma: web9: its address .*: name a state by --state, or choose others by --hosts\n$/,
  );
  expect(asked()).toEqual([]);
  expect((await at.call(["history"])).err).toMatch(
    /^web9 \| its address .*\nhistory: done on 1, failed on web9\n$/,
  );
});

test("each host's history is in one piece", async () => {
  at.answers(address(2), "history", { says: "1 of 2\n2 of 2\n", takes: 1 });
  const { code, out, err } = await at.call(["history"]);
  expect(out).toMatch(/^web2 \| 1 of 2\nweb2 \| 2 of 2\n/m);
  expect([code, err, out.match(/\n/g)?.length]).toEqual([0, "", 4]);
});

test("the words on a host are those of its command, or of a user's own", () => {
  const [placement] = fleetOf({ output: join(at.folder, "cdktf.out") }).placements;
  if (!placement) throw new Error("there is none");
  expect(commandOf(placement)).toBe("become /usr/local/sbin/cdktf-puma");
  expect(commandOf({ ...placement, scope: "user" })).toBe(
    `/bin/sh "$HOME"/.local/state/cdktf-puma/'web'/run.sh`,
  );
});

describe("logs", () => {
  const line = (second: number, text: string, zone = "+0000"): string =>
    `2026-11-26T09:12:0${second}${zone} puma[1]: ${text}`;
  beforeEach(() => {
    at.answers(address(1), "journalctl", {
      says: `${line(1, "a")}\n${line(4, "b", "+00:00")}\n  more of b\n`,
    });
    at.answers(address(2), "journalctl", { says: `${line(2, "c")}\n${line(5, "d")}\n` });
    at.answers(address(3), "journalctl", { says: "" });
  });

  test("of all hosts are in the order of their times", async () => {
    const { code, out, err } = await at.call(["logs"]);
    expect(out.split("\n")).toEqual([
      "web1 | 2026-11-26T09:12:01Z puma[1]: a",
      "web2 | 2026-11-26T09:12:02Z puma[1]: c",
      "web1 | 2026-11-26T09:12:04Z puma[1]: b",
      "web1 |   more of b",
      "web2 | 2026-11-26T09:12:05Z puma[1]: d",
      "",
    ]);
    expect([code, err]).toEqual([0, ""]);
  });

  test("of a host that is not reached are missed", async () => {
    at.synthesize({ web: ["web1", "web4"] });
    at.isDown(address(4));
    const { code, out, err } = await at.call(["logs"]);
    expect([code, err]).toEqual([1, "web4 | Connection timed out (10.0.1.14 port 22)\n"]);
    expect(out).toContain("web1 | ");
  });

  test("that are followed end with Ctrl-C, on all hosts", async () => {
    for (const n of [1, 2, 3]) at.answers(address(n), "journalctl", { says: "", takes: 30 });
    const called = at.call(["logs", "-f", "-n", "5"]);
    while (asked().length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    process.emit("SIGINT", "SIGINT");
    expect(await called).toEqual({ code: 130, out: "", err: "" });
  });

  test.each([
    [
      ["-n", "none"],
      "error: option '-n, --lines <number>' argument 'none' is invalid. It has to be a number from 1.",
    ],
    [["-n", "0"], "is invalid"],
    [["--hosts", "x"], "cdktf-puma: --hosts: 'x' is none of web1, web2, web3"],
  ])("called wrongly: %j", async (words, message) => {
    const { code, err } = await at.call(["logs", ...words]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
