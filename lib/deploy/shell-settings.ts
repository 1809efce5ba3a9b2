/** Variables of a script, by name. */
export type Variables = Readonly<Record<string, string>>;

/** Makes one word of the shell of a value, whatever is in it. */
export type Quote = (value: string) => string;

/** A value as one word of the shell. */
export function shellQuoted(value: string): string {
  return `'${insideShellQuotes(value)}'`;
}

/** A part of a word of the shell, between single quotes. */
export function insideShellQuotes(part: string): string {
  return part.replace(/'/g, `'\\''`);
}

/**
 * What stands before a script: its settings, a line each, and the line that keeps them from being set again.
 * @param positional those that the script's arguments say, such as `{ PUMA_OWNER: 7 }`
 */
export function shellSettings(
  variables: Variables,
  quote: Quote = shellQuoted,
  positional: Readonly<Record<string, number>> = {},
): string {
  const words = [
    ...Object.entries(positional).map(([name, i]): [string, string] => [name, `$${i}`]),
    ...Object.entries(variables).map(([name, value]): [string, string] => [name, quote(value)]),
  ];
  const names = words.map(([name]) => name);
  return `${words.map(([name, word]) => `${name}=${word}\n`).join("")}readonly ${names.join(" ")}\n`;
}
