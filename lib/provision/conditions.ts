import { Fn, Op, type TerraformResourceLifecycle } from "cdktf";
import { tokensIn } from "../values/token";

/** Characters that systemd carries neither literally nor escaped (RE2, in the quotes of a Terraform expression). */
const IMPOSSIBLE = "[\\\\x{0}\\\\x{FDD0}-\\\\x{FDEF}\\\\x{FFFE}\\\\x{FFFF}]";

/** What synth refuses in a literal, the engine refuses in a token, at plan. */
export function tokenConditions(values: Readonly<Record<string, string>>): TerraformResourceLifecycle {
  const tokens = Object.entries(values).flatMap(([prop, value]) =>
    tokensIn(value).map((token) => ({ prop, token })),
  );
  return {
    precondition: tokens.map(({ prop, token }) => ({
      // Not "equal to 0": cdktf drops a 0 on the right of an operator.
      condition: Op.lt(Fn.lengthOf(Fn.regexall(IMPOSSIBLE, Fn.tostring(token))), 1),
      errorMessage: `${prop}: must hold no NUL and no Unicode noncharacter, which systemd cannot carry.`,
    })),
  };
}
