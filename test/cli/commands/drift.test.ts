/** What was changed by hand on hosts, as docs/drift.md shows it. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blocksOf, standIn } from "../rooted-hosts";

const STATE = "var/lib/cdktf-puma/web";
const UNITS = "etc/systemd/system";
const fleet = standIn();

/** What systemd says of a unit's properties. */
function systemd(properties: Readonly<Record<string, string>>): void {
  const all = {
    ActiveState: "active",
    UnitFileState: "enabled",
    InvocationID: "a",
    NRestarts: "0",
    InactiveEnterTimestamp: "Fri 2026-11-27 09:14:02 UTC",
    ActiveEnterTimestamp: "Fri 2026-11-27 09:15:00 UTC",
    ...properties,
  };
  const answer = (value: string): string => (value.startsWith("case") ? value : `echo '${value}'`);
  const cases = Object.entries(all).map(([name, value]) => `*"property=${name} "*) ${answer(value)} ;;`);
  fleet.command("systemctl", `case "$*" in\n${cases.join("\n")}\nesac`);
}

const RECORD =
  "owner=blog\nunits=web.socket web.service\ninvocation:web.socket=a\ninvocation:web.service=a\n";

beforeEach(() => {
  systemd({});
  fleet.write("web1", `${STATE}/record`, RECORD);
  fleet.write("web1", `${STATE}/settings`, "PUMA_START_ON='boot'\n");
  for (const unit of ["web.service", "web.socket"]) {
    fleet.write("web1", `${STATE}/written/${unit}`, unit);
    fleet.write("web1", `${UNITS}/${unit}`, unit);
  }
});

const drift = (...words: string[]) => fleet.call("drift", "--hosts", "web1", ...words);
const SERVICE = 'case "$*" in *socket) echo active ;; *) echo';

test("the page has what it says", async () => {
  fleet.write("web1", `${UNITS}/web.service`, "by hand");
  systemd({ ActiveState: 'case "$*" in *socket) echo inactive ;; *) echo active ;; esac' });
  const page = readFileSync(join(__dirname, "../../../docs/drift.md"), "utf8");
  const [shown] = blocksOf(page, "text");
  expect(await fleet.call("drift")).toEqual({ code: 3, out: shown, err: "" });
});

test("what is as it was applied is none", async () => {
  expect(await drift()).toEqual({ code: 0, out: "web on web1: as it was applied\n", err: "" });
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["failed", { ActiveState: `${SERVICE} failed ;; esac` }, "web.service failed, Fri 2026-11-27 09:14:02 UTC"],
  [
    "was started again",
    { InvocationID: `${SERVICE.replace("active", "a")} b ;; esac` },
    "web.service started again, Fri 2026-11-27 09:15:00 UTC",
  ],
])("one that %s is told", async (_, properties, words) => {
  systemd(properties);
  expect((await drift()).out).toBe(`web on web1: ${words}\n`);
});

test("one that was rolled back is told, by whom and when", async () => {
  const generation = "generation=1795000000 1794000000 rollback anna, as ops from 10.0.0.5\n";
  fleet.write("web1", `${STATE}/record`, `${RECORD}${generation}`);
  expect((await drift()).out).toBe(
    "web on web1: rolled back by anna, as ops from 10.0.0.5, 2026-11-27 09:12:33\n",
  );
  fleet.write("web1", `${STATE}/record`, `${RECORD}${generation.replace("rollback", "restart")}`);
  expect(await drift()).toMatchObject({ code: 0 });
});

test("one that is kept stopped is none, unless somebody has started it", async () => {
  fleet.write("web1", `${STATE}/settings`, "PUMA_START_ON='never'\n");
  systemd({ ActiveState: "inactive", UnitFileState: "disabled" });
  expect(await drift()).toMatchObject({ code: 0 });
  systemd({ ActiveState: 'case "$*" in *socket) echo inactive ;; *) echo active ;; esac' });
  expect((await drift()).out).toBe(
    "web on web1: web.service started though kept stopped, Fri 2026-11-27 09:15:00 UTC\n",
  );
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["systemd has started again", { InvocationID: "b", NRestarts: "2" }],
  ["waits for a first connection", { ActiveState: `${SERVICE} inactive ;; esac`, UnitFileState: "disabled" }],
])("one that %s is none", async (_, properties) => {
  systemd(properties);
  expect(await drift()).toMatchObject({ code: 0 });
});

test("a unit that was removed is told, and a file beside units by its own path", async () => {
  unlinkSync(join(fleet.root("web1"), UNITS, "web.socket"));
  fleet.write("web1", `${STATE}/written/web.service.d!50-a.conf`, "a");
  fleet.write("web1", `${UNITS}/web.service.d/50-a.conf`, "b");
  for (const folder of [`${STATE}/written`, UNITS])
    fleet.write("web1", `${folder}/cdktf-puma-restart@web.path`, "c");
  expect((await drift()).out).toBe(
    "web on web1: 50-a.conf edited by hand, 2026-11-27 09:12:33\nweb on web1: web.socket removed by hand, 2026-11-27 09:12:33\n",
  );
});

test("one that could not be asked is named", async () => {
  fleet.command("ssh", 'echo "no route" >&2; exit 255');
  expect(await drift()).toEqual({ code: 1, out: "web on web1: could not be asked: no route\n", err: "" });
  const { out } = await drift("--json");
  expect(JSON.parse(out)).toEqual([
    { stack: "blog", service: "web", host: "web1", drift: [], error: "no route" },
  ]);
});

