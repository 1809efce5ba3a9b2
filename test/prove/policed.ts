/** A stack that policies judge, and what is told of it. */
import { appendFileSync } from "node:fs";
import { TerraformVariable } from "cdktf";
import {
  Bind,
  type Hardening,
  Host,
  PumaService,
  PumaSocket,
  type Restart,
  type Rollout,
  SshKey,
} from "../../lib";
import { type Build } from "../../lab/engine/workspace";

/** What is seen, for the table of the evidence. */
export function tell(...row: string[]): void {
  const line = `| ${row.join(" | ")} |\n`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, line);
  else process.stderr.write(line);
}

/** What is otherwise in a stack that is judged. */
export interface Edit {
  readonly id?: string;
  readonly hosts?: number;
  readonly user?: string;
  readonly directives?: Record<string, string | boolean>;
  readonly greeting?: string;
  readonly rollout?: Rollout;
  readonly restart?: Restart;
  readonly hardening?: Hardening;
  readonly ensure?: "running" | "stopped";
  /** What else is in the stack. */
  readonly beside?: (stack: Parameters<Build>[0], hosts: Host[]) => unknown;
}

export const DIRECTIVES = { MemoryMax: "1G", NoNewPrivileges: true, ProtectSystem: "full" };

/** A service on five hosts, edited. */
export function stackWith(edit: Edit = {}): Build {
  return (stack) => {
    const hosts = Array.from(
      { length: edit.hosts ?? 5 },
      (_, i) => new Host(`web${i + 1}`, { address: `10.0.1.${11 + i}`, user: "ops", key: SshKey.agent() }),
    );
    const late = new TerraformVariable(stack, "late", { default: "some time" });
    new PumaService(stack, edit.id ?? "web", {
      hosts,
      ...("user" in edit ? { user: edit.user } : { user: "deploy" }),
      workingDirectory: "/srv/blog/current",
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
      environment: { GREETING: edit.greeting ?? "hello", LATE: late.stringValue },
      directives: { Service: edit.directives ?? DIRECTIVES },
      rollout: edit.rollout,
      restart: edit.restart,
      hardening: edit.hardening,
      ensure: edit.ensure,
    });
    edit.beside?.(stack, hosts);
  };
}
