import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The hosts of both programs. */
export const HOSTS = Array.from({ length: 1000 }, (_, i) => ({
  name: `web${i + 1}`,
  address: `10.1.${i >> 8}.${i & 255}`,
  hostKey: "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCOvuzbPv0/U7wV0vQfQ27CB",
}));

/** Prints how many milliseconds a synth takes, from the first construct to the last file. */
export function measured(synth: (outdir: string) => void): void {
  const outdir = mkdtempSync(join(tmpdir(), "cdktf-puma-bench-"));
  try {
    const begun = process.hrtime.bigint();
    synth(outdir);
    console.log(Number(process.hrtime.bigint() - begun) / 1e6);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
