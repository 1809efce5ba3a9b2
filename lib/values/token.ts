import { Fn, Token } from "cdktf";

const MARKER = /(\$\{TfToken\[[a-zA-Z0-9:._-]+\]\})/;

/** Whether Terraform, not the synth, will know this value. */
export function isToken(value: unknown): boolean {
  return Token.isUnresolved(value);
}

/** Whether a text is cdktf's marker for a whole list, which it resolves only where that list stands alone. */
export function isListToken(value: string): boolean {
  return Token.isUnresolved([value]) && !Token.isUnresolved(value);
}

/** Whether a token stands anywhere in a value, however deep. */
export function holdsToken(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isToken(value);
  return isToken(value) || Object.values(value).some(holdsToken);
}

/**
 * Renders a text piece by piece: what is known at synth by `literal`, which also hears whether a token follows, and
 * each Terraform token by `token`.
 */
export function mapPieces(
  text: string,
  literal: (piece: string, beforeToken: boolean) => string,
  token: (piece: string) => string,
): string {
  const pieces = text.split(MARKER);
  return pieces
    .map((piece, i) => (i % 2 === 1 ? token(piece) : literal(piece, i < pieces.length - 1)))
    .join("");
}

/** The Terraform tokens that stand in a text. */
export function tokensIn(text: string): string[] {
  return text.split(MARKER).filter((_, i) => i % 2 === 1);
}

/**
 * Lets the engine quote a token's value for the inside of a double-quoted string in a unit file.
 * JSON's escapes are a subset of systemd's (systemd.syntax(7)): what `jsonencode` leaves to do are
 * the specifiers' `%` and, in Exec lines, the `$` of variables.
 */
export function quotedByEngine(token: string, escapes: { dollar: boolean }): string {
  const json = Fn.jsonencode(Fn.tostring(token));
  const inner = Fn.trimsuffix(Fn.trimprefix(json, '\\"'), '\\"');
  const specifiers = Fn.replace(inner, "%", "%%");
  return Token.asString(escapes.dollar ? Fn.replace(specifiers, "$", "$$") : specifiers);
}
