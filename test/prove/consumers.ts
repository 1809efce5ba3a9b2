import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  type CdkName,
  type Consumer,
  Consumers,
  essence,
  type Packages,
  SETUPS,
} from "../consumers/consumer";

const NODE = `node-${process.platform}-${process.arch}`;

/** The registry's packages of Node.js, one of each version. */
export const NODES: Packages = Object.fromEntries(
  ["22", "24", "26"].map((version) => [`node-${version}`, `npm:${NODE}@${version}`]),
);

/** With those of TypeScript. */
const TOOLS: Packages = {
  ...NODES,
  ...Object.fromEntries(
    ["5.9", "6.0", "7.0"].map((version) => [`typescript-${version}`, `npm:typescript@${version}`]),
  ),
};

/** The command lines, and the versions of Node.js that the README says they run under. */
const COMMAND_LINES: readonly [cdk: CdkName, packages: Packages, runsUnder: readonly string[]][] = [
  ["cdktf", { cdktf: "0.21.0", "cdktf-cli": "0.21.0" }, ["node-22"]],
  ["cdktn", { cdktn: "0.24.0", "cdktn-cli": "0.24.0" }, ["node-22", "node-24", "node-26"]],
];

const TEXT = `## cdktf and cdktn, Node.js, TypeScript

Projects that install the packed library from the registry. Under a Node.js: whether one program becomes the same stack there
as in all others of this table, but for what the CDK writes of itself and where the null provider comes from. Under a
TypeScript: whether it finds no error, under \`strict\`, without \`skipLibCheck\`.
`;

const TEXT_OF_COMMAND_LINES = `The \`synth\` of each CDK's own command line, with one cdktf.json, as npm installs it without
building anything; bold where the README says something else.
`;

/** Tries every set of packages with every version of the tools; whether all of them work. */
export function proveConsumers(tell: (text: string) => void): boolean {
  const consumers = new Consumers();
  try {
    const modules = join(consumers.project("tools", TOOLS), "node_modules");
    const tools = Object.keys(TOOLS).map((name) => join(modules, name));
    let first: unknown;
    const isSame = (consumer: Consumer, node: string): boolean => {
      const stacks = [...consumer.synth(join(node, "bin/node")).values()].map(essence);
      first ??= stacks[0];
      return stacks.every((stack) => isDeepStrictEqual(stack, first));
    };
    const rows = Object.entries(SETUPS).map(([name, packages]) => {
      const consumer = consumers.install(name, packages);
      const works = (tool: string): boolean =>
        isTypeScript(tool) ? hasTypes(consumer, tool) : isSame(consumer, tool);
      return [name, ...tools.map((tool) => (attempt(() => works(tool)) ? "yes" : "**no**"))];
    });
    const nodes = tools.filter((tool) => !isTypeScript(tool));
    const commandLines = COMMAND_LINES.map((one) => commandLineRow(consumers, nodes, ...one));
    tell(
      `${TEXT}\n${table(["installed", ...tools.map(nameOf)], rows)}\n\n` +
        `${TEXT_OF_COMMAND_LINES}\n${table(["command line", ...nodes.map(nameOf)], commandLines)}`,
    );
    return [...rows, ...commandLines].flat().every((cell) => !cell.startsWith("**"));
  } finally {
    consumers.remove();
  }
}

/** Where the command line of a CDK runs; in bold what is not as it should be. */
function commandLineRow(
  consumers: Consumers,
  nodes: readonly string[],
  cdk: CdkName,
  packages: Packages,
  runsUnder: readonly string[],
): string[] {
  const name = `${cdk}-cli ${packages[`${cdk}-cli`]}`;
  const consumer = consumers.install(name, packages);
  const cells = nodes.map((node) => {
    const runs = attempt(() => synthesizes(consumer, cdk, node));
    const text = runs ? "yes" : "no";
    return runs === runsUnder.includes(basename(node)) ? text : `**${text}**`;
  });
  return [name, ...cells];
}

function synthesizes(consumer: Consumer, cdk: CdkName, node: string): boolean {
  consumer.synthByCommandLine(cdk, join(node, "bin/node"));
  return true;
}

function hasTypes(consumer: Consumer, typescript: string): boolean {
  consumer.checkTypes(join(typescript, "bin/tsc"));
  return true;
}

function attempt(action: () => boolean): boolean {
  try {
    return action();
  } catch (error) {
    console.error(String(error));
    return false;
  }
}

function isTypeScript(tool: string): boolean {
  return basename(tool).startsWith("typescript");
}

function nameOf(tool: string): string {
  if (!isTypeScript(tool)) return `Node.js ${nodeAt(tool)}`;
  return `TypeScript ${JSON.parse(readFileSync(join(tool, "package.json"), "utf8")).version}`;
}

/** The version of a package of Node.js. */
export function nodeAt(tool: string): string {
  const words = ["-p", "process.versions.node"];
  return execFileSync(join(tool, "bin/node"), words, { encoding: "utf8" }).trim();
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}
