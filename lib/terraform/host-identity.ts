import { type Construct } from "constructs";
import { type Host } from "../host/host";
import { isToken } from "../values/marker";
import { type Cdk } from "./cdk";

/** Who has to find a host again that has left the program: the program itself, or the engine, by what it refers to. */
export type KnownBy = "program" | "engine";

/**
 * Whether a host's address stands in the program, and nothing that a removal keeps of it refers to more than variables: a
 * removal that refers to a resource would make the engine treat that resource as it treats the removal.
 * @param removal - what it keeps
 */
export function knownBy(
  cdk: Cdk,
  scope: Construct,
  host: Host,
  removal: Readonly<Record<string, unknown>>,
): KnownBy {
  if (isToken(host.address)) return "engine";
  const texts = Object.values(removal).filter((value) => isToken(value));
  const { DefaultTokenResolver, StringConcat, Tokenization } = cdk;
  const resolver = new DefaultTokenResolver(new StringConcat());
  const resolved = texts.map((text) =>
    String(Tokenization.resolve(text, { scope, resolver, preparing: false })),
  );
  return resolved.some(refersToMore) ? "engine" : "program";
}

/** Whether an expression refers to anything but variables: a resource, or a local in which one may be. */
function refersToMore(text: string): boolean {
  const withoutStrings = text.replace(/"(?:[^"\\$]|\\.|\$(?!\{))*"/g, '""');
  return /(?<![\w.-])(?!var\.)[A-Za-z_][\w-]*\.[A-Za-z_]/.test(withoutStrings);
}

/**
 * What tells a host from another, beside its name, and is kept in the record there. One that was known by the program and
 * is by the engine, or the other way round, is another: so what removes it finds that it has not to.
 */
export function identityOf(address: string, by: KnownBy): string {
  return by === "engine" ? `${address} (known to the engine)` : address;
}
