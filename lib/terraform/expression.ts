import { type Cdk } from "./cdk";

/** The token of an expression in Terraform's language. */
export function expression({ ref, Token }: Cdk, text: string): string {
  return Token.asString(ref(text));
}
