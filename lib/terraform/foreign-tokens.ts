import { type Host } from "../host/host";
import { isResolvable, tokensIn } from "../values/marker";
import { PropPath } from "../values/prop-path";
import { type Cdk } from "./cdk";

/** Throws if there is a token in a host's options that this app has not made. */
export function checkHostTokens(cdk: Cdk, { name, options }: Host): void {
  const at = PropPath.of("Host", name);
  const { bastion = {}, ...others } = options;
  for (const [field, value] of Object.entries(others)) checkTokens(cdk, at.key(field), value);
  for (const [field, value] of Object.entries(bastion)) checkTokens(cdk, at.key("bastion").key(field), value);
}

/**
 * Throws if there is a token in a value, however deep, that this app has not made, or a string that only looks like one:
 * the CDK's own error at synth names no prop.
 */
export function checkTokens(cdk: Cdk, at: PropPath, value: unknown): void {
  for (const marker of markersIn(value)) {
    if (!isOwn(cdk, marker)) at.refuse("hold no token but those of this app", marker);
  }
}

function markersIn(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return tokensIn(String(value));
  // What resolves itself is no marker.
  if (typeof value !== "object" || value === null || isResolvable(value)) return [];
  return Object.values(value).flatMap(markersIn);
}

function isOwn({ Tokenization }: Cdk, marker: string): boolean {
  try {
    if (marker.startsWith("$")) Tokenization.reverseString(marker);
    else Tokenization.reverseNumber(Number(marker));
    return true;
  } catch {
    return false;
  }
}
