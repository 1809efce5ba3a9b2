import { type Host } from "../host/host";
import { type IBooleanToken, mapPieces, tokensIn } from "../values/marker";
import { type Cdk } from "./cdk";

/** The tokens in a string, as tokens of strings: cdktf overlooks a number's marker behind a `-`, `.` or digit. */
export function stringTokensIn(cdk: Cdk, text: string): string[] {
  return tokensIn(text).map((marker) => stringToken(cdk, marker));
}

/** A string whose tokens are tokens of strings. */
export function withStringTokens(cdk: Cdk, text: string): string {
  return mapTokens(
    cdk,
    text,
    (piece) => piece,
    (token) => token,
  );
}

/** The same fields but for those that are undefined, each string with tokens of strings. */
export function fieldsWithStringTokens<T extends object>(cdk: Cdk, fields: T): T {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries<unknown>(fields as Record<string, unknown>)) {
    if (value === undefined) continue;
    given[name] = typeof value === "string" ? withStringTokens(cdk, value) : value;
  }
  return given as T;
}

/** Renders a string piece by piece, as `mapPieces` does, with the token of a string in the place of each marker. */
export function mapTokens(
  cdk: Cdk,
  text: string,
  literal: (piece: string, beforeToken: boolean) => string,
  token: (token: string) => string,
): string {
  return mapPieces(text, literal, (marker) => token(stringToken(cdk, marker)));
}

function stringToken({ Token }: Cdk, marker: string): string {
  return marker.startsWith("$") ? marker : Token.asString(Number(marker));
}

/** Whether a host's user needs `sudo`: an expression if only the engine knows, undefined if only the host. */
export function needsSudo(cdk: Cdk, { sudo, user }: Host): boolean | IBooleanToken | undefined {
  if (sudo !== undefined || user === undefined) return sudo;
  return cdk.Op.neq(withStringTokens(cdk, user), "root");
}

/** One of two strings, as the engine will find a condition to be. */
export function choice({ Fn, Token }: Cdk, condition: IBooleanToken, yes: string, no: string): string {
  return Token.asString(Fn.conditional(condition, yes, no));
}

/**
 * Lets the engine quote a token's value for the inside of a double-quoted string in a unit file.
 * JSON's escapes are a subset of systemd's (systemd.syntax(7)): what `jsonencode` leaves to do are
 * the specifiers' `%` and, in Exec lines, the `$` of variables.
 */
export function quotedByEngine({ Fn, Token }: Cdk, token: string, escapes: { dollar: boolean }): string {
  const json = Fn.jsonencode(Fn.tostring(token));
  const inner = Fn.trimsuffix(Fn.trimprefix(json, '\\"'), '\\"');
  const specifiers = Fn.replace(inner, "%", "%%");
  return Token.asString(escapes.dollar ? Fn.replace(specifiers, "$", "$$") : specifiers);
}
