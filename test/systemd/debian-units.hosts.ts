import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UNIT_TYPES } from "../../lib/systemd/names";
import { roundTrips } from "./round-trip";

const FOLDERS = ["lib", "usr/lib"].flatMap((lib) => [`${lib}/systemd/system`, `${lib}/systemd/user`]);

/** The root file systems of the releases, by name: `ROOT_FILE_SYSTEMS=/path/of/bookworm:/path/of/trixie`. */
function rootFileSystems(): string[] {
  return (process.env.ROOT_FILE_SYSTEMS ?? "").split(":").filter((path) => path !== "");
}

/** Every unit file and drop-in of a root file system; links are left out, since they lead to files that are not. */
function unitFiles(root: string): string[] {
  const folders = FOLDERS.map((folder) => join(root, folder)).filter(
    (folder) =>
      existsSync(folder) &&
      !lstatSync(join(root, folder.slice(root.length + 1).split("/")[0])).isSymbolicLink(),
  );
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .filter((path) => lstatSync(path).isFile() && /\.([a-z]+)$/.test(path))
    .filter((path) => [...UNIT_TYPES, "conf"].some((suffix) => path.endsWith(`.${suffix}`)))
    .sort();
}

function problem(path: string): string | undefined {
  try {
    return roundTrips(readFileSync(path, "utf8"));
  } catch (error) {
    return String(error);
  }
}

(rootFileSystems().length > 0 ? describe : describe.skip)("the unit files of Debian", () => {
  test.each(rootFileSystems())("%s: each renders to what systemd reads in it", (root) => {
    const files = unitFiles(root);
    const problems = files.flatMap((path) => (problem(path) ? [`${path}: ${problem(path)}`] : []));

    expect(problems).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });
});
