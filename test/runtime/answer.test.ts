/** What operators ask by a socket: what answers there, and the command that asks. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { answerScript, commandScript } from "../../lib/runtime/parts";
import { type Result } from "../../lab/fleet/run";
import { folderOf, moved, sh, type Shell, SHELLS, stubs } from "./shell";

const STATE = "var/lib/cdktf-puma/web";

/** A run as it is kept on a host, which tells how it is started, and what it is given to read. */
const KEPT = `echo "asked: $* by $SUDO_USER"
printf '%s' "read: "; cat; echo
[ "$1" != restart ] || exit 7
`;

const COMMANDS = stubs({
  flock: 'exec /usr/bin/flock "$@"',
  getent: '[ "$1 $2" != "passwd 1001" ] || echo deploy:x:1001:1001::/home/deploy:/bin/sh; [ "$2" = 1001 ]',
});

describe.each(SHELLS)("under $name, what answers", (shell: Shell) => {
  /** What comes back where a shell says something, and the folder of the host. */
  async function answers(
    says: string,
    instance = "0-4711-1001",
    kept = KEPT,
  ): Promise<Result & { root: string }> {
    const root = folderOf({ [`${STATE}/run.sh`]: kept, "run/x": "" });
    const script = moved(answerScript(), root)
      .replace("PATIENCE=50", "PATIENCE=3")
      .replace("BLOCKS=4096", "BLOCKS=9")
      .replace("KILL 10", "KILL 1");
    const result = await sh(shell, `{ ${says}; } | {\nset -- answer web ${instance}\n${script}\n}`, {
      before: COMMANDS,
    });
    return { ...result, root };
  }

  test("is asked for a word, and tells how that ended in its last line", async () => {
    const { stdout } = await answers("echo status");
    expect(stdout).toBe("asked: status web by deploy\nread: \nexit 0\n");
    expect((await answers("echo restart")).stdout).toBe("asked: restart web by deploy\nread: \nexit 7\n");
  });

  test("names who called by what systemd says, though there is no such user any more", async () => {
    expect((await answers("echo status", "3-99-4294967294")).stdout).toContain(" by uid 4294967294\n");
  });

  test.each([
    ["another word", "echo remove"],
    ["more than a word", "echo restart now"],
    ["another service", "echo restart other"],
    ["a command", "echo 'restart; id'"],
    ["what a shell would read", "printf '$(id)'"],
    ["a pattern", "printf '*'"],
    ["two lines", "printf 'status\\nrestart\\n'"],
    ["a long word", "printf restart%0100d 0"],
    ["a word with something behind it", "printf '%-31s!' restart"],
    ["an option", "printf -- --help"],
    ["nothing", ":"],
    ["a word that comes late", "sleep 2; echo restart"],
    ["a terminal's words", "printf 'restart\\033[31m\\n'"],
  ])("takes no other: %s", async (_, says) => {
    const { stdout, root } = await answers(says);
    expect(stdout).toBe(
      "cdktf-puma: this takes one of these words: restart rollback status history\nexit 2\n",
    );
    expect(existsSync(join(root, STATE, "turn"))).toBe(false);
  });

  test("leaves nothing, and no descriptor to what it starts", async () => {
    const open = "for fd in 3 4 5 6 9; do ! { true <&$fd; } 2>/dev/null || echo $fd; done\n";
    const { stdout, root } = await answers("echo restart", undefined, open);
    expect(stdout).toBe("exit 0\n");
    expect(readdirSync(join(root, "run"))).toEqual(["x"]);
  });

  test("keeps no more of the output than anybody reads, and then its end", async () => {
    const { stdout } = await answers(
      "echo restart",
      undefined,
      "head -c 1000000 /dev/zero | tr '\\0' x; exit 7",
    );
    expect(stdout).toMatch(/^x+\nthe rest of the output is left out: see the journal\nexit 7\n$/);
    expect(stdout.length).toBeLessThan(40_000);
  });

  test("a run goes on to its end though nobody reads, and then it is over", async () => {
    const root = folderOf({
      [`${STATE}/run.sh`]: 'yes "more than a pipe holds" | head -n 20000; : >"${0%/*}/ended"\n',
      "run/x": "",
    });
    const script = moved(answerScript(), root).replace("PATIENCE=50", "PATIENCE=3");
    const ended = join(root, STATE, "ended");
    const reader = `{ n=0; until [ -e ${ended} ] || [ $n = 300 ]; do sleep 0.2; n=$((n + 1)); done; ls ${ended}; }`;
    const asks = `echo restart | {\nset -- answer web 0-1-1001\n${script}\n} | ${reader}`;
    expect((await sh(shell, asks, { before: COMMANDS })).stdout).toBe(`${ended}\n`);
    expect(readFileSync(join(root, STATE, "turn"), "utf8")).toMatch(/^\d+\n$/);
  });

  test("restarts take turns, with a while for others between them", async () => {
    const root = folderOf({ [`${STATE}/run.sh`]: "date +%s; exit 0", "run/x": "" });
    const script = moved(answerScript(), root).replace("WHILE=5", "WHILE=2");
    const one = `(echo restart | {\nset -- answer web 0-1-1001\n${script}\n})`;
    const { stdout } = await sh(shell, `${one}\n${one}`, { before: COMMANDS });
    const [first = 0, second = 0] = stdout
      .split("\n")
      .filter((line) => /^\d+$/.test(line))
      .map(Number);
    expect(second - first).toBeGreaterThanOrEqual(2);
  });
});

