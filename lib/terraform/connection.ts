import { Fn, type SSHProvisionerConnection, Token } from "cdktf";
import { type Bastion, type Host } from "../host/host";
import { type SshKey } from "../host/ssh-key";
import { isToken } from "../values/marker";
import { expressionString } from "./terraform-text";
import { fieldsWithStringTokens, needsSudo, withStringTokens } from "./tokens";

/** Said for a bastion, whose port the engines take from the host otherwise. */
const SSH_PORT = 22;
const SCRIPT_PATH = ".ssh/cdktf-puma-%RAND%.sh";

/** How the engine reaches a host to install. */
export function connectionTo(host: Host): SSHProvisionerConnection {
  const { address, port, key, certificate, hostKey, bastion, timeout, scriptPath } = host.options;
  return fieldsWithStringTokens({
    type: "ssh",
    host: address,
    port,
    user: host.user,
    agent: String(asksAgent(key, bastion?.key)),
    privateKey: privateKey(key),
    certificate,
    hostKey,
    timeout: timeout && `${timeout.toMilliseconds()}ms`,
    scriptPath: scriptPath ?? SCRIPT_PATH,
    ...(bastion && connectionThrough(bastion, key)),
  });
}

function connectionThrough(bastion: Bastion, key: SshKey): Partial<SSHProvisionerConnection> {
  return {
    bastionHost: bastion.address,
    bastionPort: bastion.port ?? SSH_PORT,
    bastionUser: bastion.user,
    bastionPrivateKey: privateKey(bastion.key ?? key),
    bastionCertificate: bastion.certificate,
    bastionHostKey: bastion.hostKey,
  };
}

/** The agent is asked for both: it is on where either of the two wants it. */
function asksAgent(key: SshKey, bastionKey?: SshKey): boolean {
  return key.source.agent || (bastionKey?.source.agent ?? false);
}

function privateKey({ source }: SshKey): string | undefined {
  return source.content ?? (source.file === undefined ? undefined : keyFile(source.file));
}

function keyFile(path: string): string {
  if (isToken(path)) return Token.asString(Fn.file(Fn.pathexpand(withStringTokens(path))));
  return `\${file(pathexpand("${expressionString(path)}"))}`;
}

/** How a removal reaches a host, as the state keeps it: no key, only where to find one, and nothing that is not set. */
export function removalInput(host: Host): Record<string, unknown> {
  const { address, port, key, certificate, hostKey, bastion, timeout, scriptPath } = host.options;
  return fieldsWithStringTokens({
    address,
    port,
    user: host.user,
    sudo: needsSudo(host),
    agent: asksAgent(key.teardown, bastion?.key?.teardown),
    key_file: key.teardown.source.file,
    certificate,
    host_key: hostKey,
    timeout: timeout && `${timeout.toMilliseconds()}ms`,
    script_path: scriptPath,
    ...(bastion && removalInputOf(bastion, key)),
  });
}

function removalInputOf(bastion: Bastion, key: SshKey): Record<string, unknown> {
  return {
    bastion_address: bastion.address,
    bastion_port: bastion.port ?? SSH_PORT,
    bastion_user: bastion.user,
    bastion_key_file: (bastion.key ?? key).teardown.source.file,
    bastion_certificate: bastion.certificate,
    bastion_host_key: bastion.hostKey,
  };
}

/** The connection of a removal, which may speak of nothing but the resource itself. */
export const REMOVAL_CONNECTION = {
  type: "ssh",
  host: field("address"),
  port: field("port"),
  user: field("user"),
  agent: field("agent"),
  private_key: content("key_file"),
  certificate: field("certificate"),
  host_key: field("host_key"),
  timeout: field("timeout"),
  script_path: `\${try(self.output.script_path, "${SCRIPT_PATH}")}`,
  bastion_host: field("bastion_address"),
  bastion_port: field("bastion_port"),
  bastion_user: field("bastion_user"),
  bastion_private_key: content("bastion_key_file"),
  bastion_certificate: field("bastion_certificate"),
  bastion_host_key: field("bastion_host_key"),
};

function field(name: string): string {
  return `\${try(self.output.${name}, null)}`;
}

/** An agent's user has no key file; one that is missing must be an error, not no key. */
function content(name: string): string {
  return `\${can(self.output.${name}) ? file(pathexpand(self.output.${name})) : null}`;
}
