/*
 * What tells a secret, in two degrees: what is warned of should be one, and what is kept out of a program may be one. Each
 * value by itself is both.
 */

/** Names of which the last words tell it: `TOKEN_TTL` is none. */
const SURE_NAME =
  /(^|_)(SECRET|SECRET_KEY_BASE|PASSWORD|PASSWD|PASS|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|MASTER_KEY|ENCRYPTION_KEY|CREDENTIALS?)$/i;

/** Names that may tell one by what is anywhere in them, whatever the value is. */
const LIKELY_NAME =
  /SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIAL|PEPPER|AUTHORIZATION|(MASTER|API|PRIVATE|ACCESS|ENCRYPTION|SIGNING|LICENSE)_?KEY/i;

/** And by their end, or as Bundler names the host that a login is for: `BUNDLE_GEMS__EXAMPLE__COM`. */
const LIKELY_END =
  /(?:^|_)(?:PASS|AUTH|SALT|HMAC|DSN|COOKIE|(?<!PUBLIC_|PUBLISHABLE_)KEY)$|_PWD$|^BUNDLE_(?!BUILD__|GEM__|LOCAL__|MIRROR__)\w+__/i;

/** What stands behind such a name and is none: a switch, a number, a path. */
const PLAIN = /^(?:|true|false|yes|no|on|off|none|\d{1,6}|(?:\/[\w.-]+)+)$/i;

/** A scheme and what is before the host of a URL with a password: `redis://:hidden@`. */
const WITH_PASSWORD = String.raw`([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*:[^\s/@'"]+@`;

/** Heads of keys that services hand out, of a signed token, and of an address that is one. */
const KEY_HEAD = String.raw`\b(?:[sr]k_(?:live|test)_|gh[opsu]_|github_pat_|glpat-|xox[abprs]-|dp\.(?:ct|pt|sa|st)\.|AKIA(?=[0-9A-Z]{12})|eyJ(?=[\w-]+\.[\w-]+\.)|hooks\.slack\.com/services/)`;

/** What a text says of a password by its name: `host=h password=hidden`, `{"token": "hidden"}`, `X-Api-Key: hidden`. */
const NAMED = String.raw`((?<![\w-])[\w-]*(?:password|passwd|passphrase|(?<![a-z])pass|(?<![a-z])pwd|secret|token|api[_-]?key)(?:=|\\?["']\s*[:=]|:(?=\s))\s*(?:\\?["'])?)(?!none\b)[^\s&;,"'\\}]+`;

/** A header of HTTP. */
const HEADER = String.raw`\b(Basic|Bearer) +[\w~+/.=-]+`;

const VALUE = new RegExp(
  [WITH_PASSWORD, NAMED, String.raw`${KEY_HEAD}\w`, "-----BEGIN", HEADER].join("|"),
  "i",
);

/** Whether a variable's value should be for nobody to read. */
export function isSurelySecret(name: string, value: string): boolean {
  return VALUE.test(value) || (SURE_NAME.test(name) && !PLAIN.test(value));
}

/** Whether it may be. */
export function isSecret(name: string, value: string): boolean {
  if (value === "") return false;
  return LIKELY_NAME.test(name) || VALUE.test(value) || (LIKELY_END.test(name) && !PLAIN.test(value));
}

/** A text without the secrets that tell themselves. */
export function withoutSecretValues(text: string): string {
  return text
    .replace(new RegExp(WITH_PASSWORD, "gi"), "$1…@")
    .replace(new RegExp(HEADER, "gi"), "$1 …")
    .replace(new RegExp(String.raw`${KEY_HEAD}[\w./-]{8,}`, "g"), "…")
    .replace(new RegExp(NAMED, "gi"), "$1…");
}
