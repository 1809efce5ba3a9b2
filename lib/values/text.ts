import { refuse, refuseMatch } from "./check";
import { mapPieces } from "./token";

/** Length in the bytes that systemd and the kernel count. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * Refuses what no unit file can carry, escaped or not. systemd's UTF-8 check rejects Unicode's noncharacters
 * (U+FDD0 to U+FDEF, and the last two of each plane), and with them the whole file.
 */
export function checkText(prop: string, text: string): void {
  refuseMatch(prop, text, /\0/, "NUL");
  refuseMatch(prop, text, /\p{Cs}/u, "a lone surrogate");
  refuseMatch(prop, text, /\p{Noncharacter_Code_Point}/u, "a Unicode noncharacter");
}

/** Whether a text stays as it is where Terraform, which keeps all text in Unicode's normal form C, passes it on. */
export function isNormal(text: string): boolean {
  // Whatever stands before it could compose with a mark at its beginning, an "=" too.
  return text.normalize("NFC") === text && !/^\p{M}/u.test(text);
}

/** Refuses what Terraform would alter on its way. */
export function checkNormal(prop: string, text: string): void {
  if (!isNormal(text))
    refuse(prop, "be in Unicode's normal form C, which Terraform would change it to", text);
}

/** Refuses what would end the line: systemd takes LF and CR, alone or together, for a line break. */
export function checkOneLine(prop: string, text: string): void {
  checkText(prop, text);
  refuseMatch(prop, text, /[\r\n]/, "a line break");
}

/** Refuses what could not come to a host as it is in one line; Terraform tokens in it are left to the engine. */
export function checkLiterals(prop: string, text: string): void {
  const check = (piece: string): string => {
    checkOneLine(prop, piece);
    checkNormal(prop, piece);
    return piece;
  };
  mapPieces(text, check, (token) => token);
}
