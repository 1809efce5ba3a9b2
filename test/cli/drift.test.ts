/** What was changed by hand on hosts, as docs/drift.md shows it. */
import { readFileSync, unlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { blocksOf, standIn } from "./rooted-hosts";

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
  const page = readFileSync(join(__dirname, "../../docs/drift.md"), "utf8");
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
  expect(out).toMatch(/^web on web1: web.service edited by hand, @\d{10}\n$/);
});