test("an edit is told by when it came, whatever time the file says", async () => {
  fleet.command("date", 'echo "$2"');
  fleet.write("web1", `${UNITS}/web.service`, "by hand");
  utimesSync(join(fleet.root("web1"), UNITS, "web.service"), 1000, 1000);
  const { out } = await drift();
  fleet.command("date", "echo '2026-11-27 09:12:33'");
  expect(out).toMatch(/^web on web1: web.service edited by hand, @\d{10}\n/);
});

describe("kept for the plan", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-drift-"));
  const file = join(folder, "cdktf-puma.drift.json");
  const kept = (): unknown => (JSON.parse(readFileSync(file, "utf8")) as { stacks: unknown }).stacks;
  const look = (...words: string[]) => fleet.call("drift", "--write", file, ...words);
  const NONE_THERE = { "web on web2": ["nothing of web here, 2026-11-27 09:12:33"] };
  const EDITED = "web.service edited by hand, 2026-11-27 09:12:33";
  const edit = (): void => fleet.write("web1", `${UNITS}/web.service`, "by hand");

  beforeEach(() => {
    rmSync(file, { force: true });
    unlinkSync(join(fleet.root("web1"), `${STATE}/written/web.service.d!50-a.conf`));
    fleet.write("web1", `${STATE}/written/web.service.d!50-a.conf`, "b");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("what was seen stands there by stack and place, and the same is the same text", async () => {
    edit();
    const { out } = await drift();
    expect(await look("--hosts", "web1")).toEqual({ code: 3, out, err: "" });
    expect(readFileSync(file, "utf8")).toBe(
      `{\n  "format": 1,\n  "stacks": {\n    "blog": {\n      "web on web1": [\n        "${EDITED}"\n      ]\n    }\n  }\n}\n`,
    );
    await look();
    expect(kept()).toEqual({ blog: { "web on web1": [EDITED], ...NONE_THERE } });
    expect(readdirSync(folder)).toEqual(["cdktf-puma.drift.json"]);
  });

  test("what is as applied again keeps what was seen last, and another thing takes its place", async () => {
    edit();
    await look("--hosts", "web1");
    fleet.write("web1", `${UNITS}/web.service`, "web.service");
    expect(await look("--hosts", "web1")).toMatchObject({ code: 0 });
    expect(kept()).toEqual({ blog: { "web on web1": [EDITED] } });
    systemd({ ActiveState: 'case "$*" in *socket) echo inactive ;; *) echo active ;; esac' });
    await look("--hosts", "web1");
    expect(kept()).toEqual({ blog: { "web on web1": ["web.socket inactive, Fri 2026-11-27 09:14:02 UTC"] } });
  });

  test("what could not be asked keeps it too, and is told", async () => {
    edit();
    await look();
    fleet.command("ssh", 'echo "no route" >&2; exit 255');
    expect(await look()).toEqual({
      code: 1,
      out: "web on web1: could not be asked: no route\nweb on web2: could not be asked: no route\n",
      err: ["web1", "web2"]
        .map((host) => `web on ${host}: ${file} keeps what was seen before, as it could not be asked\n`)
        .join(""),
    });
    expect(kept()).toEqual({ blog: { "web on web1": [EDITED], ...NONE_THERE } });
  });

  test("so does one whose systemd does not answer", async () => {
    edit();
    systemd({ ActiveState: "case x in *) echo 'Failed to connect to bus' >&2; exit 1 ;; esac" });
    expect((await look("--hosts", "web1")).out).toBe(
      `web on web1: ${EDITED}\nweb on web1: could not be asked: Failed to connect to bus\n`,
    );
    expect(kept()).toEqual({});
  });

  test("what another stack has stays, and what has left this one goes", async () => {
    const shop = { "web on db1": ["web.service edited by hand, 2026-11-20 10:00:00"] };
    const gone = { "web on web9": ["web.service failed, now"] };
    writeFileSync(file, JSON.stringify({ format: 1, stacks: { shop, blog: gone } }));
    await look("--hosts", "web1");
    expect(kept()).toEqual({ shop });
  });

  test("what a host says beyond sentences is no expression, and does not fill the plan", async () => {
    const cases = `case "$*" in *socket) for i in $(seq 50); do echo; echo "drift $i"; done ;; *) echo active ;; esac`;
    systemd({ ActiveState: cases, InactiveEnterTimestamp: '${file("/etc/passwd")} %{ if true }' });
    await look("--hosts", "web1");
    const sentences = (kept() as { blog: Record<string, string[]> }).blog["web on web1"] as string[];
    expect(sentences.length).toBeLessThanOrEqual(20);
    expect(sentences.join()).not.toMatch(/[{}]/);
    expect(Math.max(...sentences.map(({ length }) => length))).toBeLessThanOrEqual(200);
  });

  test("a file of others is left alone, before anything is asked", async () => {
    writeFileSync(file, "[1]");
    expect(await look()).toEqual({
      ...{ code: 1, out: "" },
      err: expect.stringContaining(`${file}: must be an object, got [1]`) as string,
    });
    expect(readFileSync(file, "utf8")).toBe("[1]");
  });
});
