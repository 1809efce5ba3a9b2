import { checkLiterals, checkNormal, checkOneLine } from "../values/characters";
import { checkList, checkString, checkTokenString } from "../values/check";
import { isToken } from "../values/marker";
import { type PropPath } from "../values/prop-path";

/** Refuses a command that names nothing, or of which an argument would not reach a host unaltered. */
export function checkCommand(at: PropPath, argv: readonly string[]): void {
  const [program = ""] = checkList(at, argv);
  if (program === "") at.refuse("name a command", argv);
  argv.forEach((arg, i) => {
    checkOneLine(at.index(i), checkString(at.index(i), arg));
    checkNormal(at.index(i), arg);
  });
}

/**
 * Refuses a command that names nothing where the engine runs, or of which an argument would not reach it unaltered. A path is whole:
 * nobody knows in which folder an engine is started.
 */
export function checkEngineCommand(at: PropPath, argv: readonly string[]): void {
  const [program = ""] = checkList(at, argv);
  if (program === "") at.refuse("name a command", argv);
  argv.forEach((arg, i) => {
    checkLiterals(at.index(i), checkTokenString(at.index(i), arg));
  });
  if (!isToken(program) && program.includes("/") && !program.startsWith("/"))
    at.index(0).refuse("be an absolute path, or a name that the engine's PATH has", program);
}
