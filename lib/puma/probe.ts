/** How a bind is asked whether Puma is behind it. */
export type Probe =
  | { readonly scheme: "http" | "https"; readonly address: string; readonly port: number }
  | { readonly scheme: "unix"; readonly path: string };

/** Something that Puma answers at. */
export interface Answering {
  readonly probe: Probe;
}

/** A probe in the words of probe.sh. */
export function probeLine(probe: Probe): string {
  return probe.scheme === "unix" ? `unix ${probe.path}` : `${probe.scheme} ${probe.address} ${probe.port}`;
}
