/** A drop-in of a unit that something else owns: what overrides it, what a change of it asks for, and what goes back. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deployedDropIn, DropIn } from "../../lib/deploy/drop-in";
import { type DropInProps } from "../../lib/deploy/drop-in-props";
import { HealthCheck } from "../../lib/deploy/health-check";
import { keptScript } from "../../lib/deploy/run-script";
import { PropPath } from "../../lib/values/prop-path";
import { host } from "./scripts";
import { folderOf, functions, quoted, says, type Shell, SHELLS, stubs } from "./shell";
import { actionProblems } from "./shell-rules";

const UNIT = "shop.service";
const SERVICE = "shop.service:tuning";
const FOLDER = `etc/systemd/system/${UNIT}.d`;
const FILE = `${FOLDER}/60-tuning.conf`;
const STATE = `var/lib/cdktf-puma/${SERVICE}`;
const NEW = `run/cdktf-puma/${UNIT}@tuning/new`;
const COPY = `${UNIT}.d!60-tuning.conf`;

interface Case {
  /** What the drop-in is to say; undefined where it is to go. */
  readonly wanted?: string;
  /** Files of the host by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /** What systemd has read beside it. */
  readonly others?: readonly string[];
  /** Whether the unit was started again since the record was written. */
  readonly startedAgain?: boolean;
  readonly active?: string;
  readonly cutOff?: boolean;
}

/** A host, and the shell of a run there that has looked at it. */
function of({ wanted, files, others = [], startedAgain, active = "active", cutOff = false }: Case): {
  root: string;
  prelude: string;
} {
  const root = folderOf({
    "etc/systemd/system/x": "",
    ...files,
    ...(files?.[`${STATE}/live/${COPY}`] !== undefined && {
      [`${STATE}/record`]: `owner=site\nunits=\nfiles=ROOT\ninvocation:${UNIT}=1\n`,
    }),
  });
  const path = `${root}/${FILE}`;
  const run =
    wanted === undefined
      ? ""
      : `mkdir -p ${root}/${NEW}${root}/${FOLDER}; printf %s ${quoted(wanted)} >${root}/${NEW}${path}`;
  const facts = [
    `[${UNIT}]`,
    "LoadState=loaded",
    `ActiveState=${active}`,
    `InvocationID=${startedAgain ? 2 : 1}`,
    `DropInPaths=${others.map((one) => `${root}/${one}`).join(" ")}`,
  ].join("\n");
  const prelude = functions(
    {
      PUMA_SERVICE: SERVICE,
      PUMA_START_ON: "others",
      PUMA_RESTART: "hot",
      PUMA_RELOAD_ONLY: "Service.MemoryMax",
      PUMA_SINGLE: "Service.Nice Service.MemoryMax Unit.Description",
      PUMA_FILES: wanted === undefined ? "" : `${path} 644 root:root drop-in :`,
    },
    root,
  );
  const record = `[ ! -f ${root}/${STATE}/record ] || { sed "s|ROOT|${path}|" ${root}/${STATE}/record >${root}/r; cat ${root}/r >${root}/${STATE}/record; }`;
  return {
    root,
    prelude: `${run}\n${record}\n${prelude}\nfacts=${quoted(`\n${facts}`)}\ncut_off=${cutOff}; read_files; read_units; read_sums`,
  };
}

const service = (...lines: string[]): string => ["[Service]", ...lines, ""].join("\n");

/** A drop-in behind, or ahead of, one that says Nice=5, Environment=A=1 and PATHS; what overrides, less the file. */
const OVERRIDES: readonly [name: string, file: string, text: string, told: string][] = [
  ["another value behind", "70-x.conf", service("Nice=7"), "Nice"],
  ["somebody's systemctl edit", "override.conf", service("Nice=7"), "Nice"],
  ["another value ahead", "50-x.conf", service("Nice=7"), ""],
  ["the same value", "70-x.conf", service("Nice=5"), ""],
  ["white space around it", "70-x.conf", "[Service]\n  Nice = 7\n", "Nice"],
  ["another section", "70-x.conf", "[Unit]\nNice=7\n", ""],
  ["a comment", "70-x.conf", service("# Nice=7", ";Nice=7"), ""],
  ["a reset of a list", "70-x.conf", service("Environment="), "Environment"],
  ["another variable", "70-x.conf", service("Environment=B=2"), ""],
  ["the same variable", "70-x.conf", service("Environment=B=2 A=2"), "Environment"],
  ["the same variable in quotes", "70-x.conf", service('Environment="A=2 3"'), "Environment"],
  ["one whose name only ends so", "70-x.conf", service("Environment=AA=2 BA=3"), ""],
  ["more of a list", "70-x.conf", service("ReadWritePaths=/srv"), ""],
  ["a line that goes on", "70-x.conf", "[Service]\nEnvironment=B=2 \\\n  A=2\n", "Environment"],
  ["two lines of one directive once", "70-x.conf", service("Nice=7", "Nice=8"), "Nice"],
];

