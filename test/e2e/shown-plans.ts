/** The plans that pages show. */
import { readFileSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EngineKind } from "../../lab/engine/engine";
import { type Build, type Workspace } from "../../lab/engine/workspace";

/** Whether a page is written anew where it shows another plan. */
const WRITES = process.env.WRITE_PLANS === "true";

/** All that an engine prints of a resource; its first line tells which it is. */
const RESOURCE = /^( {2}# .* must be replaced)$[^]*?^ {4}\}$/gm;

/** What a page shows of an engine's plan: under each heading a block of Terraform's, then one of OpenTofu's. */
function shownUnder(docs: string, heading: string, kind: EngineKind): string {
  const blocks = docs.slice(docs.indexOf(`\n## ${heading}\n`)).match(/^```text\n[^]*?^```$/gm);
  return blocks?.[kind === "terraform" ? 0 : 1] ?? "";
}

/** The same with each resource as the engine prints it. */
function asPrinted(shown: string, stdout: string): string {
  const resources = shown.match(RESOURCE) ?? [];
  expect(resources).not.toEqual([]);
  return shown.replace(RESOURCE, (_, head: string) => {
    const [printed = ""] = stdout.slice(stdout.indexOf(head)).match(RESOURCE) ?? [];
    expect(printed).toContain(head);
    return printed;
  });
}

/** What is another with each apply is left out. */
function withoutIds(text: string): string {
  return text.replace(/(~ id +=) "[^"]*"/g, "$1 …");
}

/** Holds what a page shows under a heading to what is planned of what was synthesized. */
export async function checkPage(page: string, heading: string, { engine, folder }: Workspace): Promise<void> {
  const { stdout } = await engine.plan(folder);
  const docs = readFileSync(page, "utf8");
  const shown = shownUnder(docs, heading, engine.kind);
  const printed = asPrinted(shown, stdout);
  if (WRITES && withoutIds(shown) !== withoutIds(printed))
    writeFileSync(
      page,
      docs.replace(shown, () => printed),
    );
  else expect(withoutIds(shown)).toBe(withoutIds(printed));
}

/** Applies what needs no host, as it does nothing there. */
export async function applyWithoutHosts(workspace: Workspace, build: Build): Promise<void> {
  await workspace.synth(build);
  await leaveOutProvisioners(workspace);
  await workspace.engine.apply(workspace.folder);
}

async function leaveOutProvisioners(workspace: Workspace): Promise<void> {
  const file = join(workspace.folder, "cdk.tf.json");
  const configuration = JSON.parse(await readFile(file, "utf8")) as {
    resource: Record<string, Record<string, object>>;
  };
  for (const resources of Object.values(configuration.resource))
    for (const resource of Object.values(resources)) Reflect.deleteProperty(resource, "provisioner");
  await writeFile(file, JSON.stringify(configuration));
}
