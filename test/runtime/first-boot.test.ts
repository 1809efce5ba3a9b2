/** What a machine does with what cloud-init has laid ready, with stand-ins for systemd: see test/prove/first-boot.prove.ts. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { firstBootScript } from "../../lib/runtime/parts";
import { folderOf, moved, quoted, sh, SHELLS } from "./shell";

const UNIT = "/etc/systemd/system/web.service";
const CONFIG = "/etc/puma/web.rb";
const STOP = "/var/lib/cdktf-puma/web/stop.sh";
const BACK_OFF = "/etc/systemd/system/web.service.d/50-cdktf-puma-back-off.conf";
const RECORD = "format=1\nowner=blog\nrelease=1\n";

const SETTINGS = {
  PUMA_SERVICE: "web",
  PUMA_UNITS: "web.service",
  PUMA_ENABLED_UNITS: "web.service",
  PUMA_START_ON: "boot",
  PUMA_TAKE_OVER: "false",
  PUMA_USER: "deploy",
  PUMA_GROUP: "",
  PUMA_DIRECTORY: "/",
  PUMA_START_TIMEOUT: "1",
  PUMA_BACK_OFF: "RestartSteps=5 RestartMaxDelaySec=30",
  PUMA_HEALTH_BIND: "http 0.0.0.0 9292",
};

/** A systemd that says a property for each name, and writes down what else it is asked for. */
const systemctl = (properties: Record<string, string> = {}): string => {
  const shown = {
    ActiveState: "active",
    NRestarts: "0",
    InvocationID: "0a5f",
    RestartSteps: "0",
    ...properties,
  };
  const cases = Object.entries(shown).map(([name, value]) => `--property=${name}) echo '${value}' ;;`);
  return `systemctl() { case $1 in show) case $2 in ${cases.join("\n")} esac ;; *) log "systemctl $*" ;; esac; }`;
};

const COMMANDS = `chown() { log "chown $2"; }
id() { case $1 in -u) [ "$3" = deploy ] ;; -gn) echo web ;; esac; }
journalctl() { printf 'a word of Puma\\033[31m\\n'; }
curl() { for url; do :; done; log "curl $url"; }
sleep() { :; }`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly log: string[];
  readonly at: (path: string) => string;
}

