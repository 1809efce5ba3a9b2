import { insideShellQuotes } from "../deploy/shell-settings";
import { type Cdk } from "./cdk";
import { mapTokens, quotedByEngine } from "./tokens";

/**
 * A string for Terraform's configuration: what is known at synth stays what it is, tokens are left to the engine.
 * A `$` or `%` right before a token would escape the token's brace, so it is written as an expression.
 */
export function terraformText(cdk: Cdk, text: string): string {
  return mapTokens(cdk, text, terraformLiteral, (token) => token);
}

/** A line of a unit for Terraform's configuration. Its tokens stand between double quotes: the engine quotes their values. */
export function unitLine(cdk: Cdk, line: string): string {
  // systemd reads `$` as the beginning of a variable in Exec lines alone.
  const dollar = /^Exec\w+=/.test(line);
  return mapTokens(cdk, line, terraformLiteral, (token) => quotedByEngine(cdk, token, { dollar }));
}

/** A string as one word of the shell, whatever is in it; the engine quotes tokens. */
export function shellWord(cdk: Cdk, text: string): string {
  const { Fn, Token } = cdk;
  const literal = (piece: string, beforeToken: boolean): string =>
    terraformLiteral(insideShellQuotes(piece), beforeToken);
  return `'${mapTokens(cdk, text, literal, (token) => Token.asString(Fn.replace(token, "'", "'\\\\''")))}'`;
}

function terraformLiteral(text: string, beforeToken: boolean): string {
  const escaped = text.replace(/([$%])(?=\{)/g, "$1$1");
  return beforeToken ? escaped.replace(/[$%]+$/, (run) => `\${"${run}"}`) : escaped;
}

/** An object without tokens as one expression, since synth takes longer for each entry. */
export function objectExpression(fields: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(fields).map(([name, value]) => `${name} = ${literalExpression(value)}`);
  return `{ ${entries.join(", ")} }`;
}

function literalExpression(value: unknown): string {
  return typeof value === "string" ? stringExpression(value) : String(value);
}

/** A string without tokens as an expression in Terraform's language, of which JSON's escapes are a part. */
export function stringExpression(text: string): string {
  return JSON.stringify(text).replace(/([$%])(?=\{)/g, "$1$1");
}
