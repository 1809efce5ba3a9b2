/** The rule of the shell parts about what others say: it is printed through a filter, `printable` or `printable_lines`. */
import { type ShellSource } from "./shell-rules";

/** What brings words of others: names of links and sockets, titles of processes, the journal, what a program of theirs says. */
const FOREIGN =
  "(?:readlink|journalctl|systemctl status|first_line|title_of|name_of|verify|tail|head|stat|ls|find)\\b";
/** Those of them that are no look-up of ours. */
const PROGRAMS = "(?:readlink|journalctl|systemctl status)\\b";
const SPEAKER =
  /(?<![$\w])(?:(?:say|step|mark|note|problem|finding|fail|give_up|give_up_on_puma|log_end|audit|back_up)\s|(?:complaint|reason|became|cause|link)=)/;

/** A value behind `printable`, a pipeline through `printable_lines`, and a line that asks whether the word is one of ours. */
const FILTERED =
  /\$\(printable "(?:\$\([^()]*\)|\$\{[^}]*\}|\$(?![({])|[^"$])*"\)|\$\([^()]*printable_lines[^()]*\)|^.*\bis_asked_for .*$/gm;

/** Where words of others are printed, or said, as they are. */
export function foreignProblems({ parts }: ShellSource): string[] {
  return parts.flatMap(({ file, text }) =>
    [...text.matchAll(/^([a-z_]\w*)\(\) \{\n([^]*?)\n\}$/gm)].flatMap(([, name = "", body = ""]) =>
      [...printed(body), ...said(body)].map((what) => `${file}: ${name} prints ${what} as it is`),
    ),
  );
}

/** Commands whose output is the run's own, to their end. */
function printed(body: string): string[] {
  const commands = body.replace(/(?:\||\\)\n\s*/g, "| ").split("\n");
  const direct = RegExp(`^\\s*(?:! )?(${PROGRAMS}|\\$\\(journal\\))`);
  return commands.flatMap((command) => {
    const [, name] = direct.exec(command) ?? [];
    return name === undefined || /printable_lines|>/.test(command) ? [] : [`what ${name} says`];
  });
}

/** Words that a message has from a command, or from a variable that has them from one. */
function said(body: string): string[] {
  const rest = body.replace(FILTERED, "");
  const variables = [...assigned(rest), ...readFrom(rest)];
  const lines = rest.split("\n").filter((line) => SPEAKER.test(line));
  return [
    ...variables
      .filter((name) => lines.some((line) => RegExp(`\\$\\{?${name}\\b`).test(line)))
      .map((name) => `$${name}`),
    ...lines
      .flatMap((line) => RegExp(`\\$\\((${FOREIGN})`).exec(line)?.slice(1) ?? [])
      .map((name) => `what ${name} says`),
  ];
}

const assigned = (body: string): string[] =>
  [...body.matchAll(RegExp(`\\b(\\w+)=\\$\\(${FOREIGN}`, "g"))].map(([, name]) => name as string);

/** The variables of a loop that reads lines of a command. */
function readFrom(body: string): string[] {
  const loops = [...body.matchAll(/\bread (?:-r )?([\w ]+); do\n[^]*?<<EOT\n([^]*?)\nEOT/g)];
  return loops
    .filter(([, , source = ""]) => RegExp(`\\$\\(.*\\b(?:as_user|${FOREIGN})`).test(source))
    .flatMap(([, names = ""]) => names.split(" "));
}
