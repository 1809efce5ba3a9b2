import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a synth costs. */
export interface Cost {
  /** Milliseconds of processors, from the first construct to the last file: on a busy machine, too, they say something. */
  readonly cpu: number;
  /** MiB of memory, at most. */
  readonly memory: number;
  /** Bytes of the configuration. */
  readonly bytes: number;
}

/** Its argument says how many. */
export const HOSTS = Array.from({ length: Number(process.argv[2] ?? 1000) }, (_, i) => ({
  name: `web${i + 1}`,
  address: `10.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`,
  hostKey: "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCOvuzbPv0/U7wV0vQfQ27CB",
}));

/** Prints what the synth of the stack `fleet` costs. */
export function measured(synth: (outdir: string) => void): void {
  const outdir = mkdtempSync(join(tmpdir(), "cdktf-puma-bench-"));
  try {
    const begun = process.cpuUsage();
    synth(outdir);
    const { user, system } = process.cpuUsage(begun);
    const { size } = statSync(join(outdir, "stacks/fleet/cdk.tf.json"));
    const cost: Cost = {
      cpu: (user + system) / 1e3,
      memory: process.resourceUsage().maxRSS / 1024,
      bytes: size,
    };
    console.log(JSON.stringify(cost));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
