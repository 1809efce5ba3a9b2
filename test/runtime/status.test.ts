/** What somebody sees who looks at a service on its host, in sentences and as lines of KEY=VALUE. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, quoted, says, SHELLS } from "./shell";

const SERVICE = { ActiveState: "active", SubState: "running", NRestarts: "0", InvocationID: "one" };

/** What systemd says of the service, in the place of asking it. */
const facts = (service: Readonly<Record<string, string>>): string =>
  ["", "[web.service]", ...Object.entries(service).map(([name, value]) => `${name}=${value}`)].join("\n");

const LINES: readonly [what: string, status: string, told: string][] = [
  [
    "one process",
    "Puma 6.6.0: worker: { 2/5 threads, 4 available, 0 backlog }",
    "puma=6.6.0\nthreads=1/5\nbacklog=0\n",
  ],
  [
    "a cluster",
    "Puma 8.0.2: cluster: 2/3, worker_status: [{ 5/5 threads, 0 available, 7 backlog },{ 1/5 threads, 5 available, 1 backlog }]",
    "puma=8.0.2\nworkers=2/3\nthreads=5/10\nbacklog=8\n",
  ],
  [
    "a cluster that just boots",
    "Puma 6.6.0: cluster: 0/2, worker_status: [{ / threads,  available,  backlog },{ / threads,  available,  backlog }]",
    "status=Puma 6.6.0: cluster: 0/2, worker_status: [{ / threads,  available,  backlog },{ / threads,  available,  backlog }]\n",
  ],
  ["something else", "42% of \u001b[2Jit", "status=42% of ?[2Jit\n"],
  [
    "numbers that no shell counts",
    "{ 1/99999999999999999999 threads, 1 available, 1 backlog }",
    "status={ 1/99999999999999999999 threads, 1 available, 1 backlog }\n",
  ],
  [
    "numbers that a shell takes for octal ones",
    "{ 1/09 threads, 1 available, 1 backlog }",
    "status={ 1/09 threads, 1 available, 1 backlog }\n",
  ],
  [
    "a command",
    "{ 1/a[$(touch /tmp/x)] threads, 1 available, 1 backlog }",
    "status={ 1/a[$(touch /tmp/x)] threads, 1 available, 1 backlog }\n",
  ],
  ["nothing", "", ""],
];

/** What is known of crashes: how the service is, and for how many seconds it has been up. */
const CRASHES: readonly [what: string, service: object, up: number, told: string][] = [
  ["has never crashed", {}, 5, "restarts=0\n"],
  ["crashed, and has been up for a minute", { NRestarts: "4" }, 60, "restarts=4\n"],
  [
    "crashed, and has not been up for a minute",
    { NRestarts: "2" },
    59,
    "restarts=2\ncrashes=2\ncrashing_since=100\nalarm=page.service\ncause=! broken ?\n",
  ],
  [
    "waits for its next start",
    { NRestarts: "2", ActiveState: "activating", SubState: "auto-restart" },
    0,
    "restarts=2\ncrashes=3\ncrashing_since=100\nalarm=page.service\nalarm_at=103\ncause=! broken ?\nnext_start=7\n",
  ],
  [
    "is not started again",
    { ActiveState: "failed", SubState: "failed" },
    0,
    "restarts=0\ncrashes=1\ncause=! broken ?\n",
  ],
  [
    "crashed until somebody stopped it",
    { NRestarts: "2", ActiveState: "inactive", SubState: "dead" },
    0,
    "restarts=2\n",
  ],
];

