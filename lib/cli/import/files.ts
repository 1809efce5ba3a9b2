import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Source } from "./unit";

const KINDS = /\.(?:service|socket|conf)$/;

/**
 * Reads unit files, and what belongs to them beside them: the drop-ins in `web.service.d`, and the socket or the service of
 * the same name.
 * @throws with the file and the cause
 */
export function readFiles(paths: readonly string[]): Source[] {
  const other = paths.find((path) => !KINDS.test(path));
  if (other !== undefined)
    throw new Error(`${other}: is neither a .service nor a .socket, nor a drop-in of one (.conf)`);
  const units = [...new Set([...paths, ...partners(paths)])];
  return [...new Set([...units, ...units.flatMap(dropIns)])].map(read);
}

/** What is missing of service and socket. */
function partners(paths: readonly string[]): string[] {
  const lacks = (suffix: string): boolean => !paths.some((path) => path.endsWith(suffix));
  const beside = (suffix: string): string[] =>
    paths
      .map((path) => path.replace(/\.(?:service|socket)$/, suffix))
      .filter((path) => path.endsWith(suffix) && existsSync(path));
  return [...(lacks(".service") ? beside(".service") : []), ...(lacks(".socket") ? beside(".socket") : [])];
}

function dropIns(path: string): string[] {
  const folder = `${path}.d`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".conf"))
    .sort()
    .map((name) => join(folder, name));
}

function read(path: string): Source {
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${code === "ENOENT" ? "no such file" : message}`, { cause: error });
  }
}
