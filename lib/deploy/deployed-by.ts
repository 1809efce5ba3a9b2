import { checkTokenString } from "../values/check";
import { mapPieces } from "../values/marker";
import { type PropPath } from "../values/prop-path";

/** What is more than a name: controls, and what turns the direction of a text. */
const MORE_THAN_A_NAME = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** The same for an engine (RE2, in the quotes of a Terraform expression). */
export const MORE_THAN_A_NAME_RE2 = String.raw`[^\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]`;

/** What a name has to be. */
export const A_NAME = "be letters, digits, punctuation and spaces in one line";

/** In characters, of a text or of a token in it. */
export const LONGEST_NAME = 200;
export const NOT_LONGER = `have at most ${LONGEST_NAME} characters`;

/**
 * Who deploys, as the host is told it: it stands in logs there, a line each. Tokens are left to the engine.
 * @throws if it is no name
 */
export function deployedByOf(at: PropPath, deployedBy = ""): string {
  mapPieces(
    checkTokenString(at, deployedBy),
    (piece) => (MORE_THAN_A_NAME.test(piece) ? at.refuse(A_NAME, deployedBy) : piece),
    (token) => token,
  );
  if (deployedBy.length > LONGEST_NAME) at.refuse(NOT_LONGER, deployedBy);
  return deployedBy;
}
