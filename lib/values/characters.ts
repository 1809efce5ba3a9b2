import { checkWithout } from "./check";
import { mapPieces } from "./marker";
import { type PropPath } from "./prop-path";

/** Length in the bytes that systemd and the kernel count. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * Refuses what no unit file can carry, escaped or not. systemd's UTF-8 check rejects Unicode's noncharacters
 * (U+FDD0 to U+FDEF, and the last two of each plane), and with them the whole file.
 */
export function checkCharacters(at: PropPath, text: string): void {
  checkWithout(at, text, /\0/, "NUL");
  checkWithout(at, text, /\p{Cs}/u, "a lone surrogate");
  checkWithout(at, text, /\p{Noncharacter_Code_Point}/u, "a Unicode noncharacter");
}

/** Whether a string stays as it is where Terraform, which keeps all strings in Unicode's normal form C, passes it on. */
export function isNormal(text: string): boolean {
  // Whatever stands before it could compose with a mark at its beginning, an "=" too.
  return text.normalize("NFC") === text && !/^\p{M}/u.test(text);
}

/** Refuses what Terraform would alter on its way. */
export function checkNormal(at: PropPath, text: string): void {
  if (!isNormal(text)) at.refuse("be in Unicode's normal form C, which Terraform would change it to", text);
}

/** Refuses what would end the line: systemd takes LF and CR, alone or together, for a line break. */
export function checkOneLine(at: PropPath, text: string): void {
  checkCharacters(at, text);
  checkWithout(at, text, /[\r\n]/, "a line break");
}

/** What no check of this file refuses: nearly all that there is, so that nothing further is asked of it. */
const ASCII = /^[ -~]*$/;

/** Refuses what could not reach a host unaltered in one line; tokens in it are left to the engine. */
export function checkLiterals(at: PropPath, text: string): void {
  if (ASCII.test(text)) return;
  const check = (piece: string): string => {
    checkOneLine(at, piece);
    checkNormal(at, piece);
    return piece;
  };
  mapPieces(text, check, (token) => token);
}
