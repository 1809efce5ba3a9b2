import { Fn, type IResolvable, Op, Token } from "cdktf";

const MARKER = /(\$\{TfToken\[[a-zA-Z0-9:._-]+\]\})/;

/** A number of cdktf's that stands for a token, as a template literal writes it. */
const NUMBER = /-\d(?:\.\d+)?e\+\d{3}/g;

/** A boolean that only the engine knows. */
export type BooleanToken = IResolvable;

/** Whether Terraform, not the synth, will know this value. */
export function isToken(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === "string" && holdsNumberToken(value));
}

function holdsNumberToken(text: string): boolean {
  return [...text.matchAll(NUMBER)].some(([match]) => isToken(Number(match)));
}

/** Whether cdktf's marker for a whole list stands in a text: it resolves that only where the list stands alone. */
export function holdsListToken(value: string): boolean {
  return /#\{TfToken\[/.test(value);
}

/** Whether a token stands anywhere in a value, however deep. */
export function holdsToken(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isToken(value);
  return isToken(value) || Object.values(value).some(holdsToken);
}

/** A text in which the tokens of numbers stand as those of texts: cdktf overlooks them behind a `-`, `.` or digit. */
export function withTextTokens(text: string): string {
  return text.replace(NUMBER, (match) => (isToken(Number(match)) ? Token.asString(Number(match)) : match));
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
  const pieces = withTextTokens(text).split(MARKER);
  return pieces
    .map((piece, i) => (i % 2 === 1 ? token(piece) : literal(piece, i < pieces.length - 1)))
    .join("");
}

/** The Terraform tokens that stand in a text. */
export function tokensIn(text: string): string[] {
  return withTextTokens(text)
    .split(MARKER)
    .filter((_, i) => i % 2 === 1);
}

/** Whether a value that only the engine knows is another than a text. */
export function differs(token: string, text: string): BooleanToken {
  return Op.neq(token, text);
}

/** One of two texts, as the engine will find a condition to be. */
export function choice(condition: BooleanToken, yes: string, no: string): string {
  return Token.asString(Fn.conditional(condition, yes, no));
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
