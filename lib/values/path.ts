import { refuse, refuseMatch, checkString } from "./check";
import { checkNormal, checkText } from "./text";

/** A path, known at synth, of characters that it can be written with anywhere. */
function plainPath(prop: string, path: string): string {
  checkText(prop, checkString(prop, path));
  checkNormal(prop, path);
  refuseMatch(prop, path, /\p{Cc}/u, "a control character");
  return path;
}

/** An absolute path, known at synth. */
export function absolutePath(prop: string, path: string): string {
  if (!plainPath(prop, path).startsWith("/")) refuse(prop, "be an absolute path", path);
  return path;
}

/** A path on the target: relative ones are under `directory`. */
export function pathUnder(prop: string, directory: string, path: string): string {
  if (plainPath(prop, path) === "") refuse(prop, "name a file", path);
  return path.startsWith("/") ? path : `${directory.replace(/\/+$/, "")}/${path.replace(/^\.\//, "")}`;
}