/** What the status makes of where the link leads. */
interface Linked {
  readonly target: string;
  readonly record: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly active?: boolean;
}
const BY_PATH = { "etc/systemd/system/web.service.d/50-cdktf-puma-last-release.conf": "" };
const CAME = "path=ROOT/srv/app/releases/1\ngeneration=90 90 apply ada";
const WENT_BACK = "path=ROOT/srv/app/releases/1\ngeneration=90 80 rollback ada";
const LINKS: readonly [what: string, state: Linked, told: string][] = [
  ["that runs from there", { target: "releases/1", record: CAME, active: true }, ""],
  ["that runs", { target: "releases/2", record: CAME, active: true }, "linked=/srv/app/releases/2\n"],
  ["that crashes", { target: "releases/2", record: CAME }, "linked=/srv/app/releases/2\n"],
  ["that crashes where it was healthy", { target: "releases/1", record: CAME }, ""],
  ["that was never healthy", { target: "releases/1", record: "" }, ""],
  [
    "that was rolled back, and has been started by the link since",
    { target: "releases/2", record: WENT_BACK, active: true },
    "rolled_back=@80 by ada\nlinked=/srv/app/releases/2\n",
  ],
  [
    "that was rolled back, and is started by its own path",
    { target: "releases/2", record: WENT_BACK, active: true, files: BY_PATH },
    "rolled_back=@80 by ada\n",
  ],
  [
    "whose failed run has started the last one",
    { target: "releases/2", record: CAME, active: true, files: BY_PATH },
    "release_before=yes\n",
  ],
];

const SEEN = `unit=web.socket active running
unit=web.service activating auto-restart
not_waiting=cdktf-puma-web:operators-ops.socket
restart_failed=cdktf-puma-restart@web.service
crashes=3
crashing_since=100
alarm=page.service
alarm_at=103
cause=! broken
next_start=7
health=failed
health_said=HTTP 503
asked=http://0.0.0.0:9292
puma=6.6.0
workers=2/2
threads=4/10
backlog=3
memory=5242880
locked=anna since noon: a move
release=7
path=/srv/app/7
deployed=90
deployed_by=ada (ops from 10.0.0.5)
linked=/srv/app/8
rolled_back=@80 by ben
edited=/etc/systemd/system/web.service
out=yes
run=cdktf-puma apply of web on a by ben
run_since=120
run_step=waiting for web.service
last=so
`;

const SAID = `web.socket is active (running)
web.service is activating (auto-restart)
cdktf-puma-web:operators-ops.socket is not active, so nothing comes by it: systemctl restart cdktf-puma-web:operators-ops.socket
the last restart by itself failed, and is not tried again until there is another change: journalctl -u cdktf-puma-restart@web.service
it crashed 3 times in a row since @100: ! broken
systemd starts it again in 7 s
page.service was started at @103: somebody is told
asked now, http://0.0.0.0:9292 is NOT healthy: HTTP 503
Puma 6.6.0: 2 of 2 workers, 4 of 10 threads busy, 3 requests wait for one, 5 MB
locked by anna since noon: a move
release 7, last healthy in /srv/app/7
deployed by ada (ops from 10.0.0.5), @90
it was rolled back to the generation of @80 by ben: an apply that has something to do here brings what the stack says
/srv/current leads to /srv/app/8 by now: the next start takes that, and be it after a crash or a reboot
/etc/systemd/system/web.service was edited on the host
it may be out of the balancer: the next apply puts it back in
a run is under way: cdktf-puma apply of web on a by ben since @120; it is at: waiting for web.service
last run: so
`;

