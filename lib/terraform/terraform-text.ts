import { Fn, Token } from "cdktf";
import { mapPieces } from "../values/token";

/**
 * A text for Terraform's configuration: what is known at synth stays what it is, tokens are left to the engine.
 * A `$` or `%` right before a token would escape the token's brace, so it is written as an expression.
 */
export function terraformText(text: string): string {
  return mapPieces(text, terraformLiteral, (token) => token);
}

/** A text as one word of the shell, whatever is in it; the engine quotes tokens. */
export function shellWord(text: string): string {
  const literal = (piece: string, beforeToken: boolean): string =>
    terraformLiteral(piece.replace(/'/g, `'\\''`), beforeToken);
  return `'${mapPieces(text, literal, (token) => Token.asString(Fn.replace(token, "'", "'\\\\''")))}'`;
}

function terraformLiteral(text: string, beforeToken: boolean): string {
  const escaped = text.replace(/([$%])(?=\{)/g, "$1$1");
  return beforeToken ? escaped.replace(/[$%]+$/, (run) => `\${"${run}"}`) : escaped;
}

/** A text inside the double quotes of a Terraform expression. */
export function expressionString(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replace(/([$%])(?=\{)/g, "$1$1");
}
