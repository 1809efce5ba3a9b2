import { isSurelySecret } from "../secrets";
import { type Written } from "./rule";

/** What everybody on the host, and who reads the state, can read and should not. */
export function secretsWarnings({ service: { at, environment, args } }: Written): string[] {
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    isSurelySecret(name, value) ? [at.key("environment").key(name)] : [],
  );
  const tokens = args.flatMap((value, i) => {
    const given = args[i - 1] === "--control-token" ? value : /^--control-token=(.*)$/s.exec(value)?.[1];
    return given === undefined || given === "none" ? [] : [at.key("args").index(i)];
  });
  return [
    ...variables.map((path) => `${path}: ${READABLE}; use Secrets.environment() ('secrets')`),
    ...tokens.map((path) => `${path}: ${READABLE}; let Puma's configuration file say it`),
  ];
}

const READABLE =
  "looks like a secret, which every user of the host, and whoever reads the Terraform state, can read";
