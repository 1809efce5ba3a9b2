import { checkBoolean, checkList, checkOneOf, checkString } from "../values/check";
import { pathUnder } from "../values/path";
import { PropPath } from "../values/prop-path";
import { type SslBindOptions } from "./bind-options";

/** The factory, as errors name it. */
export const SSL = PropPath.of("Bind.ssl");

/** An option that Puma did not always have. Sources: History.md, and lib/puma/minissl at each version. */
export interface Since {
  readonly option: keyof SslBindOptions;
  readonly major: number;
  readonly minor: number;
}

const SINCE: readonly Since[] = [
  { option: "verificationFlags", major: 5, minor: 2 },
  { option: "reuse", major: 6, minor: 0 },
  { option: "lowLatency", major: 6, minor: 1 },
  { option: "keyPasswordCommand", major: 6, minor: 3 },
  { option: "sslCiphersuites", major: 6, minor: 5 },
];

/** `MiniSSL::VERIFICATION_FLAGS`; Puma ends on any other. */
const VERIFICATION_FLAGS = [
  ...["USE_CHECK_TIME", "CRL_CHECK", "CRL_CHECK_ALL", "IGNORE_CRITICAL", "X509_STRICT", "ALLOW_PROXY_CERTS"],
  ...[
    "POLICY_CHECK",
    "EXPLICIT_POLICY",
    "INHIBIT_ANY",
    "INHIBIT_MAP",
    "NOTIFY_POLICY",
    "EXTENDED_CRL_SUPPORT",
  ],
  ...["USE_DELTAS", "CHECK_SS_SIGNATURE", "TRUSTED_FIRST", "SUITEB_128_LOS_ONLY", "SUITEB_192_LOS"],
  ...["SUITEB_128_LOS", "PARTIAL_CHAIN", "NO_ALT_CHAINS", "NO_CHECK_TIME"],
];

/** Throws if Puma could not use them, or would not. */
export function checkTls(options: SslBindOptions): void {
  tlsFiles(options, "/");
  checkVerification(options);
  checkCiphers("sslCipherFilter", options.sslCipherFilter);
  checkCiphers("sslCiphersuites", options.sslCiphersuites);
  checkBoolean(SSL.key("noTlsv1"), options.noTlsv1);
  checkBoolean(SSL.key("noTlsv11"), options.noTlsv11);
  checkPasswordCommand(options.keyPasswordCommand);
  const { reuse } = options;
  if (reuse !== undefined && !/^(off|dflt|\d+|\d*,\d+)$/.test(checkString(SSL.key("reuse"), reuse)))
    SSL.key("reuse").refuse(`be "off", "dflt", or sessions and seconds such as "20000,300"`, reuse);
}

/** Those of the options that Puma did not always have. */
export function sinceOf(options: SslBindOptions): readonly Since[] {
  return SINCE.filter(({ option }) => options[option] !== undefined);
}

/** The files that Puma reads. */
export function tlsFiles(options: SslBindOptions, directory: string): Record<string, string> {
  const files = { key: options.key, cert: options.cert, ...(options.ca !== undefined && { ca: options.ca }) };
  return Object.fromEntries(
    Object.entries(files).map(([name, path]) => [name, pathUnder(SSL.key(name), directory, path)]),
  );
}

/** The options as Puma reads them of a bind, without those of the socket itself. */
export function tlsQuery(options: SslBindOptions, directory: string): Record<string, string | undefined> {
  return {
    ...tlsFiles(options, directory),
    key_password_command: options.keyPasswordCommand,
    verify_mode: options.verifyMode,
    verification_flags: options.verificationFlags?.join(","),
    ssl_cipher_filter: options.sslCipherFilter,
    ssl_ciphersuites: options.sslCiphersuites,
    no_tlsv1: options.noTlsv1 ? "true" : undefined,
    no_tlsv1_1: options.noTlsv11 ? "true" : undefined,
    reuse: options.reuse,
  };
}

function checkVerification({ verifyMode = "none", ca, verificationFlags: flags }: SslBindOptions): void {
  checkOneOf(SSL.key("verifyMode"), verifyMode, ["none", "peer", "force_peer"]);
  if (verifyMode !== "none" && ca === undefined)
    SSL.key("ca").refuse(`be given where 'verifyMode' is "${verifyMode}"`, ca);
  if (flags === undefined) return;
  const at = SSL.key("verificationFlags");
  checkList(at, flags).forEach((flag, i) => checkOneOf(at.index(i), flag, VERIFICATION_FLAGS));
  if (verifyMode === "none") at.refuse(`go with a 'verifyMode' of "peer" or "force_peer"`, flags);
}

function checkCiphers(name: "sslCipherFilter" | "sslCiphersuites", ciphers: string | undefined): void {
  if (ciphers !== undefined && !/^[!-~]+$/.test(checkString(SSL.key(name), ciphers)))
    SSL.key(name).refuse("name ciphers as openssl-ciphers(1) does, without spaces", ciphers);
}

/** It stands in the unit, which every user of the host can read. */
function checkPasswordCommand(command: string | undefined): void {
  if (command === undefined) return;
  const at = SSL.key("keyPasswordCommand");
  if (!checkString(at, command).startsWith("/") || /[^ -~]/.test(command))
    at.refuse("be a program's absolute path, and its arguments", command);
  if (/^\S*\/(echo|printf)\s/.test(command))
    at.fail(
      "must not hold the password itself, which every user of the host could read: let it print a file",
    );
}