const OURS = service("Nice=5", "Environment=A=1 C=3", "ReadWritePaths=/var");

describe.each(SHELLS)("$name", (shell: Shell) => {
  test.each(OVERRIDES)("%s", async (_, file, text, told) => {
    const other = `${FOLDER}/${file}`;
    const { root, prelude } = of({ wanted: OURS, files: { [other]: text }, others: [other, FILE] });
    expect(await says(shell, `${prelude}; overrides`)).toBe(told && `${told} ${root}/${other}\n`);
  });

  test("a drop-in that has come since systemd last read its files counts, too", async () => {
    const other = `${FOLDER}/override.conf`;
    const { root, prelude } = of({ wanted: OURS, files: { [other]: service("Nice=7") } });
    const changed = `facts="$facts\nNeedDaemonReload=yes"`;
    expect(await says(shell, `${prelude}; ${changed}; overrides`)).toBe(`Nice ${root}/${other}\n`);
  });

  const live = (text: string): Record<string, string> => ({
    [`${STATE}/live/${COPY}`]: text,
    [`${STATE}/written/${COPY}`]: text,
    [FILE]: text,
  });

  test.each<[name: string, host: Case, decision: string]>([
    ["none was there", { wanted: OURS }, "service/shop.service changed: Nice, Environment, ReadWritePaths/"],
    ["a limit alone", { wanted: service("MemoryMax=1G") }, "none//MemoryMax"],
    ["nothing changed", { wanted: OURS, files: live(OURS) }, "none//"],
    [
      "a value changed",
      { wanted: OURS.replace("5", "6"), files: live(OURS) },
      "service/shop.service changed: Nice/",
    ],
    ["it goes", { files: live(OURS) }, "service/shop.service changed: Nice, Environment, ReadWritePaths/"],
    ["it goes, and was a limit", { files: live(service("MemoryMax=1G")) }, "none//MemoryMax"],
    [
      "the unit does not run",
      { wanted: OURS, active: "inactive" },
      "none/shop.service changed: Nice, Environment, ReadWritePaths/",
    ],
    [
      "the unit starts again and again",
      { wanted: OURS, active: "activating" },
      "service/shop.service changed: Nice, Environment, ReadWritePaths/",
    ],
    [
      "a run was cut off that had stopped the unit",
      {
        wanted: OURS,
        active: "failed",
        files: {
          ...live(OURS),
          [`${STATE}/before/others`]: "active",
          [`${STATE}/before/touched`]: "service\n",
        },
        cutOff: true,
      },
      "service/the run before this one was cut off/",
    ],
    [
      "a run was cut off, of a unit that did not run",
      {
        wanted: OURS,
        active: "failed",
        files: {
          ...live(OURS),
          [`${STATE}/before/others`]: "inactive",
          [`${STATE}/before/touched`]: "service\n",
        },
        cutOff: true,
      },
      "none/the run before this one was cut off/",
    ],
    [
      "it was edited there, and the unit was started again since",
      { wanted: OURS, files: { ...live(OURS), [FILE]: service("Nice=9") }, startedAgain: true },
      "service/shop.service changed: Nice, Environment, ReadWritePaths/",
    ],
    [
      "it was edited there, and nothing has read that yet",
      { wanted: OURS, files: { ...live(OURS), [FILE]: service("Nice=9") } },
      "none//",
    ],
  ])("%s", async (_, one, decision) => {
    const { prelude } = of(one);
    expect(await says(shell, `${prelude}; compare; decide; echo "$work/$reason/$taken_up"`)).toBe(
      `${decision}\n`,
    );
  });

  test.each([
    ["EnvironmentFile=-/srv/app/extra.env", "directives.Service", "reads /srv/app/extra.env"],
    ["StandardOutput=append:/srv/app/%p.log", "directives.Service", "writes /srv/app/"],
    ["ExecStartPre=+/srv/app/prepare now", "directives.Service", "runs /srv/app/prepare"],
  ])("what our lines have root open where others write is a problem: %s", async (line, prop, told) => {
    const { prelude } = of({ wanted: service("Nice=5", line) });
    const namei = `printf '%s\\n' "f: $3" "drwxr-xr-x root root /" "drwxr-xr-x root root srv" "drwxr-xr-x deploy deploy app"`;
    const said = await says(shell, `${prelude}; check_opened_by_lines; echo "$problems"`, {
      before: stubs({ namei }),
    });
    expect(said).toContain(`- /srv/app belongs to deploy: `);
    expect(said).toContain(`systemd ${told}`);
    expect(said).toContain(`('${prop}')`);
    expect(said).not.toContain("tuning.log");
  });

  test("where our lines have root open nothing, nothing is asked", async () => {
    const { prelude } = of({ wanted: OURS });
    const before = stubs({ namei: "echo asked >&2" });
    expect(await says(shell, `${prelude}; check_opened_by_lines; echo "$problems"`, { before })).toBe("\n");
  });

  test("what is asked for by another name of the unit is told the right one", async () => {
    const { prelude } = of({ wanted: OURS, others: [FILE] });
    const before = stubs({ systemctl: "echo social.service" });
    expect(await says(shell, `${prelude}; check_others_unit; echo "$problems"`, { before })).toBe(
      "\n  - shop.service is another name of social.service: give that one ('unit')\n",
    );
  });

  test("a run that is under way is looked for by the unit that it is at, and what it writes is no edit", async () => {
    const files = { ...live(OURS), [FILE]: service("Nice=9"), [`${STATE}/before/x`]: "" };
    const { prelude } = of({ wanted: OURS, files });
    const seen = `seen=''; make_stage; note step "at work"; tell_edits; tell_runs; printf %s "$seen"`;
    const systemctl = `case "$*" in *"-- cdktf-puma-shop.service.service"*) printf 'ActiveState=active\\nDescription=a run\\nActiveEnterTimestampMonotonic=1000000\\n' ;; esac`;
    const said = await says(shell, `${prelude}; ${seen}`, { before: stubs({ systemctl }) });
    expect(said).toMatch(/^run=a run\nrun_since=\d+\nrun_step=at work\n/);
  });

  test("to go back leaves the unit's own file alone, and how it is enabled", async () => {
    const own = `etc/systemd/system/${UNIT}`;
    const { root, prelude } = of({ wanted: OURS, files: { [own]: service("ExecStart=/bin/true") } });
    const commands = stubs({ systemctl: `echo "$*" >>${root}/called` });
    const script = `${prelude}; make_stage; begin; mkdir -p ${root}/${FOLDER}; cp ${root}/${own} ${root}/${FILE}; echo more >>${root}/${own}; undo`;
    await says(shell, script, { before: commands });
    expect(existsSync(join(root, FILE))).toBe(false);
    expect(readFileSync(join(root, own), "utf8")).toBe(`${service("ExecStart=/bin/true")}more\n`);
    const called = readFileSync(join(root, "called"), "utf8").trim().split("\n");
    expect(called.filter((one) => !one.startsWith("daemon-reload"))).toEqual([]);
  });

  test("an instance of a template, and a service, are told by their names", async () => {
    const names = ["puma:blog.service:tuning", "shop.service:a", "web"].map((PUMA_SERVICE) =>
      says(shell, `${functions({ PUMA_SERVICE })}\necho "$SERVICE_UNIT $OTHERS_UNIT $STAGE"`),
    );
    expect(await Promise.all(names)).toEqual([
      "puma@blog.service puma@blog.service /nowhere/run/cdktf-puma/puma@blog.service@tuning\n",
      "shop.service shop.service /nowhere/run/cdktf-puma/shop.service@a\n",
      "web.service  /nowhere/run/cdktf-puma/web\n",
    ]);
  });
});

