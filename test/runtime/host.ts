import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderOf, functions, quoted } from "./shell";

export const SERVICE =
  "[Unit]\nDescription=Puma\n[Service]\nEnvironment=A=1\nExecStart=/srv/blog/current/sbin/puma\n";
export const SOCKET = "[Socket]\nListenStream=0.0.0.0:9292\n";

/** What is on a host, and what is to become of it; unless told, nothing is to. */
export interface Case {
  readonly active?: string;
  readonly live?: Record<string, string>;
  readonly fresh?: Record<string, string>;
  readonly record?: string;
  /** What a run had touched that was cut off. */
  readonly cutOff?: string;
  readonly settings?: Record<string, string>;
  /** Whether the units that run stand in /etc, too. */
  readonly installed?: boolean;
}

export const BOTH = "web.socket web.service";
const SETTINGS = {
  PUMA_START_ON: "boot",
  PUMA_RESTART: "hot",
  PUMA_REHEARSE: "false",
  PUMA_SOCKETS: "web.socket",
  PUMA_UNITS: BOTH,
};
export const STATE = "var/lib/cdktf-puma/web";
export const STAGE = "run/cdktf-puma/web";

const RECORD = `units=${BOTH}\nrelease=\n`;
const INVOCATIONS = ["web.socket", "web.service"].map((unit) => `invocation:${unit}=of ${unit}\n`).join("");

/** What systemd says of the units, as read_facts keeps it. */
function factsOf(active: string, units: readonly string[]): string {
  const lines = units.flatMap((unit) => [
    `[${unit}]`,
    `ActiveState=${active.split(" ").includes(unit) ? "active" : "inactive"}`,
    `InvocationID=of ${unit}`,
  ]);
  return `\n${lines.join("\n")}`;
}

/** A host under a folder of its own, and the shell of a run there that has looked at it. */
export function host({ active = BOTH, live, fresh, record, cutOff, settings, installed }: Case): {
  root: string;
  prelude: string;
} {
  const files = (folder: string, units: Record<string, string>): [string, string][] =>
    Object.entries(units).map(([name, text]) => [`${folder}/${name}`, text]);
  const root = folderOf({
    ...Object.fromEntries(files(`${STATE}/live`, live ?? { "web.service": SERVICE, "web.socket": SOCKET })),
    ...((live === undefined || record !== undefined) && {
      [`${STATE}/record`]: `${record ?? RECORD}${INVOCATIONS}`,
    }),
    ...(cutOff && { [`${STATE}/before/touched`]: `${cutOff}\n` }),
    "etc/systemd/system/x": "",
    ...(installed &&
      Object.fromEntries(files("etc/systemd/system", { "web.service": SERVICE, "web.socket": SOCKET }))),
  });
  for (const [unit, text] of Object.entries({ "web.service": SERVICE, "web.socket": SOCKET, ...fresh })) {
    writeNew(root, `etc/systemd/system/${unit}`, text);
  }
  const units = (settings?.PUMA_UNITS ?? BOTH).split(" ");
  const PUMA_FILES = units
    .map((unit) => `${root}/etc/systemd/system/${unit} 644 root:root unit :`)
    .join("\n");
  const prelude = functions({ PUMA_FILES, ...SETTINGS, ...settings }, root);
  const cut = cutOff ? "cut_off=true" : "";
  return {
    root,
    prelude: `${prelude}\n${cut}\nfacts=${quoted(factsOf(active, [...new Set([...units, ...BOTH.split(" ")])]))}; read_files; read_units; read_sums`,
  };
}

/** What a file of a host is to be. */
export function writeNew(root: string, path: string, text: string): void {
  const file = join(root, STAGE, "new", root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
