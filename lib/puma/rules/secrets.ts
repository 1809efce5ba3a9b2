import { isToken } from "../../values/marker";
import { type Written } from "./rule";

/** Names of variables whose value is a secret: the last words count, `TOKEN_TTL` is none. */
const SECRET =
  /(^|_)(SECRET|SECRET_KEY_BASE|PASSWORD|PASSWD|PASS|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|MASTER_KEY|ENCRYPTION_KEY|CREDENTIALS?)$/i;

/** Values that are none, whatever the name says: a switch, a number, the path of a file. */
const PLAIN = /^(|true|false|yes|no|on|off|none|\d{1,6}|\/.*)$/i;

/** `scheme://user:password@host` */
const WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i;

/** What everybody on the host, and who reads the state, can read and should not. */
export function secretsWarnings({ service: { at, environment, args } }: Written): string[] {
  const variables = Object.entries(environment).flatMap(([name, value]) => {
    const isSecret = SECRET.test(name) && (isToken(value) || !PLAIN.test(value));
    return isSecret || WITH_PASSWORD.test(value) ? [at.key("environment").key(name)] : [];
  });
  const tokens = args.flatMap((value, i) => {
    const given = args[i - 1] === "--control-token" ? value : /^--control-token=(.*)$/s.exec(value)?.[1];
    return given === undefined || given === "none" ? [] : [at.key("args").index(i)];
  });
  return [
    ...variables.map((path) => `${path}: ${READABLE}; put it into a file of 'environmentFiles'`),
    ...tokens.map((path) => `${path}: ${READABLE}; let Puma's configuration file say it`),
  ];
}

const READABLE =
  "looks like a secret, which every user of the host, and whoever reads the Terraform state, can read";
