/** docs/command-line.md shows what the commands print, as it is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../example";
import { down, facts, StandIn } from "./stand-in";

const at = new StandIn();
afterAll(() => at.close());

const RESTARTED = `rehearsing the new version on a bind of its own
unix:/run/cdktf-puma-web-rehearsal/puma.sock answers HTTP 200
restarting web.service: asked for by ops
http://0.0.0.0:9292 answers HTTP 200
done: web.socket web.service
`;
const REFUSED = `rehearsing the new version on a bind of its own
FAILED on web2: the new version did not start, in a rehearsal that no request of a user met: ! Unable to load application: RuntimeError: no such release
  nothing was changed
`;

const RELEASE = { release: "2026-11-26" };

beforeAll(() => {
  const hosts = ["web1", "web2", "web3"];
  at.synthesize({ web: hosts, api: hosts });
  const idle = facts("api", { ...RELEASE, threads: "0/5" });
  const crashing = down("web", "activating auto-restart", {
    ...{ ...RELEASE, restarts: "14", crashes: "15", cause: "! Unable to load application: no such release" },
    ...{ release_before: "yes", last: "2026-11-26 09:14:00 by bob: failed: the new version did not start" },
  });
  at.answers("10.0.1.11", "survey ", { says: facts("web", RELEASE) + idle });
  at.answers("10.0.1.12", "survey ", { says: crashing + idle });
  at.isDown("10.0.1.13");
  at.answers("10.0.1.11", "journalctl", {
    says: "2026-11-26T09:12:07+00:00 puma[304]: * Listening on http://0.0.0.0:9292\n2026-11-26T09:14:00+00:00 puma[304]: GET /up 200\n",
  });
  at.answers("10.0.1.12", "journalctl", {
    says: "2026-11-26T09:13:58+0000 puma[811]: ! Unable to load application: RuntimeError: no such release\n2026-11-26T09:13:58+0000 systemd[1]: web.service: Main process exited, code=exited, status=1/FAILURE\n",
  });
  const applied = "apply by ops from 10.0.1.7: release (none), code in /srv/app/releases/1\n";
  at.answers("10.0.1.11", "history", {
    says: `* 2026-11-27 09:24:18 rollback by ops: release (none), code in /srv/app/releases/2\n  2026-11-27 09:23:50 ${applied}`,
  });
  at.answers("10.0.1.12", "history", { says: `* 2026-11-27 09:23:52 ${applied}` });
  at.answers("10.0.1.11", "puma restart", { says: RESTARTED });
  at.answers("10.0.1.12", "puma restart", { says: REFUSED, status: 1 });
});

const PAGE = readFileSync(join(ROOT, "docs/command-line.md"), "utf8");

/** Each call of the page, and what stands below it. */
const SHOWN = [...PAGE.matchAll(/```sh\nnpx cdktf-puma (.*)\n```\n\n```(?:text|json)\n([^]*?)```/g)];

const wordsOf = (line: string): string[] =>
  (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/'/g, ""));

test("all calls are found", () => {
  expect(SHOWN).toHaveLength((PAGE.match(/^```sh$/gm) ?? []).length);
});

test.each(SHOWN.map(([, line, shown]) => [line as string, shown as string]))("%s", async (line, shown) => {
  const { out, err } = await at.call(wordsOf(line), { columns: 80 });
  expect(out + err).toBe(shown);
});

test("no line of what is a table exceeds 80 columns", async () => {
  const [table = ""] = (await at.call(["status"], { columns: 80 })).out.split("\n\n");
  expect(Math.max(...table.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
});
