import { A_NAME, LONGEST_NAME, MORE_THAN_A_NAME_RE2, NOT_LONGER } from "../deploy/deployed-by";
import { type TokenValue } from "../puma/service";
import { type Cdk, type Precondition } from "./cdk";
import { expression } from "./expression";
import { stringTokensIn } from "./tokens";

const PLANES = ["", ..."123456789ABCDEF", "10"];

/** Unicode's noncharacters: a block of its own, and the last two of each plane. */
const NONCHARACTERS = ["FDD0-FDEF", ...PLANES.map((plane) => `${plane}FFFE-${plane}FFFF`)]
  .map((range) => range.replace(/\w+/g, String.raw`\\x{$&}`))
  .join("");

/**
 * What does not arrive as it is: characters that systemd carries neither literally nor escaped, and a mark at the
 * beginning, which Terraform composes with what stands before it (RE2, in the quotes of a Terraform expression).
 */
const IMPOSSIBLE = String.raw`^\\p{M}|[\\x{0}${NONCHARACTERS}]`;

/** What synth refuses in a literal, the engine refuses in a token, at plan. */
export function tokenConditions(
  cdk: Cdk,
  values: readonly TokenValue[],
  lines: readonly TokenValue[],
  names: readonly TokenValue[],
): { readonly precondition: Precondition[] } {
  const demand =
    "must hold no NUL and no Unicode noncharacter, which systemd cannot carry, nor begin with a combining mark, " +
    "which Terraform would compose with what stands before it.";
  return {
    precondition: [
      ...conditions(cdk, values, IMPOSSIBLE, demand),
      ...[...values, ...names].flatMap((value) => notSensitive(cdk, value)),
      ...conditions(cdk, lines, String.raw`[\\r\\n]`, "must be one line: chomp() what comes from a file."),
      ...conditions(cdk, names, MORE_THAN_A_NAME_RE2, `must ${A_NAME}.`),
      ...conditions(cdk, names, String.raw`^.{${LONGEST_NAME + 1}}`, `must ${NOT_LONGER}.`),
    ],
  };
}

const ON_HOSTS = "as every user of the host can read it: use 'secrets'";
const OPEN_BY = {
  state: "as the state and plans have it: a secret goes into 'secrets'",
  "user data":
    "as each program on the machine can read the user data of cloudConfig(): let the machine fetch it by its own role",
} as const;

/** What stands open in one of these: an engine would hand on a sensitive value without a word. */
export function openConditions(
  cdk: Cdk,
  values: readonly TokenValue[],
  by: keyof typeof OPEN_BY,
): Precondition[] {
  return values.flatMap((value) => notSensitive(cdk, value, OPEN_BY[by]));
}

/** A sensitive value would hide what the hosts print, and others than Puma can read it: an engine tells which is one. */
function notSensitive(cdk: Cdk, [at, value]: TokenValue, why = ON_HOSTS): Precondition[] {
  return stringTokensIn(cdk, value).map((token) => ({
    condition: expression(cdk, `!issensitive(${cdk.Fn.tostring(token)})`),
    errorMessage: `${at}: must not be sensitive, ${why}, or nonsensitive() if it is none.`,
  }));
}

function conditions(
  cdk: Cdk,
  values: readonly TokenValue[],
  pattern: string,
  demand: string,
): Precondition[] {
  const { Fn, Op } = cdk;
  return values.flatMap(([at, value]) =>
    stringTokensIn(cdk, value).map((token) => ({
      // Not "equal to 0": cdktf drops a 0 on the right of an operator.
      condition: Op.lt(Fn.lengthOf(Fn.regexall(pattern, Fn.tostring(token))), 1),
      errorMessage: `${at}: ${demand}`,
    })),
  );
}