describe.each(SHELLS)("under $name", (shell) => {
  test.each(LINES)("Puma's status line of %s", async (_, status, told) => {
    const script = `tell_status ${quoted(status)}; printf %s "$seen"`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe(told);
  });

  test.each(CRASHES)("a Puma that %s", async (_, service, up, told) => {
    const journal = `journalctl() {
      case "$*" in
        *UNIT=page.service*JOB_TYPE=start*) echo "103.5 a systemd: x" ;;
        *UNIT=web.service*_UID=0*N_RESTARTS=1*) echo "100.5 a systemd: x" ;;
      esac
    }
    note_ends() { :; }
    cause_of_start() { printf '! broken \\033'; }`;
    const script = `${journal}\nfacts=${quoted(facts({ ...SERVICE, ...service }))}\ntell_crashes ${up} 7\nprintf %s "$seen"`;
    const settings = { PUMA_ALARM: "page.service" };
    expect(await says(shell, `${functions(settings)}\n${script}`)).toBe(told);
  });

  test.each([
    ["boot", "link /srv", "not_waiting=b.path\nrestart_failed=cdktf-puma-restart@web.service\n"],
    ["boot", "", "not_waiting=b.path\n"],
    ["never", "link /srv", ""],
  ])("what is beside a service that starts on %s, and watches '%s'", async (startOn, watched, told) => {
    const script = `companions="a.socket b.path"
      facts=${quoted("\n[a.socket]\nActiveState=active\n\n[b.path]\nActiveState=failed\n")}
      systemctl() { [ "$*" = "--quiet is-failed -- cdktf-puma-restart@web.service" ]; }
      tell_puma() { :; }
      tell_state; printf %s "$seen" | grep -e waiting -e failed`;
    const settings = { PUMA_START_ON: startOn, PUMA_WATCHED: watched };
    expect(await says(shell, `${functions(settings)}\n${script} || :`)).toBe(told);
  });

  test("a time that the journal does not tell is not made up", async () => {
    const script = `journalctl() { echo "-- No entries --"; }\nsaid_at web.service\nprintf %s "[$found]"`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe("[]");
  });

  test.each(LINKS)("of the link of a service %s", async (_, { target, record, files = {}, active }, told) => {
    const root = folderOf(files);
    const state = join(root, "var/lib/cdktf-puma/web");
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, "record"), `format=1\nowner=site\n${record.replaceAll("ROOT", root)}\n`);
    for (const one of ["1", "2"]) mkdirSync(join(root, "srv/app/releases", one), { recursive: true });
    symlinkSync(target, join(root, "srv/app/current"));
    const script = `application_path() { echo "${root}/srv/app/releases/1"; }
      facts=${quoted(facts({ ActiveState: active ? "active" : "activating" }))}
      time_of_generation() { printf %s "@$1"; }
      tell_way_back; printf %s "$seen"`;
    const settings = { PUMA_DIRECTORY: `${root}/srv/app/current` };
    const said = await says(shell, `${functions(settings, root)}\n${script}`);
    expect(said.replaceAll(root, "")).toBe(told);
  });

  test("all of it in sentences", async () => {
    const script = `at_time() { printf %s "@$1"; }\nseen=${quoted(SEEN)}
      for one in units companions crashes health puma lock release edits runs; do "say_$one"; done`;
    expect(await says(shell, `${functions({ PUMA_DIRECTORY: "/srv/current" })}\n${script}`)).toBe(SAID);
  });

  test("what was rolled back and what is locked is told, to programs as to people", async () => {
    const root = folderOf({
      "var/lib/cdktf-puma/web/record": "release=7\npath=/srv/7\ngeneration=9-a 5-b rollback ops\u001b\n",
      "var/lib/cdktf-puma/web/locked": "by=anna\u001b\nsince=noon\nwhy=a move\n",
    });
    const script = `time_of_generation() { printf %s "@$1"; }\nis_active() { false; }
      property() { found=''; }\ntell_puma() { :; }\ntell_state\ntell_release\nprintf %s "$seen"`;
    const told = (await says(shell, `${functions({}, root)}\n${script}`)).split("\n");
    expect(told).toContain("locked=anna? since noon: a move");
    expect(told).toContain("rolled_back=@5-b by ops?");
    const say = `seen=${quoted("rolled_back=@5-b by ops\nrelease=7\npath=/srv/7\n")}\nsay_release`;
    expect(await says(shell, `${functions()}\n${say}`)).toContain(
      "\nit was rolled back to the generation of @5-b by ops: an apply ",
    );
  });

  test("what only looks has a folder and a unit of its own, beside a run that is under way", async () => {
    const root = folderOf({ "run/cdktf-puma/web/step": "at work" });
    const script = functions({}, root).replace(" apply me ", " status me ");
    const told = await says(shell, `${script}\nprintf '%s %s' "\${STAGE#*/run/}" "$ASKED_UNIT"`);
    expect(told).toMatch(/^cdktf-puma\/web:\d+ cdktf-puma-web:status-\d+\.service$/);
  });

  test.each([
    ["a run that changes something", "started=7", "deployed=7\ndeployed_by=me\n"],
    ["one with nothing to do", "started=0", "deployed=3\ndeployed_by=ada\n"],
  ])("the record tells who has deployed: %s", async (_, script, told) => {
    const root = folderOf({ "var/lib/cdktf-puma/web/record": "deployed=3\ndeployed_by=ada\n" });
    const all = await says(shell, `${functions({}, root)}\n${script}\nwrite_record 1 /srv`);
    expect(all.replace(/^(?!deployed).*\n/gm, "")).toBe(told);
  });
});
