import { type Subject } from "./beginning";
import { type Unit } from "./unit";

const EACH = "Each other one is a PumaService of its own: import it with --instance NAME.";
const SOCKET = "It becomes a PumaSocket then, which stays open while Puma restarts.";
const DROP_INS =
  "what these drop-ins say is declared here. Remove them from the hosts, where they would go on applying.";
const OF_USER =
  "If this was a unit of a user's own manager (systemctl --user), name that user in 'user', or Puma runs as root. " +
  "Disable the old unit there before the first apply.";

/** Whether it looks like a unit of a user's own manager, which has no User=. */
export function isOfUser({ lines }: Unit): boolean {
  const isOne = lines.some(
    ({ name, value }) => name === "WantedBy" && value.split(/\s+/).includes("default.target"),
  );
  return isOne && !lines.some(({ name }) => name === "User");
}

/** What has to be known of a service beside its single lines. */
export function remarksOf(subject: Subject, file: Unit): string[] {
  return [
    ...ofNames(subject, file),
    ...ofDropIns(file),
    ...ofSocket(subject),
    ...(isOfUser(file) ? [OF_USER] : []),
    ...(file.lines.some(({ value }) => /%h/.test(value))
      ? [`%h, the home of whose manager runs it, is ${subject.unit.home} here.`]
      : []),
  ];
}

function ofNames({ unit, name }: Subject, { fileName }: Unit): string[] {
  const template = `${fileName} is a template: this is its instance "${unit.instance}", as ${name}. ${EACH}`;
  const renamed = `It is ${name}.service here: stop and disable the old unit before the first apply.`;
  return [...(unit.instance === "" ? [] : [template]), ...(`${name}.service` === fileName ? [] : [renamed])];
}

function ofDropIns({ fileName, lines }: Unit): string[] {
  const names = [...new Set(lines.map(({ file }) => file).filter((file) => file !== fileName))];
  return names.length === 0 ? [] : [`${names.join(", ")}: ${DROP_INS}`];
}

function ofSocket({ service, sockets }: Subject): string[] {
  const required = service.flatMap((said) =>
    said.name === "Requires" ? said.lines.flatMap(({ value }) => value.split(/\s+/)) : [],
  );
  const missing = required.find((word) => word.endsWith(".socket"));
  return missing === undefined || sockets.length > 0
    ? []
    : [`${missing} was not imported: give its file too. ${SOCKET}`];
}
