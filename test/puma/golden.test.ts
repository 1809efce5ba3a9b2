import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PumaSocket } from "../../lib";
import { UnitFile } from "../../lib/systemd/unit-file";
import { newService, newStack } from "../stack";
import { type Form, FORMS } from "./forms";

const FOLDER = join(__dirname, "golden");

/** What the library writes is a contract: a changed line restarts Puma on people's hosts. */
function unitsOf({ service, socket, sockets }: Form): Record<string, string> {
  const stack = newStack();
  const held = socket && { socket: new PumaSocket(stack, "socket", socket) };
  const several = sockets && {
    sockets: sockets.map((one, i) => new PumaSocket(stack, `socket${i}`, one)),
  };
  return newService(stack, { ...service, ...held, ...several }).unitFiles;
}

/** What a golden file has behind its form's name. */
const suffix = (file: string): string =>
  file === "admin.socket" ? `-${file}` : file.slice(file.lastIndexOf("."));

test.each(Object.entries(FORMS))("%s", (name, form) => {
  for (const [file, text] of Object.entries(unitsOf(form))) {
    expect(text).toBe(readFileSync(join(FOLDER, name + suffix(file)), "utf8"));
    expect(UnitFile.parse(text).toString()).toBe(text);
  }
});

test("no golden file is left over", () => {
  const made = Object.entries(FORMS).flatMap(([name, form]) =>
    Object.keys(unitsOf(form)).map((file) => name + suffix(file)),
  );
  expect(readdirSync(FOLDER).sort()).toEqual(made.sort());
});
