import { secretCredential, secretsFile } from "../layout";
import { checkVariableName } from "../systemd/names";
import { pathValue, patternValue } from "../systemd/quote";
import { type UnitFile } from "../systemd/unit-file";
import { checkBoolean, checkInstance, checkObject, checkString, checkTokenString } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { isToken, tokensIn } from "../values/marker";
import { PropPath } from "../values/prop-path";
import { checkOwnVariable, SAID_BY } from "./environment";
import { Secret } from "./secret";
import { type ServiceUnitProps } from "./service-props";

/** Options of `Secrets.environment()`. */
export interface SecretsOptions {
  /**
   * Which version of the values it is: 1 to 64 letters, digits and `. _ -`, the first no sign. A new one brings them to the hosts
   * and restarts Puma; new values under the same version do nothing.
   */
  readonly version: string;
}

/** Options of `Secrets.credentials()`. */
export interface CredentialsOptions extends SecretsOptions {
  /**
   * Whether the files are encrypted on the hosts (systemd-creds(1)), from systemd 250 on: by the TPM, or else by a key in
   * /var/lib/systemd. A copy of the file alone is of no use then.
   * @default false: files that root alone may read
   */
  readonly encrypted?: boolean;
}

/** Options of `Secrets.of()`. */
export interface AllSecretsOptions extends CredentialsOptions {
  /**
   * Environment variables, as `Secrets.environment()` takes them.
   * @default - none
   */
  readonly environment?: Record<string, string | Secret>;
  /**
   * Files, as `Secrets.credentials()` takes them.
   * @default - none
   */
  readonly credentials?: Record<string, string | Secret>;
}

const OF_ENVIRONMENT: Fields<SecretsOptions> = { version: true };
const OF_CREDENTIALS: Fields<CredentialsOptions> = { ...OF_ENVIRONMENT, encrypted: true };
const OF_ALL: Fields<AllSecretsOptions> = { ...OF_CREDENTIALS, environment: true, credentials: true };

/** How a secret reaches Puma. */
export type SecretKind = "environment" | "credential" | "encrypted";

/** One secret of a service. */
export interface NamedSecret {
  readonly kind: SecretKind;
  readonly name: string;
  readonly value: string | Secret;
}

/**
 * The secrets of a service. They are brought to the hosts apart from all else, only when their version changes, and lie there
 * below /var/lib/cdktf-puma, for root alone.
 *
 * @example
 * const variable = new TerraformVariable(stack, "secret_key_base", { type: "string", sensitive: true });
 * const secrets = Secrets.environment({ SECRET_KEY_BASE: variable.stringValue }, { version: "1" });
 */
export class Secrets {
  /**
   * Environment variables (`EnvironmentFile=`): what Rails reads by itself. Whatever Puma starts has them, too.
   * @param values by the variables' names: Terraform tokens, or `Secret.fromCommand()`
   * @param options which version it is
   * @throws if a name is no variable's, or a value is known at synth
   * @example
   * Secrets.environment({ SECRET_KEY_BASE: Secret.fromCommand(["op", "read", "op://prod/blog/key"]) }, { version: "1" });
   */
  static environment(values: Record<string, string | Secret>, options: SecretsOptions): Secrets {
    const at = PropPath.of("Secrets.environment");
    return made(at, { ...checkOptions(at, options, OF_ENVIRONMENT), environment: values });
  }

  /**
   * Files, each by its name in the folder that `$CREDENTIALS_DIRECTORY` tells (`LoadCredential=`): any bytes, for Puma's user, and
   * not in the environment of what Puma starts.
   * @param values by the files' names: Terraform tokens, or `Secret.fromCommand()`
   * @param options which version it is, and whether the files are encrypted
   * @throws if a name is no credential's, or a value is known at synth
   * @example
   * const key = new EphemeralVariable(stack, "key");
   * Secrets.credentials({ "tls.key": key.stringValue }, { version: "2026-11", encrypted: true });
   */
  static credentials(values: Record<string, string | Secret>, options: CredentialsOptions): Secrets {
    const at = PropPath.of("Secrets.credentials");
    return made(at, { ...checkOptions(at, options, OF_CREDENTIALS), credentials: values });
  }

  /**
   * Both, under one version.
   * @param options all of it
   * @throws as the other two do, or if there is no secret
   * @example
   * Secrets.of({
   *   environment: { SECRET_KEY_BASE: Secret.fromCommand(["op", "read", "op://prod/blog/key"]) },
   *   credentials: { "tls.key": Secret.fromCommand(["op", "read", "op://prod/blog/tls"], { keepsNewline: true }) },
   *   version: "1",
   * });
   */
  static of(options: AllSecretsOptions): Secrets {
    const at = PropPath.of("Secrets.of");
    return made(at, checkOptions(at, options, OF_ALL));
  }

