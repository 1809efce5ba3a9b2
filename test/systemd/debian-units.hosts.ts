import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UNIT_TYPES } from "../../lib/systemd/names";
import { RELEASES, rootFileSystem } from "../fleet/rootfs";
import { roundTrips } from "./round-trip";

const FOLDERS = ["lib", "usr/lib"].flatMap((lib) => [`${lib}/systemd/system`, `${lib}/systemd/user`]);

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

test.each(RELEASES)(
  "each unit file of %s renders to what systemd reads in it",
  async (release) => {
    const files = unitFiles(await rootFileSystem(release));
    const problems = files.flatMap((path) => (problem(path) ? [`${path}: ${problem(path)}`] : []));

    expect(problems).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  },
  600_000,
);