describe.each(SHELLS)("under $name", (shell) => {
  /** A boot of a machine whose image has some files. */
  async function boot(
    settings: Partial<typeof SETTINGS> = {},
    commands = systemctl(),
    image: Record<string, string> = {},
  ): Promise<Ended> {
    const ready = { [UNIT]: "[Unit]\n", [CONFIG]: "workers 0\n", [STOP]: "stop\n", "/record": RECORD };
    const laid = Object.entries(ready).map(([path, text]) => [`ready${path}`, text]);
    const root = folderOf({ log: "", ...Object.fromEntries(laid), ...image });
    const log = join(root, "log");
    // With what another root has, the script's own paths lead there.
    const inRoot = (text: string): string => moved(text, root).replaceAll(CONFIG, `${root}${CONFIG}`);
    const files = [
      `${UNIT} 644 root:root unit :`,
      `${CONFIG} 640 root:@ restart :`,
      `${STOP} 644 root:root none :`,
    ];
    const all = { ...SETTINGS, ...settings, PUMA_FILES: inRoot(files.join("\n")) };
    const lines = Object.entries(all).map(([name, value]) => `${name}=${quoted(value)}`);
    const head = [...lines, `log() { echo "$*" >>${log}; }`, COMMANDS, commands];
    // What is laid ready stands below the folder by its whole path.
    const script = `${head.join("\n")}\nmkdir -p "$1${root}"\ncp -R ${root}/ready/. "$1${root}/"\ncp ${root}/ready/record "$1/record"\n${inRoot(firstBootScript())}`;
    const { code, stdout, stderr } = await sh(shell, script, { args: [join(root, "laid")] });
    expect(stderr).toBe("");
    const at = (path: string): string => join(root, path);
    return { code, stdout, log: readFileSync(log, "utf8").split("\n").filter(Boolean), at };
  }

  const read = ({ at }: Ended, path: string): string => readFileSync(at(path), "utf8");

  test("all is in its place, with its access, copies and a record, and started", async () => {
    const ended = await boot();
    expect([ended.code, ended.stdout]).toEqual([0, "cdktf-puma: web came up: web.service\n"]);
    expect([UNIT, CONFIG, STOP].map((path) => (statSync(ended.at(path)).mode & 0o777).toString(8))).toEqual([
      ...["644", "640", "644"],
    ]);
    expect(ended.log).toEqual([
      ...["chown root:root", "chown root:web", "chown root:root", "chown root:root"],
      ...["systemctl daemon-reload", "systemctl --quiet enable -- web.service"],
      ...["systemctl stop -- web.service", "systemctl start -- web.service"],
      "curl http://127.0.0.1:9292/",
    ]);
    expect(read(ended, BACK_OFF)).toBe("[Service]\nRestartSteps=5\nRestartMaxDelaySec=30\n");
    const record = read(ended, "/var/lib/cdktf-puma/web/record");
    expect(record.startsWith(RECORD)).toBe(true);
    expect(record.replaceAll(ended.at("/").slice(0, -1), "")).toContain(`\nfiles=${CONFIG} ${BACK_OFF}\n`);
    expect(record).toContain("\ninvocation:web.service=0a5f\n");
    for (const folder of ["written", "live"])
      expect(read(ended, `/var/lib/cdktf-puma/web/${folder}/web.service`)).toBe("[Unit]\n");
    expect(existsSync(ended.at("laid"))).toBe(false);
  });

  test("a systemd that does not know the waits is told nothing of them", async () => {
    const ended = await boot({}, systemctl({ RestartSteps: "" }));
    expect([ended.code, existsSync(ended.at(BACK_OFF))]).toEqual([0, false]);
  });

  test.each([
    [UNIT, "is in the image, and not of this stack, so nothing was installed: "],
    [CONFIG, "is in the image, and not of this stack, so nothing was installed: "],
    [
      "/var/lib/cdktf-puma/web/record",
      "web belongs to another stack in this image, so nothing was installed: ",
    ],
  ])("what the image has of others stays: %s", async (path, words) => {
    const image = { [path.slice(1)]: "owner=shop\n" };
    const ended = await boot({}, systemctl(), image);
    expect([ended.code, read(ended, path), ended.log]).toEqual([1, "owner=shop\n", []]);
    expect(ended.stdout).toContain(words);
    const taken = await boot({ PUMA_TAKE_OVER: "true" }, systemctl(), image);
    expect([taken.code, read(taken, UNIT)]).toEqual([0, "[Unit]\n"]);
  });

  test("what the image has of the same stack is replaced", async () => {
    const image = { [UNIT.slice(1)]: "old\n", "var/lib/cdktf-puma/web/record": RECORD };
    const ended = await boot({}, systemctl(), image);
    expect([ended.code, read(ended, UNIT)]).toEqual([0, "[Unit]\n"]);
  });

  test.each([
    [
      "that systemd cannot start",
      "start",
      `${systemctl().replace("*) log", "start) return 1 ;; *) log")}`,
      "systemd could not start it",
    ],
    [
      "that ends again and again",
      "ends",
      systemctl({ NRestarts: "1", ActiveState: "activating" }),
      "Puma ends again and again",
    ],
    [
      "that never answers",
      "silent",
      `${systemctl()}\ncurl() { return 7; }`,
      "Puma does not answer within 1s",
    ],
  ])("a Puma %s: the log says why, and what is there is on record", async (_, __, commands, words) => {
    const ended = await boot({}, commands);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain(`cdktf-puma: web.service: ${words}; it last said:\na word of Puma?[31m\n`);
    expect(ended.stdout).toContain("web is installed, but does not serve: see journalctl -u web;");
    expect(read(ended, "/var/lib/cdktf-puma/web/record")).toContain("\nunits=web.service\n");
  });

  test("without the user Puma runs as, it says so", async () => {
    const { stdout } = await boot({ PUMA_USER: "app", PUMA_GROUP: "web" });
    expect(stdout).toContain("there is no user 'app' on this machine: ");
  });

  test.each([
    ["at the first connection", { PUMA_START_ON: "firstConnection" }, ["systemctl start -- web.service"]],
    ["not at all", { PUMA_ENABLED_UNITS: "", PUMA_START_ON: "never" }, []],
    [
      "where no bind can be asked",
      { PUMA_HEALTH_BIND: "unix /run/a.sock" },
      ["systemctl start -- web.service"],
    ],
  ])("Puma is asked for nothing that starts %s", async (_, settings, last) => {
    const { code, log } = await boot(settings);
    expect([code, log.filter((line) => /curl|start --/.test(line))]).toEqual([0, last]);
  });
});