const ROOT = '"$(PATH=/usr/bin:/bin id -u)" = 0';

test("the command runs nothing of its caller's as root, where sudo has left his PATH", async () => {
  const root = folderOf({ his: "", [`${STATE}/run.sh`]: 'echo "$*"; hers' });
  const script = moved(commandScript(), root).replace(ROOT, `${ROOT} || true`);
  const before = stubs({ id: `echo "his id" >>${root}/his; echo 0`, hers: `echo hers >>${root}/his` });
  const { stdout } = await sh(SHELLS[0] as Shell, `set -- restart web\n${script}`, { before });
  expect([stdout, readFileSync(join(root, "his"), "utf8")]).toEqual(["restart web\n", ""]);
});

describe("the command, for who is not root,", () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  /** Asks by the command, where a socket answers, and with one of these programs there. */
  async function asks(lines: string, args: string, programs = ["perl"]): Promise<Result & { heard: string }> {
    const root = folderOf({ "run/x": "", [`${STATE}/x`]: "" });
    let heard = "";
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (data) => {
        heard = data.toString();
        socket.end(lines);
      });
    });
    servers.push(server);
    const path = join(root, "run/cdktf-puma-web:operators-deploy.sock");
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const without = ["perl", "ruby"].filter((name) => !programs.includes(name));
    const script = moved(commandScript(), root)
      .replace(ROOT, "1 = 0")
      .replace(/command -v (perl|ruby)/g, (all, name: string) => (without.includes(name) ? "false" : all));
    return { ...(await sh(SHELLS[0] as Shell, `set -- ${args}\n${script}`)), heard };
  }

  test("says the word, prints what comes, and ends as the run did", async () => {
    expect(await asks("one\nexit 3\ntwo\nexit 7\n", "restart web")).toMatchObject({
      code: 7,
      stdout: "one\nexit 3\ntwo\n",
      stderr: "",
      heard: "restart\n",
    });
  });

  test("a connection that ends without one has failed", async () => {
    const { code, stdout, stderr } = await asks("one\nexit 0\ntwo\n", "restart web");
    expect([code, stdout]).toEqual([1, "one\nexit 0\ntwo\n"]);
    expect(stderr).toMatch(/^cdktf-puma: \S+deploy\.sock has told no end: too many ask there at once/);
  });

  test("without a program that connects, and for another service, root is named", async () => {
    expect((await asks("exit 0\n", "restart web", [])).stderr).toMatch(
      /is perl or ruby, and neither is in the PATH: sudo cdktf-puma restart web\n$/,
    );
    expect((await asks("exit 0\n", "restart other")).stderr).toBe(
      "cdktf-puma: only root may: sudo cdktf-puma restart other\n",
    );
  });
});
