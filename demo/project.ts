import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cdktf } from "../lab/engine/cdktf";
import { run } from "../lab/fleet/run";
import { type DemoSettings } from "./settings";

const PROGRAM = [process.execPath, require.resolve("tsx/cli"), join(__dirname, "stack.ts")] as const;

/** A folder as `cdktf` wants one, around the demo's stack. It is gone when this process ends. */
export class Project {
  private readonly folder = mkdtempSync(join(tmpdir(), "cdktf-puma-demo-"));

  constructor() {
    process.once("exit", () => rmSync(this.folder, { recursive: true, force: true }));
    this.write("cdktf.json", {
      language: "typescript",
      app: PROGRAM.map((word) => `"${word}"`).join(" "),
      projectId: "cdktf-puma-demo",
      sendCrashReports: "false",
    });
  }

  /** Sets what the stack is made of. */
  use(settings: DemoSettings): void {
    this.write("demo.json", settings);
  }

  /** Runs `cdktf` with arguments, and passes its lines on as they come. */
  async cdktf(args: string[], onLine: (line: string) => void): Promise<void> {
    await cdktf(args, this.folder, { onLine });
  }

  /** Synthesizes without cdktf's command line; returns the text of each unit by its file's name. */
  async synthesizedUnits(): Promise<Record<string, string>> {
    const [node, ...args] = PROGRAM;
    await run(node, args, { cwd: this.folder });
    const file = join(this.folder, "cdktf.out/stacks/demo/cdk.tf.json");
    const { locals } = JSON.parse(await readFile(file, "utf8")) as {
      locals: { puma_web_units: Record<string, string[]> };
    };
    const units = Object.entries(locals.puma_web_units);
    return Object.fromEntries(units.map(([name, lines]) => [name, lines.join("\n")]));
  }

  private write(file: string, content: unknown): void {
    writeFileSync(join(this.folder, file), JSON.stringify(content));
  }
}
