import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cdktf from "cdktf";
import * as fork from "cdktn";
import { Bind, Host, type HostOptions, PumaService, type PumaServiceProps, SshKey } from "../lib";
import { type ServiceBinds } from "../lib/puma/service";
import { type Cdk } from "../lib/terraform/cdk";
import { PropPath } from "../lib/values/prop-path";

const outdir = mkdtempSync(join(tmpdir(), "cdktf-puma-unit-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Terraform's JSON, as far as tests look into it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Synthesized = Record<string, any>;

/** The fork; TypeScript takes two classes with private fields for different ones, whatever they hold. */
export const cdktn = fork as unknown as Cdk;

/** A new stack of cdktf, or of its fork; its temporary folder goes away with the test file. */
export function newStack(name = "blog", { TerraformStack, Testing }: Cdk = cdktf): cdktf.TerraformStack {
  return new TerraformStack(Testing.app({ outdir }), name);
}

/** The stack's JSON, validations included. */
export function synth(stack: cdktf.TerraformStack, { Testing }: Cdk = cdktf): Synthesized {
  return JSON.parse(Testing.synth(stack, true));
}

/** The fields of an object that stands as one expression of literals, such as `${{ a = "b" }}`. */
export function fieldsIn(expression: string): Synthesized {
  return JSON.parse(expression.slice(2, -1).replace(/(?<=[{,] )(\w+) = /g, '"$1": '));
}

/** A host that needs no explanation. */
export function newHost(name = "web1", options: Partial<HostOptions> = {}): Host {
  return new Host(name, { address: `${name}.example.org`, key: SshKey.agent(), ...options });
}

/** A service that nothing is wrong with, `changes` aside. */
export function newService(
  stack: cdktf.TerraformStack,
  changes: Partial<PumaServiceProps> = {},
  id = "web",
): PumaService {
  return new PumaService(stack, id, {
    hosts: [newHost()],
    ...(changes.socket || changes.sockets ? {} : { binds: [Bind.tcp(9292)] }),
    user: "deploy",
    workingDirectory: "/srv/blog/current",
    ...changes,
  });
}

/** Binds that a socket of a name holds; none does where there is no name. */
export function heldBy(name: string | undefined, binds: readonly Bind[]): ServiceBinds {
  const at = PropPath.of("PumaService", "web").key("socket");
  return { binds, sockets: name === undefined ? [] : [{ at, file: `${name}.socket`, binds }] };
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
