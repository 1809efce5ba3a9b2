import { type Host } from "../host/host";
import { keyText } from "../host/host-key";
import { type SshKey } from "../host/ssh-key";
import { isToken } from "../values/marker";
import { type Beside, variablesOf, withAnswers } from "./beside";
import { type Cdk } from "./cdk";
import { authorityText, bastionKey, opensshOptions, timeoutText } from "./connection";
import { stringExpression, terraformText } from "./terraform-text";
import { withStringTokens } from "./tokens";

/** A provisioner that runs where the engine runs, as the configuration has it. */
export interface LocalExec {
  readonly "local-exec": Readonly<Record<string, unknown>>;
}

/** What runs there, for a host. */
export interface LocalExecOptions {
  readonly service: string;
  /** What stands before the script that is sent. */
  readonly script: string;
  /** The rest of it, as gzip and base64. */
  readonly packed: string;
  /** The address of the script that reaches a host. */
  readonly transport: string;
  /** The address of a script that is run before, and whose output goes between the two. */
  readonly fetch?: string;
  /** What the host asks for. */
  readonly beside?: Beside;
}

/** One variable of transport.sh, without `CDKTF_PUMA_`. */
interface Variable {
  readonly name: string;
  /** Its value in an installation. */
  readonly value: (host: Host, cdk: Cdk) => string;
  /** Its value in a removal, which may refer to nothing but what the removal keeps; "" if it has none. */
  readonly atRemoval: string;
}

const DEFAULT_TIMEOUT = "300000ms";

function plain(
  name: string,
  kept: string,
  valueOf: (host: Host, cdk: Cdk) => string | number | undefined,
  otherwise = "",
): Variable {
  return {
    name,
    value: (host, cdk) => terraformText(cdk, String(valueOf(host, cdk) ?? otherwise)),
    atRemoval: `\${try(self.output.${kept}, "${otherwise}")}`,
  };
}

function file(name: string, kept: string, pathOf: (host: Host) => string | undefined): Variable {
  return {
    name,
    value: (host, cdk) => expanded(cdk, pathOf(host)),
    atRemoval: `\${try(pathexpand(self.output.${kept}), "")}`,
  };
}

/** A key that the engine knows is no part of what a removal keeps. */
function key(name: string, keyOf: (host: Host) => SshKey | undefined): Variable {
  return { name, value: (host, cdk) => shown(cdk, keyOf(host)?._source.content), atRemoval: "" };
}

const VARIABLES: readonly Variable[] = [
  plain("REACH", "connection", ({ _connection }) => _connection._kind, "openssh"),
  plain("HOST", "name", ({ name }) => name),
  plain("ADDRESS", "address", ({ address }) => address),
  plain("USER", "user", ({ user }) => user),
  plain("PORT", "port", ({ options }) => options.port),
  plain("TIMEOUT", "timeout", ({ options }) => timeoutText(options.timeout), DEFAULT_TIMEOUT),
  // A machine that the engine has just made may let nobody in for a minute.
  { name: "FRESH", value: ({ address }) => (isToken(address) ? "true" : ""), atRemoval: "" },
  key("KEY", ({ options }) => options.key),
  file("KEY_FILE", "key_file", ({ options }) => options.key?._source.file),
  plain("CERTIFICATE", "certificate", ({ options }) => options.certificate),
  plain("HOST_KEY", "host_key", ({ options }) => keyText(options.hostKey)),
  plain("HOST_AUTHORITY", "host_authority", (host) => authorityText(host, host.options.hostKey)),
  file("CONFIG", "ssh_config", ({ _connection }) => _connection._options.configFile),
  plain("OPTIONS", "ssh_options", ({ _connection }, cdk) => opensshOptions(cdk, _connection)),
  plain("BASTION_ADDRESS", "bastion_address", ({ options }) => options.bastion?.address),
  {
    ...plain("BASTION_USER", "bastion_user", ({ options, user }) => options.bastion?.user ?? user),
    atRemoval: '${try(self.output.bastion_user, self.output.user, "")}',
  },
  plain("BASTION_PORT", "bastion_port", ({ options }) => options.bastion?.port),
  key("BASTION_KEY", bastionKey),
  file("BASTION_KEY_FILE", "bastion_key_file", (host) => bastionKey(host)?._source.file),
  plain("BASTION_CERTIFICATE", "bastion_certificate", ({ options }) => options.bastion?.certificate),
  plain("BASTION_HOST_KEY", "bastion_host_key", ({ options }) => keyText(options.bastion?.hostKey)),
  plain("BASTION_HOST_AUTHORITY", "bastion_host_authority", (host) =>
    authorityText(host, host.options.bastion?.hostKey),
  ),
];

/** What installs a service on a host that the engine does not reach by its own ssh. */
export function localExec(cdk: Cdk, host: Host, options: LocalExecOptions): LocalExec {
  const { service, script, packed, transport, fetch, beside } = options;
  const variables = VARIABLES.map(({ name, value }) => [name, value(host, cdk)]);
  const keys = [host.options.key, bastionKey(host)];
  const environment = {
    ...Object.fromEntries(variables),
    ...{ SCRIPT: beside ? withAnswers(script, beside) : script, PACKED: packed },
    ...(fetch !== undefined && { FETCH: `\${${fetch}}` }),
    ...(beside && variablesOf(cdk, host, beside)),
  };
  return provisioner({
    // Its agent holds a key that is in no file, and ends with it.
    interpreter: keys.some((one) => one?._source.content !== undefined) ? ["ssh-agent", ...SHELL] : SHELL,
    transport: `\${${beside?.transport ?? transport}}`,
    command: `${service} on ${host.name}`,
    environment,
  });
}

/** What removes a service there. It may refer to nothing but its own resource. */
export function removalExec(script: string, transport: string): LocalExec {
  const variables = VARIABLES.map(({ name, atRemoval }) => [name, atRemoval]);
  return provisioner({
    interpreter: SHELL,
    transport,
    command: "${self.output.service} on ${self.output.name}",
    environment: { ...Object.fromEntries(variables), SCRIPT: script, PACKED: "" },
  });
}

const SHELL = ["/bin/sh", "-c"];

interface Run {
  readonly interpreter: readonly string[];
  readonly transport: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The engine prints the command in its error, and without `quiet` the interpreter before: so the script is the latter. */
function provisioner({ interpreter, transport, command, environment }: Run): LocalExec {
  const variables = Object.entries(environment).map(([name, value]) => [`CDKTF_PUMA_${name}`, value]);
  return {
    "local-exec": {
      quiet: true,
      interpreter: [...interpreter, transport],
      command,
      environment: Object.fromEntries(variables),
    },
  };
}

function expanded(cdk: Cdk, path: string | undefined): string {
  const { Fn, Token } = cdk;
  if (path === undefined) return "";
  if (isToken(path)) return Token.asString(Fn.pathexpand(withStringTokens(cdk, path)));
  return `\${pathexpand(${stringExpression(path)})}`;
}

/** A sensitive value in the environment would hide all output. ssh-add prints none of a key. */
function shown({ Fn, Token }: Cdk, content: string | undefined): string {
  return content === undefined ? "" : Token.asString(Fn.try([Fn.nonsensitive(content), content]));
}
