import { candidateFolder } from "../../layout";
import { isToken } from "../../values/marker";
import { pathUnder } from "../../values/path";
import { type PropPath } from "../../values/prop-path";
import { type Service } from "../service";
import { type Written } from "./rule";

/**
 * What a service does with a path in its sandbox: reads it, writes it, or makes a unix socket there that others have to find.
 */
export type NeededAs = "read" | "write" | "found";

/** A path that Puma cannot do without. */
export interface Need {
  readonly as: NeededAs;
  readonly path: string;
  readonly at: PropPath;
}

/** Options of Puma by which it writes a file. */
const WRITTEN = ["-S", "--state", "--pidfile", "--redirect-stdout", "--redirect-stderr"];

/** The paths that a service needs in its sandbox, as far as synth knows them. */
export function needsOf({ service, rehearses }: Written): Need[] {
  return [
    ...filesOf(service),
    ...writtenBy(service),
    ...socketsOf(service),
    ...(rehearses ? candidatesOf(service) : []),
  ];
}

function filesOf({ at, workingDirectory, command, configFile, binds, isSocketActivated }: Service): Need[] {
  const read = (path: string, at: PropPath): Need => ({ as: "read", path, at });
  const [program = ""] = command._argv(workingDirectory, isSocketActivated);
  return [
    read(workingDirectory, at.key("workingDirectory")),
    read(program, at.key("command")),
    ...(configFile ? [read(configFile, at.key("configFile"))] : []),
    ...binds.flatMap((bind) => bind._files(workingDirectory)).map((path) => read(path, at.key("binds"))),
  ];
}

function writtenBy({ at, args, workingDirectory }: Service): Need[] {
  return args.flatMap((arg, i): Need[] => {
    const [option = "", ...value] = arg.split("=");
    if (!WRITTEN.includes(option) || (arg.includes("=") && !option.startsWith("--"))) return [];
    const given = value.length > 0 ? value.join("=") : args[i + 1];
    if (given === undefined || given === "" || isToken(given)) return [];
    const place = at.key("args").index(value.length > 0 ? i : i + 1);
    return [{ as: "write", path: pathUnder(place, workingDirectory, given), at: place }];
  });
}

/** Those that Puma makes itself. */
function socketsOf({ at, binds, isSocketActivated }: Service): Need[] {
  if (isSocketActivated) return [];
  return binds.flatMap(({ _probe: probe }, i): Need[] =>
    probe.scheme === "unix" ? [{ as: "found", path: probe.path, at: at.key("binds").index(i) }] : [],
  );
}

function candidatesOf({ at, name }: Service): Need[] {
  return [{ as: "found", path: `${candidateFolder(name, "rehearsal")}/puma.sock`, at: at.key("restart") }];
}
