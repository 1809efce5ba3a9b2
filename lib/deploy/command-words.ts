import { checkNormal, checkOneLine } from "../values/characters";
import { checkList, checkString } from "../values/check";
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
