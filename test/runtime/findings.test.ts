import { writeNew } from "./host";
import { folderOf, functions, quoted, says, SHELLS, stubs } from "./shell";

/**
 * What `systemd-analyze verify` of 247, 252, 257 and 262 says of a line: advice, where it does what the line says, or an error,
 * where it leaves it away or starts nothing. test/e2e/field.hosts.ts asks it itself.
 */
const SAYINGS: readonly [what: string, finding: string, isAdvice: boolean][] = [
  [
    "StandardOutput=syslog",
    "Standard output type syslog is obsolete, automatically updating to journal. Please update your unit file, and consider removing the setting altogether.",
    true,
  ],
  [
    "MemoryLimit=1G, 252 and 257",
    "Unit uses MemoryLimit=; please use MemoryMax= instead. Support for MemoryLimit= will be removed soon.",
    true,
  ],
  [
    "CPUShares=512, 247",
    "Unit uses CPUShares=; please use CPUWeight= instead. Support for CPUShares= will be removed soon.",
    true,
  ],
  ["MemoryLimit=1G, 262", "Support for option MemoryLimit= has been removed and it is ignored", false],
  [
    "PIDFile=/var/run/web.pid",
    "PIDFile= references a path below legacy directory /var/run/, updating /var/run/web.pid \u2192 /run/web.pid; please update the unit file accordingly.",
    true,
  ],
  [
    "KillMode=none",
    "Unit uses KillMode=none. This is unsafe, as it disables systemd's process lifecycle management for the service.",
    true,
  ],
  ["User=nobody", "Special user nobody configured, this is not safe!", true],
  ["Nonsense=yes", "Unknown key 'Nonsense' in section [Service], ignoring.", false],
  ["MemoryMax=lots", "Invalid memory limit 'lots', ignoring: Invalid argument", false],
  ["LimitNOFILE=many, 252", "Failed to parse resource value, ignoring: many", false],
  ["LimitNOFILE=many, 257", "Failed to parse LimitNOFILE=many, ignoring: Invalid argument", false],
  ["SystemCallFilter=nope", "System call nope is not known, ignoring.", false],
  ["EnvironmentFile=relative", "EnvironmentFile= path is not absolute, ignoring: relative", false],
  ["ExecStart=relative", "Neither a valid executable name nor an absolute path: a/b", false],
];

describe.each(SHELLS)("under $name", (shell) => {
  /** What is said of these findings, on a host that has the unit, or none. */
  async function judged(findings: readonly string[], fresh: string, old?: string): Promise<string> {
    const root = folderOf(old === undefined ? {} : { "etc/systemd/system/web.service": old });
    writeNew(root, "etc/systemd/system/web.service", fresh);
    const unit = `${root}/run/cdktf-puma/web/new${root}/etc/systemd/system/web.service`;
    const script = `hide_drop_ins_that_go() { :; }
      verify() { printf '%s\\n' ${findings.map((text) => quoted(text.replaceAll("UNIT", unit))).join(" ")}; }
      check_units; say "problems:$problems"`;
    const settings = { PUMA_UNITS: "web.service" };
    const before = { before: stubs({ "systemd-analyze": "true" }) };
    return says(shell, `${functions(settings, root)}\n${script}`, before);
  }

  test.each(SAYINGS)("%s", async (_, finding, isAdvice) => {
    const said = `systemd finds in web.service: web.service:2: ${finding}`;
    expect(await judged([`UNIT:2: ${finding}`], "[Service]\nA=b\n")).toBe(
      isAdvice ? `note: ${said}\nproblems:\n` : `problems:\n  - ${said}\n`,
    );
  });

  test("what is found twice is said once, and what is found in another unit not at all", async () => {
    const same = "UNIT:1: Unknown key 'A' in section [Service], ignoring.";
    const others = ["/etc/systemd/system/other-web.service:1: Unknown key", "./web.socket:1: Unknown key"];
    const said = await judged([same, ...others, same], "A=b\n");
    expect(said).toBe(
      "problems:\n  - systemd finds in web.service: web.service:1: Unknown key 'A' in section [Service], ignoring.\n",
    );
  });

  test("a line that the host has already is refused no more, and one that comes is", async () => {
    const of = (line: number, name: string): string =>
      `UNIT:${line}: Support for option ${name}= has been removed and it is ignored`;
    const [old, fresh] = ["[Service]\nMemoryLimit=1G\n", "[Service]\nCPUShares=9\nMemoryLimit=1G\n"];
    const findings = [
      of(2, "CPUShares"),
      of(3, "MemoryLimit"),
      "web.service: Unit configuration has fatal error",
    ];
    expect((await judged(findings, fresh, old)).split("\n")).toEqual([
      "note: systemd finds in web.service: web.service:3: Support for option MemoryLimit= has been removed and it is ignored",
      "problems:",
      "  - systemd finds in web.service: web.service:2: Support for option CPUShares= has been removed and it is ignored",
      "  - systemd finds in web.service: web.service: Unit configuration has fatal error",
      "",
    ]);
  });
});
