import { ref, Token } from "./engine";

/** The token of an expression in Terraform's language. */
export function expression(text: string): string {
  return Token.asString(ref(text));
}
