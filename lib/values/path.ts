import { posix } from "node:path";
import { checkNormal, checkCharacters } from "./characters";
import { checkString, checkWithout } from "./check";
import { type PropPath } from "./prop-path";

/** What sun_path of unix(7) holds, without its NUL: bytes. */
export const LONGEST_SOCKET_PATH = 107;

/** A path or a word, known at synth, of characters that it can be written with anywhere. */
export function plainText(at: PropPath, path: string): string {
  checkCharacters(at, checkString(at, path));
  checkNormal(at, path);
  checkWithout(at, path, /\p{Cc}/u, "a control character");
  return path;
}

/** An absolute path, known at synth. */
export function absolutePath(at: PropPath, path: string): string {
  if (!plainText(at, path).startsWith("/")) at.refuse("be an absolute path", path);
  return path;
}

/** A path on the target: relative ones are under `directory`. */
export function pathUnder(at: PropPath, directory: string, path: string): string {
  if (plainText(at, path) === "") at.refuse("name a file", path);
  if (/^[~$]/.test(path)) at.refuse("not begin with '~' or '$': nobody expands them here", path);
  return path.startsWith("/") ? path : `${directory.replace(/\/+$/, "")}/${path.replace(/^\.\//, "")}`;
}

/** Whether a path leads to what is below a folder, however either is written: `..`, `//` and a slash at its end change nothing. */
export function isBelow(path: string, folder: string): boolean {
  return posix.normalize(path).startsWith(`${posix.normalize(folder).replace(/\/+$/, "")}/`);
}

/** A path below /var/run, which is a link to /run, as systemd writes it; any other one as it is. */
export function withoutVar(path: string): string {
  return path.replace(/^\/var\/run\//, "/run/");
}
