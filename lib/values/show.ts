/** How a value looks in an error: JSON, or the class of an object; cut at 80 characters. */
export function show(value: unknown): string {
  const text = typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : plain(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function plain(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an object of ${value.constructor?.name ?? "no class"}`;
}
