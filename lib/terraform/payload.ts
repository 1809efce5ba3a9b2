import { base64, type Bundle } from "../deploy/bundle";
import { launcherVariables, type LauncherSettings } from "../deploy/launcher";
import { type InstalledFile } from "../deploy/managed-file";
import { shellSettings } from "../deploy/shell-settings";
import { PropPath } from "../values/prop-path";
import { type Cdk } from "./cdk";
import { expression } from "./expression";
import { identifier } from "./identifier";
import { shellWord, terraformText, unitLine } from "./terraform-text";

/** Where a configuration has what is in a bundle, as expressions. */
export interface BundleLocals {
  /** The texts of files, by their paths on a host. */
  readonly texts: ReadonlyMap<string, string>;
  /** From the role of a candidate to the lines of its unit. */
  readonly candidates: string;
  /** From the file of a unit to its lines. */
  readonly units: string;
}

/** A bundle's settings as the engine writes them: it encodes what stands in locals. */
export function toTerraform(cdk: Cdk, bundle: Bundle, { texts, candidates, units }: BundleLocals): string {
  return bundle.settingsText({
    quote: (text) => shellWord(cdk, text),
    hash: () => expression(cdk, hashOf(`flatten([for file, lines in ${units} : [file, lines]])`)),
    file: ({ path, content }) => {
      const text = texts.get(path);
      return text === undefined
        ? base64(PropPath.of("ManagedFile", path), content)
        : expression(cdk, `base64encode(${text})`);
    },
    candidate: (role) => expression(cdk, `base64encode(${joined(`${candidates}["${role}"]`)})`),
  });
}

/** What tells a list of lines from another, both as expressions. */
export function hashOf(lines: string): string {
  return `substr(sha256(join("\\n", ${lines})), 0, 12)`;
}

/** Texts as lists of lines. */
export function linesIn(cdk: Cdk, texts: ReadonlyMap<string, readonly string[]>): Record<string, string[]> {
  const entries = [...texts].map(([name, lines]) => [name, lines.map((line) => unitLine(cdk, line))]);
  return Object.fromEntries(entries);
}

/** Files as lists of lines, by their paths. */
export function linesOfFiles(cdk: Cdk, files: readonly InstalledFile[]): Record<string, string[]> {
  const lines = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
  return Object.fromEntries(
    files.map(({ path, content }) => [path, lines(content).map((line) => terraformText(cdk, line))]),
  );
}

/** The address of the lines of one of a service's files; `id` begins the names of its locals. */
export function linesOfFile(id: string, path: string): string {
  return `local.${identifier(`${id}_files`)}["${path}"]`;
}

/** The text of a list of lines, both as expressions. */
export function joined(lines: string): string {
  return `join("\\n", concat(${lines}, [""]))`;
}

/** What the engine starts on a host: the launcher's settings, and its script as the configuration has it. */
export function launcherText(cdk: Cdk, settings: LauncherSettings, script: string): string {
  return shellSettings(launcherVariables(settings), (text) => shellWord(cdk, text)) + script;
}