test("as it is taken away, nothing is asked for that it was not told before", () => {
  const healthCheck = HealthCheck.http("/", { warmUp: ["/"] });
  const props: DropInProps = { unit: UNIT, directives: { Service: { Nice: 5 } }, healthCheck };
  const resolved = DropIn.resolve(PropPath.of("PumaDropIn", "tuning"), "tuning", props);
  const settings = deployedDropIn(resolved, props).bundle("blog").plainSettings();
  const sent = [...settings.matchAll(/^(PUMA_\w+)=/gm)].map(([, name]) => name as string);
  const kept = [...Object.keys(keptScript()), "PUMA_SCRIPT_HASH", "PUMA_SCOPE"];
  const made = ["PUMA_HOST", "PUMA_ADDRESS", "PUMA_ACTION", "PUMA_WHO", "PUMA_SIBLINGS", "PUMA_LOCK_TIMEOUT"];
  // Asked for where a service has it, and by default there is none.
  const optional = ["PUMA_AROUND_AT_ENGINE", "PUMA_HEARD_BY", "PUMA_WARM_UP", "PUMA_WARM_UP_TIMEOUT"];
  const problems = actionProblems(host, "withdraw", [...sent, ...kept, ...optional], made);
  expect(problems.filter((problem) => problem.endsWith("which nobody sends"))).toEqual([]);
});
