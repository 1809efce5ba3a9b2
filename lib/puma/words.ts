import { environmentAssignment, escapeInsideQuotes, execWord } from "../systemd/quote";
import { isListToken, isToken, mapPieces, quotedByEngine } from "../values/token";

/** One argument of an Exec line; Terraform tokens in it are quoted by the engine. */
export function word(prop: string, text: string): string {
  checkNoList(prop, text);
  return isToken(text) ? withTokens(prop, text, { dollar: true }) : execWord(prop, text);
}

/** One assignment of an Environment= line; Terraform tokens in it are quoted by the engine. */
export function assignment(prop: string, name: string, value: string): string {
  checkNoList(prop, value);
  if (!isToken(value)) return environmentAssignment(prop, name, value);
  environmentAssignment(prop, name, "");
  return withTokens(prop, `${name}=${value}`, { dollar: false });
}

function checkNoList(prop: string, value: string): void {
  if (!isListToken(value)) return;
  throw new Error(
    `${prop}: must be one text, got a Terraform list; take its elements with Fn.element, or Fn.join them`,
  );
}

function withTokens(prop: string, text: string, escapes: { dollar: boolean }): string {
  const literal = (piece: string): string => escapeInsideQuotes(prop, piece, escapes);
  return `"${mapPieces(text, literal, (token) => quotedByEngine(token, escapes))}"`;
}
