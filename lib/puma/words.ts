import { environmentAssignment, escapeInsideQuotes, execWord } from "../systemd/quote";
import { checkTokenString } from "../values/check";
import { isToken, mapPieces, quotedByEngine } from "../values/token";

/** One argument of an Exec line; Terraform tokens in it are quoted by the engine. */
export function word(prop: string, text: string): string {
  return isToken(checkTokenString(prop, text))
    ? withTokens(prop, text, { dollar: true })
    : execWord(prop, text);
}

/** One assignment of an Environment= line; Terraform tokens in it are quoted by the engine. */
export function assignment(prop: string, name: string, value: string): string {
  if (!isToken(checkTokenString(prop, value))) return environmentAssignment(prop, name, value);
  environmentAssignment(prop, name, "");
  return withTokens(prop, `${name}=${value}`, { dollar: false });
}

function withTokens(prop: string, text: string, escapes: { dollar: boolean }): string {
  const literal = (piece: string): string => escapeInsideQuotes(prop, piece, escapes);
  return `"${mapPieces(text, literal, (token) => quotedByEngine(token, escapes))}"`;
}
