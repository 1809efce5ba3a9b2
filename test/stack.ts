import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { Bind, Host, type HostOptions, PumaService, type PumaServiceProps, SshKey } from "../lib";

const outdir = mkdtempSync(join(tmpdir(), "cdktf-puma-unit-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Terraform's JSON, as far as tests look into it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Synthesized = Record<string, any>;

/** A new stack; its temporary folder goes away with the test file. */
export function newStack(name = "blog"): TerraformStack {
  return new TerraformStack(Testing.app({ outdir }), name);
}

/** The stack's JSON, validations included. */
export function synth(stack: TerraformStack): Synthesized {
  return JSON.parse(Testing.synth(stack, true));
}

/** A host that needs no explanation. */
export function newHost(name = "web1", options: Partial<HostOptions> = {}): Host {
  return new Host(name, { address: `${name}.example.org`, key: SshKey.agent(), ...options });
}

/** A service that nothing is wrong with, `changes` aside. */
export function newService(
  stack: TerraformStack,
  changes: Partial<PumaServiceProps> = {},
  id = "web",
): PumaService {
  return new PumaService(stack, id, {
    hosts: [newHost()],
    ...(changes.socket ? {} : { binds: [Bind.tcp(9292)] }),
    user: "deploy",
    workingDirectory: "/srv/blog/current",
    ...changes,
  });
}

/** The message of the error that `action` throws. */
export function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}
