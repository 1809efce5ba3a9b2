import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Consumer, Consumers, essence, type Packages, SETUPS } from "../consumers/consumer";

const NODE = `node-${process.platform}-${process.arch}`;

/** Of the registry's packages of Node.js and TypeScript, one of each version. */
const TOOLS: Packages = Object.fromEntries([
  ...["22", "24", "26"].map((version) => [`node-${version}`, `npm:${NODE}@${version}`]),
  ...["5.9", "6.0", "7.0"].map((version) => [`typescript-${version}`, `npm:typescript@${version}`]),
]);

const TEXT = `## cdktf and cdktn, Node.js, TypeScript

Projects that install the packed library from the registry. Under a Node.js: whether one program becomes the same stack there
as in all others of this table, but for what the CDK writes of itself and where the null provider comes from. Under a
TypeScript: whether it finds no error, under \`strict\`, without \`skipLibCheck\`.
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
    tell(`${TEXT}\n${table(["installed", ...tools.map(nameOf)], rows)}`);
    return rows.flat().every((cell) => cell !== "**no**");
  } finally {
    consumers.remove();
  }
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
  if (!isTypeScript(tool))
    return `Node.js ${execFileSync(join(tool, "bin/node"), ["-p", "process.versions.node"], { encoding: "utf8" }).trim()}`;
  return `TypeScript ${JSON.parse(readFileSync(join(tool, "package.json"), "utf8")).version}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}
