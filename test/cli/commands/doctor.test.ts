/** What hosts lack, as docs/doctor.md shows it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf } from "../rooted-hosts";
import { StandIn } from "../stand-in";

const hosts = new StandIn();
afterAll(() => hosts.close());

const page = readFileSync(join(__dirname, "../../../docs/doctor.md"), "utf8");

/** What an apply's dry run prints. */
const READY = `web.socket: would be installed
web.service: would be installed
would be enabled: web.socket web.service
web.socket web.service would be started: the service is new
`;
const LACKING = `an apply would change nothing, because of
  - the user 'app' does not exist ('user')
  - there is no directory /srv/app ('workingDirectory')
`;

beforeEach(() => {
  hosts.synthesize({ web: ["web1", "web2", "web3"] });
  hosts.answers("10.0.1.11", "cdktf-puma-script", { says: READY });
  hosts.answers("10.0.1.12", "cdktf-puma-script", { says: LACKING });
  hosts.isDown("10.0.1.13", "ssh: connect to host 10.0.1.13 port 22: Connection refused");
});

test("the page has what it says", async () => {
  const [shown] = blocksOf(page, "text");
  expect(await hosts.call(["doctor"])).toEqual({ code: 3, out: shown, err: "" });
});

test("where no host lacks anything, it succeeds", async () => {
  expect(await hosts.call(["doctor", "--hosts", "web1"])).toMatchObject({ code: 0 });
});

test("where none lacks anything, and one is not asked, that is another status", async () => {
  expect(await hosts.call(["doctor", "--hosts", "web1,web3"])).toMatchObject({ code: 1 });
});

test("programs get the same", async () => {
  const { code, out } = await hosts.call(["doctor", "--json", "--hosts", "web2"]);
  const lines = LACKING.split("\n").slice(1, 3);
  expect([code, JSON.parse(out)]).toEqual([
    3,
    [{ stack: "blog", service: "web", host: "web2", isReady: false, lines }],
  ]);
});

test("all that is said counts where the dry run itself fails", async () => {
  const says =
    "also wrong on web1:\n  - there is no directory /srv/app\nFAILED on web1: ops cannot become root\n";
  hosts.answers("10.0.1.11", "cdktf-puma-script", { says, status: 1 });
  expect(await hosts.call(["doctor", "--hosts", "web1"])).toMatchObject({
    code: 3,
    out: `web on web1: not ready\n  also wrong on web1:\n  - there is no directory /srv/app\n  FAILED on web1: ops cannot become root\n`,
  });
});
