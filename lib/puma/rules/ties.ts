import { isOn, withSpecifiers, wordsIn } from "../unit-values";
import { directiveAt, socketsIn, serviceIn, type Written, type WrittenUnit } from "./rule";

/** Section, directive, and what comes of it where it names the other unit of a service and its socket. */
type Tie = readonly [section: "Unit" | "Install", names: readonly string[], consequence: string];

const CLOSES = "systemd would close the socket at each restart of Puma, and refuse connections meanwhile";
const CLOSES_AT_START = "systemd would close the socket as Puma starts";
const CYCLE = "a socket starts before its service, so systemd would leave one of the two out of the boot";
const REOPENS = "systemd would open a socket again that was stopped, and start Puma by it";

const OF_SOCKET: readonly Tie[] = [
  ["Unit", ["PartOf", "BindsTo", "BindTo", "StopPropagatedFrom"], CLOSES],
  ["Unit", ["Requires", "RequiresOverridable", "Requisite", "RequisiteOverridable"], CLOSES],
  ["Unit", ["Conflicts"], CLOSES_AT_START],
  ["Unit", ["After"], CYCLE],
  ["Install", ["UpheldBy"], REOPENS],
];

const OF_SERVICE: readonly Tie[] = [
  ["Unit", ["PropagatesStopTo"], CLOSES],
  ["Install", ["RequiredBy"], CLOSES],
  ["Unit", ["Conflicts"], CLOSES_AT_START],
  ["Unit", ["Before"], CYCLE],
  ["Unit", ["Upholds"], REOPENS],
];

/** Throws if a socket would not stay open, or not stay closed, because of what its service does. */
export function checkTies(written: Written): void {
  const service = serviceIn(written);
  if (service === undefined) return;
  for (const socket of socketsIn(written)) {
    checkEach(socket, OF_SOCKET, namesOf(service));
    checkEach(service, OF_SERVICE, namesOf(socket));
    checkNeeded(socket);
  }
}

function checkEach(from: WrittenUnit, ties: readonly Tie[], others: readonly string[]): void {
  for (const [section, names, consequence] of ties) {
    for (const name of names) {
      const named = wordsIn(from.unit, section, name).find((word) =>
        others.includes(withSpecifiers(word, from.file)),
      );
      if (named !== undefined)
        directiveAt(from, section, name).refuse(
          `not name ${others[0]}: ${consequence}; leave it away`,
          named,
        );
    }
  }
}

/** A unit's own name, and those that its [Install] gives it beside it. */
function namesOf({ file, unit }: WrittenUnit): string[] {
  return [file, ...wordsIn(unit, "Install", "Alias").map((alias) => withSpecifiers(alias, file))];
}

function checkNeeded(socket: WrittenUnit): void {
  if (isOn(socket.unit, "Unit", "StopWhenUnneeded"))
    directiveAt(socket, "Unit", "StopWhenUnneeded").refuse(`be left away: ${CLOSES}`, true);
}
