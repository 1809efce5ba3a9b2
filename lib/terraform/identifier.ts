import { createHash } from "node:crypto";

/** A name as Terraform takes it; one that had to be changed for that ends with a hash of what it was. */
export function identifier(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `${text.replace(/[^A-Za-z0-9_-]/g, "_")}_${hash}`;
}
