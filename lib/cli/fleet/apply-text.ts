import { identifier } from "../../terraform/identifier";
import { installationName } from "../../terraform/names";
import { Expressions, type Known, UnknownValue } from "./expressions";
import { type Placement } from "./fleet";
import { parsed } from "./stack-file";

/** What an apply sends to a host. */
export interface ApplyText {
  /** The launcher, with all that it hands over. */
  readonly text: string;
  /** The services that the stack has on the host. */
  readonly siblings: string;
}

interface Configuration {
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly variable?: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly resource?: {
    readonly null_resource?: Readonly<Record<string, { readonly provisioner?: unknown }>>;
  };
}

/**
 * What an apply of a synthesized stack would send to a host.
 * @param file the stack's cdk.tf.json
 * @throws if a value is known to the engine alone
 */
export function applyText(file: string, { service, host }: Placement): ApplyText {
  const configuration = parsed(file) as Configuration;
  const known = knownIn(configuration);
  const id = identifier(installationName(service, host.name));
  const provisioner = JSON.stringify(configuration.resource?.null_resource?.[id]?.provisioner ?? "");
  const [, locals] = /local\.(\w+)_(?:apply|packed)\}/.exec(provisioner) ?? [];
  if (locals === undefined)
    throw new Error(`${file}: there is no null_resource.${id} that an apply would make`);
  const value = (expression: string): string => String(Expressions.template(`\${${expression}}`, known));
  try {
    return { text: value(`local.${locals}_apply`), siblings: value(`local.puma_services["${host.name}"]`) };
  } catch (error) {
    if (!(error instanceof UnknownValue)) throw error;
    throw new Error(`what it is to be is ${error.message}: see it in a plan`, { cause: error });
  }
}

/** What is in a configuration, and in the environment of whoever asks, as an engine would find it there. */
function knownIn({ locals = {}, variable = {} }: Configuration): Known {
  return ([first, second = "", ...names]) => {
    if (first === "terraform" && second === "workspace") return process.env.TF_WORKSPACE ?? "default";
    if (first === "var") return process.env[`TF_VAR_${second}`] ?? defaultOf(variable[second]?.default);
    if (first !== "local") return undefined;
    return names.reduce<unknown>((value, name) => fieldOf(value, name), locals[second]);
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** What is more than a text may be written in more ways than one. */
function defaultOf(value: unknown): unknown {
  return typeof value === "object" ? undefined : value;
}
