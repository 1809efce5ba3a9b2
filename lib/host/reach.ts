import { checkInstance, checkTokenString } from "../values/check";
import { isToken } from "../values/marker";
import { type PropPath } from "../values/prop-path";
import { type ConnectionKind } from "./connection";
import { type BastionOptions, type HostOptions } from "./host";
import { SshKey } from "./ssh-key";

/** The address of the machine that runs the engine, where nobody gives it another. */
export const LOCAL_ADDRESS = "local";

const SSH_ONLY = [
  ...(["port", "user", "key", "certificate", "hostKey"] as const),
  ...(["bastion", "timeout", "scriptPath"] as const),
];

/** Options of ssh_config(5) that say whom to trust, or let in by what was asked before. */
const TRUST = [
  ...(["UserKnownHostsFile", "GlobalKnownHostsFile", "KnownHostsCommand"] as const),
  ...(["StrictHostKeyChecking", "VerifyHostKeyDNS", "ControlPath"] as const),
];

/** Refuses options that are missing for a connection, or mean nothing to it. */
const CHECKS: Readonly<Record<ConnectionKind, (at: PropPath, options: HostOptions) => void>> = {
  engine: (at, { address, key }) => {
    checkTokenString(at.key("address"), address as string);
    checkInstance(at.key("key"), key as SshKey, SshKey);
  },
  openssh: checkOpenssh,
  local: (at, options) => {
    const given = SSH_ONLY.find((name) => options[name] !== undefined);
    if (given) at.key(given).fail("must be left away, as Connection.local() needs no ssh");
  },
};

/**
 * Checks what belongs to a connection, and what does not.
 * @throws if an option is missing, or if nobody would read it
 */
export function checkReach(at: PropPath, options: HostOptions): void {
  CHECKS[options.connection?._kind ?? "engine"](at, options);
}

function checkOpenssh(at: PropPath, options: HostOptions): void {
  const { address, connection, scriptPath, bastion, hostKey } = options;
  checkTokenString(at.key("address"), address as string);
  if (scriptPath !== undefined) {
    at.key("scriptPath").fail("must be left away, as Connection.openssh() uploads no script");
  }
  checkWords(at, options);
  const has = (name: string): boolean => connection?._option(name) !== undefined;
  if (hostKey !== undefined && TRUST.some(has)) {
    at.key("hostKey").fail("must be left away, as Connection.openssh() has options that say whom to trust");
  }
  if (bastion === undefined) return;
  if (has("ProxyJump") || has("ProxyCommand")) {
    at.key("bastion").fail("must be left away, as Connection.openssh() has a ProxyJump or ProxyCommand");
  }
  checkWords(at.key("bastion"), bastion);
  checkAgents(at, options, bastion);
}

/** What OpenSSH would take for an option, or a shell for more than a word. */
function checkWords(at: PropPath, { address, user }: Partial<BastionOptions>): void {
  for (const [name, text] of Object.entries({ address, user })) {
    if (text === undefined || isToken(text) || /^[^-\s'"`$\\;&<>|(){}][^\s'"`$\\;&<>|(){}]*$/.test(text))
      continue;
    at.key(name).refuse("be one word for OpenSSH, which does not begin with '-'", text);
  }
}

/** A sensitive key is held by an agent of its own, in whose place no other can be. */
function checkAgents(at: PropPath, { key }: HostOptions, { key: other }: BastionOptions): void {
  const sources = [key?._source, other?._source];
  if (!sources.some((one) => one?.content !== undefined) || !sources.some((one) => one?.agent)) return;
  at.key("bastion")
    .key("key")
    .fail("must not mix SshKey.agent() and SshKey.sensitive() for OpenSSH: use SshKey.file()");
}
