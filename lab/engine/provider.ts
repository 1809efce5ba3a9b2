import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { built as builtFrom } from "../tools/built";
import { cliConfig } from "./config";

/**
 * The number under which the mirror carries the provider, as `@cdktf/provider-null` asks for exactly this one. What is
 * built is the source of release 2.1.2, the newest that Go's module proxy has; its null_resource is the same.
 */
export const CLAIMED_VERSION = "3.2.4";

const PROBE_MILLISECONDS = 3000;
const probes = new Map<string, Promise<boolean>>();

/** Whether an engine's provider registry answers; asked once per process. */
export function reachesRegistry(host: string): Promise<boolean> {
  const known = probes.get(host) ?? probe(host);
  probes.set(host, known);
  return known;
}

async function probe(host: string): Promise<boolean> {
  const signal = AbortSignal.timeout(PROBE_MILLISECONDS);
  const url = `https://${host}/.well-known/terraform.json`;
  return fetch(url, { signal }).then(
    (response) => response.ok,
    () => false,
  );
}

/** The path of a CLI configuration with a mirror of the null provider, which is built where there is none. */
export async function mirrorConfig(): Promise<string> {
  const mirror = await built("null-provider", ["provider", CLAIMED_VERSION]);
  const file = `${mirror}.tfrc`;
  // Renamed into place: another one may be reading it.
  const fresh = `${file}.${randomUUID()}`;
  await writeFile(fresh, cliConfig(mirror));
  await rename(fresh, file);
  return file;
}

/** The path of an OpenTofu built from its Go module: four minutes on two cores, once. */
export async function builtTofu(): Promise<string> {
  return join(await built("opentofu", ["tofu"]), "tofu");
}

async function built(name: "null-provider" | "opentofu", args: string[]): Promise<string> {
  return builtFrom({ name, folder: __dirname, args, remedy: REMEDY });
}

const REMEDY =
  "install Go (https://go.dev/dl), or install Terraform 1.11 or OpenTofu 1.12 or newer and let it reach its registry";
