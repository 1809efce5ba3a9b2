import { spawnSync } from "node:child_process";
import { causeOf, OPTIONS } from "./host";

/** What a script printed on a host, and how it ended. */
export interface Ended {
  readonly status: number;
  readonly text: string;
}

/**
 * Runs a script by a shell on a host, or without one on this machine, as whoever logs in there.
 * @throws with the host and the cause, if it was not reached
 */
export function runOn(host: string | undefined, script: string): Ended {
  const command = host === undefined ? ["/bin/sh", "-s"] : ["ssh", ...OPTIONS, "--", host, "exec /bin/sh -s"];
  const [program = "", ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    input: script,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LC_ALL: "C" },
  });
  if (error && status === null)
    throw new Error(`${named(host)}: ${program} could not be started: ${error.message}`);
  if (host !== undefined && status === 255) throw new Error(`${host}: ${causeOf(stderr, status)}`);
  return { status: status ?? 1, text: stdout + stderr };
}

/** A host as errors name it. */
export function named(host: string | undefined): string {
  return host ?? "this machine";
}
