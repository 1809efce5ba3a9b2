/**
 * Checks the words of a command that runs parts by their names, and all of them where there is none.
 * @throws if one of them is no such name
 */
export function checkParts(words: readonly string[], known: readonly string[]): void {
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) throw new Error(`no part is called ${unknown.join(" ")}: ${known.join(", ")}`);
}
