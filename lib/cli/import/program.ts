import { type Declaration, type Fields, socketId } from "./declaration";
import { type Difference, differences } from "./differences";
import { type Note } from "./draft";
import { shown, withoutSecrets } from "./environment";
import { type Imported } from "./import";
import { type Units } from "./unit";
import { type Code, render } from "./written";

/** What a program is printed with. */
export interface ProgramOptions {
  /** The package of the CDK. */
  readonly cdk: string;
  /** Where the units are from; undefined where files were given. */
  readonly host?: { readonly address: string; readonly user?: string };
}

const WIDTH = 110;

/** The program that declares what was imported. */
export function programOf(imported: Imported, units: Units, options: ProgramOptions): string {
  const { declaration } = imported;
  const body = [
    ...hostsOf(options),
    "",
    ...socketsOf(declaration),
    ...serviceOf(imported),
    "",
    "app.synth();",
    "",
  ];
  const text = body.join("\n");
  const files = [units.service, ...units.sockets].map(({ fileName }) => fileName).join(" and ");
  return [
    ...comment(`Made from ${files} by \`cdktf-puma import\`: it is yours to edit.`),
    ...headOf(declaration, text, options),
  ]
    .concat(text, differencesOf(imported))
    .join("\n");
}

function headOf({ name }: Declaration, text: string, { cdk }: ProgramOptions): string[] {
  return [
    `import { App, TerraformStack } from "${cdk}";`,
    `import { ${namesIn(text).join(", ")} } from "cdktf-puma";`,
    "",
    "const app = new App();",
    `const stack = new TerraformStack(app, ${JSON.stringify(name)});`,
    "",
  ];
}

/** The names of the library in a program, its comments aside. */
function namesIn(text: string): string[] {
  const code = text.replace(/^ *\/\/.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/g, "");
  const names = code.match(/\b(Bind|Duration|Host|Logs|PumaCommand|PumaService|PumaSocket|SshKey)\b/g) ?? [];
  return [...new Set<string>(names)].sort();
}

function hostsOf({ host }: ProgramOptions): string[] {
  const { address, user } = host ?? { address: "192.0.2.11", user: "ops" };
  const login: Record<string, Code> = {
    address: JSON.stringify(address),
    ...(user !== undefined && { user: JSON.stringify(user) }),
    key: "SshKey.agent()",
  };
  return [
    ...comment(
      host === undefined
        ? "Put your hosts here, and pin their keys ('hostKey')."
        : "Pin its key ('hostKey').",
    ),
    `const hosts = [new Host("web1", ${render(login)})];`,
  ];
}

function socketsOf({ sockets, name }: Declaration): string[] {
  const made = sockets.map((socket, i) => {
    const fields = {
      ...codesOf(socket.fields),
      ...(socket.name !== name && { name: JSON.stringify(socket.name) }),
    };
    return `new PumaSocket(stack, ${JSON.stringify(socketId(name, socket, i))}, ${renderProps(fields)})`;
  });
  if (made.length === 0) return [];
  if (made.length === 1) return [`const socket = ${made.join("")};`, ""];
  const items = made.flatMap((one) => `${one},`.split("\n")).map((line) => `  ${line}`);
  return ["const sockets = [", ...items, "];", ""];
}

function serviceOf({ declaration, notes, remarks }: Imported): string[] {
  const { name, service, sockets } = declaration;
  const { directives, ...props } = codesOf(service);
  const fields: Record<string, Code> = {
    hosts: "hosts",
    ...(sockets.length === 1 && { socket: "socket" }),
    ...(sockets.length > 1 && { sockets: "sockets" }),
    ...props,
    takeOver: "true",
    ...(directives !== undefined && { directives }),
  };
  return [
    ...remarks.flatMap((remark) => comment(remark)),
    `new PumaService(stack, ${JSON.stringify(name)}, ${renderProps(fields, commentsOf(notes))});`,
  ];
}

function commentsOf(notes: readonly Note[]): string[] {
  const left = notes.filter(({ isSaid }) => !isSaid);
  const said = notes.filter(({ isSaid }) => isSaid);
  return [...noteLines("Left away:", left), ...noteLines("Said otherwise, or to be looked at:", said)];
}

/** What a reader looks for first; all else stands behind it, and raw directives at the end. */
const FIRST = [
  "binds",
  "user",
  "group",
  "workingDirectory",
  "command",
  "configFile",
  "args",
  "workers",
  "threads",
];

function codesOf(fields: Fields): Record<string, Code> {
  const { directives, ...others } = fields;
  const names = [
    ...FIRST.filter((name) => name in others),
    ...Object.keys(others),
    ...(directives ? ["directives"] : []),
  ];
  return Object.fromEntries(names.map((name) => [name, fields[name]?.code ?? ""]));
}

/** One prop a line, and comments behind them. */
function renderProps(fields: Readonly<Record<string, Code>>, comments: readonly string[] = []): string {
  const lines = Object.entries(fields).map(([name, code]) =>
    code === name ? `  ${name},` : `  ${name}: ${render(code, "  ")},`,
  );
  return ["{", ...lines, ...comments.map((line) => `  ${line}`), "}"].join("\n");
}

function noteLines(heading: string, notes: readonly Note[]): string[] {
  return notes.length === 0 ? [] : [...comment(heading), ...notes.flatMap((note) => comment(noteText(note)))];
}

/** A command is long, and stands at the end of the program. */
function noteText({ line, part, reason }: Note): string {
  const { file, number, name } = line;
  const isWhole = part === undefined && name !== "ExecStart";
  const what = isWhole ? shown(line) : `${name}=${part === undefined ? "" : ` ${withoutSecrets(part)}`}`;
  return `- ${file}:${number}: ${what}: ${reason}`;
}

/** Lines of comment. A text of a file cannot end them. */
function comment(text: string): string[] {
  const lines = [""];
  for (const word of oneLine(text).split(" ")) {
    const last = lines[lines.length - 1] ?? "";
    if (last !== "" && last.length + word.length >= WIDTH - 5) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line, i) => (i === 0 ? `// ${line}` : `//   ${line}`));
}

function differencesOf({ draft, sources }: Imported): string[] {
  const found = [...draft.units].flatMap(([file, rendered]) => {
    const origin = sources.get(file);
    return origin === undefined ? [] : diffLines(file, differences(origin.source, rendered, origin.unit));
  });
  if (found.length === 0) return ["// The units say what the files say.", ""];
  return [
    ...comment("What the files say and the units do not (-), and the other way round (+):"),
    ...found,
    "",
  ];
}

function diffLines(fileName: string, found: readonly Difference[]): string[] {
  const lines = found.map(({ sign, section, text }) => `//   ${sign} [${section}] ${oneLine(text)}`);
  return lines.length === 0 ? [] : [`// ${fileName}`, ...lines];
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
