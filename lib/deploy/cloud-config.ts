import { gzipSync } from "node:zlib";
import { packed } from "../runtime/parts";
import { byteLength } from "../values/characters";
import { checkBoolean, checkInteger } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { type PropPath } from "../values/prop-path";
import { type FirstBoot } from "./first-boot";

/** How user data is handed over, and how much of it a cloud takes. */
export interface CloudConfigOptions {
  /**
   * Whether it comes as gzip and base64, for `user_data_base64` and the like: about a third of the size on the machine. cloud-init
   * sees by itself that it is gzip.
   * @default false: as text, of which a plan shows each changed line
   */
  readonly gzip?: boolean;
  /**
   * How many bytes of user data the cloud takes, before base64.
   * @default 16384, EC2's
   */
  readonly limit?: number;
}

const OPTIONS: Fields<CloudConfigOptions> = { gzip: true, limit: true };

/** EC2's, before base64. */
const EC2_LIMIT = 16_384;

/** An engine's gzip is another than ours, and on each machine the same: by less than this. */
const OTHER_GZIP = 1.03;

/** A script as gzip and base64, no shorter than an engine makes it. */
export function packedAsLong(script: string): string {
  const text = packed(script);
  return text.padEnd(Math.ceil(text.length * OTHER_GZIP), "=");
}

/**
 * The options with nothing left open.
 * @throws if one of them is not what it should be
 */
export function cloudConfigOptions(at: PropPath, options: CloudConfigOptions): Required<CloudConfigOptions> {
  const { gzip = false, limit = EC2_LIMIT } = checkOptions(at, options, OPTIONS);
  checkBoolean(at.key("gzip"), gzip);
  checkInteger(at.key("limit"), limit, 1024, 1 << 20);
  return { gzip, limit };
}

/** A file as it is laid ready: as its text, or in an encoding of cloud-init's that an engine makes. */
export interface LaidReady {
  readonly path: string;
  readonly encoding?: "b64" | "gz+b64";
  readonly content: string;
}

/** What puts all else in its place. */
export const RUN = "/run";

/**
 * The `#cloud-config` of a first boot. `merge_how` lets it stand behind another part, whose lists would hide its own.
 * @param service its name
 * @param files what is laid ready
 */
export function cloudConfigText({ folder }: FirstBoot, service: string, files: readonly LaidReady[]): string {
  return [
    "#cloud-config",
    `# ${service}, by cdktf-puma: what a machine comes up with.`,
    "merge_how: [{name: list, settings: [append]}, {name: dict, settings: [no_replace, recurse_list]}]",
    "write_files:",
    ...files.flatMap((file) => [
      `- path: ${JSON.stringify(folder + file.path)}`,
      '  permissions: "0600"',
      ...contentLines(file),
    ]),
    "runcmd:",
    `- ${JSON.stringify(["sh", folder + RUN, folder])}`,
    "",
  ].join("\n");
}

function contentLines({ content, encoding }: LaidReady): string[] {
  if (encoding !== undefined) return [`  encoding: ${encoding}`, `  content: ${content}`];
  if (!isPlain(content)) return contentLines({ path: "", encoding: "b64", content: base64(content) });
  const lines = content.replace(/\n$/, "").split("\n");
  return ["  content: |", ...lines.map((line) => (line === "" ? "" : `    ${line}`))];
}

/** The content of a file in base64. */
export function base64(content: string): string {
  return Buffer.from(content).toString("base64");
}

/** Whether YAML takes a text as it is: a reader of it would alter, or refuse, some characters, and indentation ahead. */
function isPlain(text: string): boolean {
  return /^[!-~][\t\n -~]*\n$/.test(text) && !text.endsWith("\n\n");
}

/**
 * Throws if it is more than the cloud takes. What tokens stand for is not counted: of these the engine alone knows.
 * @param text as it is known at synth
 */
export function checkSize(at: PropPath, text: string, { gzip, limit }: Required<CloudConfigOptions>): void {
  const gzipped = Math.ceil(gzipSync(text).length * OTHER_GZIP);
  const size = gzip ? gzipped : byteLength(text);
  if (size <= limit) return;
  const lessFiles = "have the image bring what is in 'files'";
  const remedy = !gzip && gzipped <= limit ? `use { gzip: true }, which takes about ${gzipped}` : lessFiles;
  at.refuse(`be at most ${limit} bytes of user data: ${remedy}`, size);
}
