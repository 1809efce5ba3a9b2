/** The plans that docs/plan.md shows. */
import { type EngineKind } from "../../lab/engine/engine";

/** All that an engine prints of a resource; its first line tells which it is. */
const RESOURCE = /^( {2}# .* must be replaced)$[^]*?^ {4}\}$/gm;

/** What docs/plan.md shows of an engine's plan: under each heading a block of Terraform's, then one of OpenTofu's. */
export function shownUnder(docs: string, heading: string, kind: EngineKind): string {
  const blocks = docs.slice(docs.indexOf(`\n## ${heading}\n`)).match(/^```text\n[^]*?^```$/gm);
  return blocks?.[kind === "terraform" ? 0 : 1] ?? "";
}

/** The same with each resource as the engine prints it. */
export function asPrinted(shown: string, stdout: string): string {
  const resources = shown.match(RESOURCE) ?? [];
  expect(resources).not.toEqual([]);
  return shown.replace(RESOURCE, (_, head: string) => {
    const [printed = ""] = stdout.slice(stdout.indexOf(head)).match(RESOURCE) ?? [];
    expect(printed).toContain(head);
    return printed;
  });
}

/** What is another with each apply is left out. */
export function withoutIds(text: string): string {
  return text.replace(/(~ id +=) "[^"]*"/g, "$1 …");
}
