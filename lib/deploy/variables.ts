/** Variables of a script, by name. */
export type Variables = Readonly<Record<string, string>>;

/** Shell assignments, a line each; `quote` makes one word of a value, whatever is in it. */
export function assignments(variables: Variables, quote: (value: string) => string): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join("");
}