  /** @internal */
  static _make(version: string, all: readonly NamedSecret[]): Secrets {
    return new Secrets(version, all);
  }

  private constructor(
    /** @internal */
    readonly _version: string,
    /** @internal */
    readonly _all: readonly NamedSecret[],
  ) {}
}

function made(at: PropPath, options: AllSecretsOptions): Secrets {
  const { environment = {}, credentials = {}, encrypted = false, version } = options;
  checkBoolean(at.key("encrypted"), encrypted);
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(checkString(at.key("version"), version)))
    at.key("version").refuse("be 1 to 64 letters, digits and . _ -, the first no sign", version);
  const all = [
    ...named(at.key("environment"), environment, "environment", checkVariable),
    ...named(at.key("credentials"), credentials, encrypted ? "encrypted" : "credential", checkCredential),
  ];
  if (all.length === 0) at.fail("must hold at least one secret");
  return Secrets._make(version, all);
}

function named(
  at: PropPath,
  values: Readonly<Record<string, string | Secret>>,
  kind: SecretKind,
  checkName: (at: PropPath, name: string) => void,
): NamedSecret[] {
  return Object.entries(checkObject(at, values)).map(([name, value]) => {
    const place = at.key(name);
    checkName(place, name);
    if (!(value instanceof Secret)) checkSecretValue(place, value);
    return { kind, name, value };
  });
}

/** Never tells the value. */
function checkSecretValue(at: PropPath, value: string): void {
  if (typeof value !== "string") at.fail("must be a Terraform token, or Secret.fromCommand()");
  checkTokenString(at, value);
  if (tokensIn(value).length > 0) return;
  at.fail(
    "must not be known at synth, as it would stand in the program and in cdktf.out: use a sensitive variable, " +
      "an EphemeralVariable, an EphemeralResource or Secret.fromCommand()",
  );
}

function checkVariable(at: PropPath, name: string): void {
  checkVariableName(at, name);
  checkOwnVariable(at, name, name);
  if (SAID_BY.includes(name)) at.fail("must be left away: use 'rackEnv'");
}

function checkCredential(at: PropPath, name: string): void {
  if (isToken(name) || !/^[A-Za-z0-9_][\w.-]{0,127}$/.test(name))
    at.refuse("be a file's name of letters, digits and . _ -", name);
}

/** @throws if they are none, or one of them is said elsewhere, too */
export function secretsOf(at: PropPath, props: ServiceUnitProps): Secrets | undefined {
  const { secrets, environment = {}, directives } = props;
  if (secrets === undefined) return undefined;
  const path = at.key("secrets");
  const { _all } = checkInstance(path, secrets, Secrets);
  const raw = ["LoadCredential", "LoadCredentialEncrypted", "SetCredential"].flatMap((name) =>
    [directives?.Service?.[name] ?? []].flat().map(String),
  );
  for (const { kind, name } of _all) {
    const isTwice =
      kind === "environment"
        ? Object.hasOwn(environment, name)
        : raw.some((line) => line.split(":")[0] === name);
    if (!isTwice) continue;
    path
      .key(name)
      .fail(`must not stand in '${kind === "environment" ? "environment" : "directives"}' as well`);
  }
  return secrets;
}

/** The files on a host that hold them. */
export function secretFiles(service: string, secrets: Secrets): string[] {
  const { _version, _all } = secrets;
  const files = _all.map(({ kind, name }) =>
    kind === "environment" ? secretsFile(service, _version) : secretCredential(service, _version, name),
  );
  return [...new Set(files)];
}

/** Writes into a unit where they are. */
export function writeSecrets(
  unit: UnitFile,
  at: PropPath,
  service: string,
  secrets: Secrets | undefined,
): void {
  if (secrets === undefined) return;
  const section = unit.section("Service");
  const { _version: version, _all: all } = secrets;
  if (all.some(({ kind }) => kind === "environment"))
    section.add("EnvironmentFile", patternValue(at.key("secrets"), secretsFile(service, version)));
  for (const { kind, name } of all.filter(({ kind }) => kind !== "environment")) {
    const path = pathValue(at.key("secrets").key(name), secretCredential(service, version, name));
    section.add(kind === "encrypted" ? "LoadCredentialEncrypted" : "LoadCredential", `${name}:${path}`);
  }
}
