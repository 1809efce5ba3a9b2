/** The house: the rooms of lib/, of which each may import from those below it. */
import { arrow, box, COLOURS, picture, quiet, text } from "./svg";

const ABOUT: Record<string, string> = {
  cli: "the command line, over all hosts of a stack",
  testing: "matchers for the tests of those who use it",
  ".": "the constructs, and the public names",
  terraform: "locals, resources, removals, batches: all that an engine reads",
  deploy: "how a service changes on a host: checks, rollouts, files, settings",
  puma: "what Puma is: binds, command, versions, its unit",
  host: "how to reach a machine: connection, bastion, keys",
  systemd: "unit files: model, parse, render, quote",
  runtime: "what runs on hosts: shell alone",
  values: "paths of props, checks, durations, the marker of a token",
};

const ROW = 46;

export function house(rooms: readonly string[]): string {
  const height = 60 + rooms.length * ROW + 20;
  return picture(760, height, "The rooms of the library, from the street inwards", [
    text(64, 36, "Imports run one way: down", 'font-weight="600"'),
    arrow(`M36 60V${height - 24}`),
    ...rooms.flatMap((room, i) => storey(room, 56 + i * ROW)),
  ]);
}

function storey(room: string, y: number): string[] {
  const about = ABOUT[room];
  if (about === undefined) throw new Error(`the picture of the house does not know the room ${room}`);
  const fill = room === "runtime" ? COLOURS.trial : "#ffffff";
  const name = room === "." ? "lib/*.ts" : `lib/${room}/`;
  return [
    box({ x: 64, y, width: 672, height: 36, fill }),
    text(78, y + 23, name, 'font-family="ui-monospace, monospace" font-size="13" font-weight="600"'),
    quiet(206, y + 23, about),
  ];
}
