/** How to ask a bind whether Puma answers there. */
export type Probe =
  | { readonly scheme: "http" | "https"; readonly address: string; readonly port: number }
  | { readonly scheme: "unix"; readonly path: string };

/** A probe as the script on a host reads it. */
export function probeLine(probe: Probe): string {
  return probe.scheme === "unix" ? `unix ${probe.path}` : `${probe.scheme} ${probe.address} ${probe.port}`;
}
