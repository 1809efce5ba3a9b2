import { type Connection } from "../host/connection";
import { type Host } from "../host/host";
import { HostKey, keyText } from "../host/host-key";
import { type SshKey } from "../host/ssh-key";
import { type Duration } from "../values/duration";
import { isToken } from "../values/marker";
import { type Cdk, type SSHProvisionerConnection } from "./cdk";
import { stringExpression } from "./terraform-text";
import { fieldsWithStringTokens, mapTokens, needsSudo, withStringTokens } from "./tokens";

/** sshd's. Given for a bastion, whose port the engines take from the host otherwise. */
export const SSH_PORT = 22;

const SCRIPT_PATH = ".ssh/cdktf-puma-%RAND%.sh";

/** One thing that has to be known to reach a host. */
interface Field {
  /** Its name in a connection as cdktf writes it; undefined if it is no part of one. */
  readonly connection?: keyof SSHProvisionerConnection;
  /** Its name in what a removal keeps. */
  readonly input: string;
  /** Its value in an installation's connection. */
  readonly value: (host: Host, cdk: Cdk) => unknown;
  /** Its value in what a removal keeps. */
  readonly kept: (host: Host, cdk: Cdk) => unknown;
  /** Its value in a removal's connection, which may refer to nothing but what the removal keeps. */
  readonly atRemoval: string;
}

function plain(connection: Field["connection"], input: string, value: Field["value"]): Field {
  return { connection, input, value, kept: value, atRemoval: `\${try(self.output.${input}, null)}` };
}

/** Of a key, a removal keeps only where to find it. */
function key(
  connection: Field["connection"],
  input: string,
  keyOf: (host: Host) => SshKey | undefined,
): Field {
  return {
    connection,
    input,
    value: (host, cdk) => privateKey(cdk, keyOf(host)),
    kept: (host) => keyOf(host)?._teardown._source.file,
    // An agent's user has no key file; one that is missing must be an error, not no key.
    atRemoval: `\${can(self.output.${input}) ? file(pathexpand(self.output.${input})) : null}`,
  };
}

const FIELDS: readonly Field[] = [
  plain("host", "address", ({ address }) => address),
  plain("port", "port", ({ options }) => options.port),
  plain("user", "user", ({ user }) => user),
  plain(undefined, "sudo", (host, cdk) => needsSudo(cdk, host)),
  {
    ...plain("agent", "agent", (host) => String(keysOf(host).some(({ _source }) => _source.agent))),
    kept: (host) => keysOf(host).some(({ _teardown }) => _teardown._source.agent),
  },
  key("privateKey", "key_file", ({ options }) => options.key),
  plain("certificate", "certificate", ({ options }) => options.certificate),
  plain("hostKey", "host_key", ({ options }) => keyText(options.hostKey)),
  plain("timeout", "timeout", ({ options }) => timeoutText(options.timeout)),
  {
    ...plain("scriptPath", "script_path", ({ options }) => options.scriptPath ?? SCRIPT_PATH),
    kept: ({ options }) => options.scriptPath,
    atRemoval: `\${try(self.output.script_path, "${SCRIPT_PATH}")}`,
  },
  plain("bastionHost", "bastion_address", ({ options }) => options.bastion?.address),
  plain("bastionPort", "bastion_port", bastionPort),
  plain("bastionUser", "bastion_user", ({ options }) => options.bastion?.user),
  key("bastionPrivateKey", "bastion_key_file", bastionKey),
  plain("bastionCertificate", "bastion_certificate", ({ options }) => options.bastion?.certificate),
  plain("bastionHostKey", "bastion_host_key", ({ options }) => keyText(options.bastion?.hostKey)),
  plain(undefined, "host_authority", (host) => authorityText(host, host.options.hostKey)),
  plain(undefined, "bastion_host_authority", (host) => authorityText(host, host.options.bastion?.hostKey)),
  plain(undefined, "connection", ({ _connection }) => (_connection._kind === "local" ? "local" : undefined)),
  plain(undefined, "ssh_config", ({ _connection }) => _connection._options.configFile),
  plain(undefined, "ssh_options", ({ _connection }, cdk) => opensshOptions(cdk, _connection)),
];

/** "true" where a pinned key is that of an authority, which the engine's ssh need not know. */
export function authorityText(host: Host, key: string | HostKey | undefined): string | undefined {
  return !host._isByEngine && key instanceof HostKey ? "true" : undefined;
}

/** What OpenSSH would find in ssh_config if nothing is said. */
function bastionPort(host: Host): number | undefined {
  const { bastion } = host.options;
  return bastion && (bastion.port ?? (host._isByEngine ? SSH_PORT : undefined));
}

/** Options of ssh_config(5), one a line: a token's value of several lines would be several options. */
export function opensshOptions(cdk: Cdk, { _options }: Connection): string | undefined {
  const { Fn, Token } = cdk;
  const oneLine = (token: string): string => Token.asString(Fn.replace(token, "\n", " "));
  const lines = Object.entries(_options.options ?? {}).map(
    ([name, value]) => `${name}=${mapTokens(cdk, value, (piece) => piece, oneLine)}`,
  );
  return lines.length === 0 ? undefined : lines.join("\n");
}

/** As Go writes a duration. */
export function timeoutText(timeout: Duration | undefined): string | undefined {
  return timeout && `${timeout.toMilliseconds()}ms`;
}

/** The key of a host's bastion. */
export function bastionKey({ options: { bastion, key } }: Host): SshKey | undefined {
  return bastion && (bastion.key ?? key);
}

/** The agent is asked for both: it is on where either of the two wants it. */
function keysOf(host: Host): SshKey[] {
  return [host.options.key ?? [], bastionKey(host) ?? []].flat();
}

function privateKey(cdk: Cdk, key: SshKey | undefined): string | undefined {
  const { file, content } = key?._source ?? {};
  return file === undefined ? content : keyFile(cdk, file);
}

function keyFile(cdk: Cdk, path: string): string {
  const { Fn, Token } = cdk;
  if (isToken(path)) return Token.asString(Fn.file(Fn.pathexpand(withStringTokens(cdk, path))));
  return `\${file(pathexpand(${stringExpression(path)}))}`;
}

/** How the engine reaches a host to install. */
export function connectionTo(cdk: Cdk, host: Host): SSHProvisionerConnection {
  const fields: Partial<Record<keyof SSHProvisionerConnection, unknown>> = {};
  for (const { connection, value } of FIELDS) if (connection) fields[connection] = value(host, cdk);
  return fieldsWithStringTokens(cdk, fields as SSHProvisionerConnection);
}

/** How a removal reaches a host, as the state keeps it: no key, only where to find one, and nothing that is not set. */
export function removalInput(cdk: Cdk, host: Host): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const { input, kept } of FIELDS) fields[input] = kept(host, cdk);
  return fieldsWithStringTokens(cdk, fields);
}

/** The connection of a removal. */
export const REMOVAL_CONNECTION: Readonly<Record<string, string>> = {
  type: "ssh",
  ...Object.fromEntries(
    FIELDS.flatMap(({ connection, atRemoval }) => (connection ? [[snakeCase(connection), atRemoval]] : [])),
  ),
};

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
