import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** The parts of what runs as root on a host, in the order in which they stand there: none calls what comes after it. */
export const PARTS = [
  "run",
  "manager",
  "text",
  "system",
  "time-outs",
  "units",
  "files",
  "back-off",
  "record",
  "readme",
  "locked",
  "kept",
  "accounts",
  "roots",
  "processes",
  "declared-files",
  "companions",
  "listeners",
  "holders",
  "surroundings",
  "config",
  "version",
  "probe",
  "output",
  "main-process",
  "cause",
  "health",
  "restarted",
  "last-release",
  "abandoned",
  "rename",
  "candidate",
  "others",
  "secrets",
  "generations",
  "transaction",
  "undo",
  "compare",
  "decide",
  "access",
  "labels",
  "environment-files",
  "bind-places",
  "proxy",
  "watched",
  "user-scope",
  "verify",
  "preflight",
  "task",
  "engine",
  "around",
  "restart",
  "phased",
  "change",
  "settle",
  "remove",
  "ending",
  "rollback",
  "history",
  "cancel",
  "told",
  "crashes",
  "seen",
  "status",
  "prepare",
  "plan",
  "main",
] as const;

/** The text of one part, as it stands in its file. */
export function part(name: string): string {
  return readFileSync(join(__dirname, `${name}.sh`), "utf8");
}

/** Lines that are empty go too, those of texts in quotes included. */
function withoutComments(script: string): string {
  return script
    .replace(/^[ \t]*#(?!!).*\n/gm, "")
    .replace(/^(\w+=\S*)[ \t]+# .*$/gm, "$1")
    .replace(/\n{2,}/g, "\n");
}

/**
 * The script that runs as root on a host. Its settings stand before it, and its one call on the last line: a script
 * that arrives cut short does nothing.
 */
export function hostScript(): string {
  return withoutComments(PARTS.map(part).join("\n")) + "main </dev/null\n";
}

/** A script as gzip and base64: nothing in it that an engine would take for a template, and a third of the size. */
export function packed(script: string): string {
  return gzipSync(script, { level: 9 }).toString("base64");
}

/** The script of a run as the build has packed it; undefined where the sources run as they are. */
export function packedByBuild(): string | undefined {
  const file = join(__dirname, "run-script.gz.b64");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** The script that the engine starts on a host, as the user it logs in as. */
export function launchScript(): string {
  return withoutComments([part("emptied"), part("launch")].join("\n"));
}

/** The script that the engine starts there for a removal, in the same way: it starts what an installation has kept. */
export function loadScript(): string {
  return withoutComments([part("emptied"), part("load")].join("\n"));
}

/** What stands before the run's script for those who ask for something on the host. */
export function askScript(): string {
  return withoutComments(part("ask"));
}

/** What stands before it for those who ask by a socket of operators. */
export function answerScript(): string {
  return withoutComments([part("turn"), part("answer")].join("\n"));
}

/** The command that they ask by. It stays on the host, and so do its comments. */
export function commandScript(): string {
  return ["#!/bin/sh", part("command")].join("\n");
}

/** The script that reaches a host from where the engine runs, if not the engine itself does. */
export function transportScript(): string {
  return withoutComments(part("transport"));
}

/** The same for a host that asks for something there. */
export function conversingScript(): string {
  return withoutComments([part("converse"), part("transport")].join("\n"));
}

/** What shows its output there, and runs what a host asks for around its change. */
export function besideScript(): string {
  return withoutComments(part("beside"));
}

/** What stands before a host's script, where the host asks for something: it takes the answers. */
export function hearScript(): string {
  return withoutComments(part("hear"));
}

/** The script that tells what this library has on a host. */
export function listScript(): string {
  return withoutComments(part("list"));
}

/** The script that tells how services are, for the command line. Its calls stand behind it. */
export function surveyScript(): string {
  return withoutComments(part("survey"));
}

/** What puts a lock on a service there, and takes it away. */
export function lockScript(): string {
  return withoutComments(part("lock"));
}

/** What tells what was changed there by hand. */
export function driftScript(): string {
  return withoutComments(part("drift"));
}

/** What runs a command there for a service, in its surroundings. */
export function consoleScript(): string {
  return withoutComments([part("surroundings"), part("console")].join("\n"));
}

/** What puts secrets on a host, as root. */
export function stageScript(): string {
  return withoutComments(part("stage")) + "main </dev/null\n";
}

/** What asks commands for secrets, where the engine runs. Its calls stand behind it. */
export function fetchScript(): string {
  return withoutComments(part("fetch"));
}

/** What brings a service up at the first boot of a machine. Its settings stand before it. */
export function firstBootScript(): string {
  return withoutComments(part("first-boot"));
}

/** A helper as user data has it, in which there is no room for comments: the first apply brings these. */
export function leanScript(script: string): string {
  return withoutComments(script);
}

/** The helper that sees how a service ended. It stays on the host, and so do its comments. */
export function endedScript(): string {
  return ["#!/bin/sh", part("ended")].join("\n");
}

/** The helper that a service is reloaded by. It stays on the host, and so do its comments. */
export function reloadScript(): string {
  return ["#!/bin/sh", part("reload")].join("\n");
}

/** The helper that restarts a service by itself. It stays on the host, and so do its comments. */
export function followScript(): string {
  return ["#!/bin/sh", part("turn"), part("follow")].join("\n");
}

/** The helper that a service is stopped by. It stays on the host, and so do its comments. */
export function stopScript(): string {
  return ["#!/bin/sh", part("processes"), part("stop")].join("\n");
}
