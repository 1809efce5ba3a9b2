/** What a stack says of a host, under the names of what its removal keeps: only what is known. */
export type Fields = Readonly<Record<string, string | number | boolean>>;

/** Where OpenSSH logs in, and by what. */
export interface SshLogin {
  readonly address: string;
  readonly port?: string;
  readonly user?: string;
  readonly keyFile?: string;
  /** The text of the certificate. */
  readonly certificate?: string;
  /** The pinned key. */
  readonly hostKey?: string;
  /** Whether that is the key of an authority. */
  readonly isAuthority: boolean;
}

/** How a host is reached. */
export interface Reach extends SshLogin {
  /** Whether it is this machine, and no ssh is needed. */
  readonly isLocal: boolean;
  readonly bastion?: SshLogin;
  readonly configFile?: string;
  /** Options of ssh_config(5): `Name=value`. */
  readonly options: readonly string[];
}

/** What transport.sh refuses as well. */
const WORD = /^[^-\s'"`$\\;&<>|(){}\p{Cc}][^\s'"`$\\;&<>|(){}\p{Cc}]*$/u;

/** How a host is reached, of what a stack says; or why it is not, where OpenSSH or a shell would read more than a name. */
export function reachOf(fields: Fields): Reach | string {
  const words = ["address", "user", "bastion_address", "bastion_user"];
  const wrong = words.find((key) => fields[key] !== undefined && !WORD.test(String(fields[key])));
  if (wrong !== undefined) {
    const text = JSON.stringify(fields[wrong]);
    return `its ${wrong.replace("_", " ")} is no word for OpenSSH: ${text}`;
  }
  const login = loginOf(fields, "");
  const { user } = login;
  const behind = "bastion_address" in fields;
  return {
    ...login,
    isLocal: fields.connection === "local",
    ...(behind && { bastion: { user, ...loginOf(fields, "bastion_") } }),
    ...textOf(fields, "configFile", "ssh_config"),
    options: String(fields.ssh_options ?? "")
      .split("\n")
      .filter(Boolean),
  };
}

function loginOf(fields: Fields, prefix: "" | "bastion_"): SshLogin {
  return {
    address: String(fields[`${prefix}address`] ?? ""),
    ...textOf(fields, "user", `${prefix}user`),
    ...textOf(fields, "port", `${prefix}port`),
    ...textOf(fields, "keyFile", `${prefix}key_file`),
    ...textOf(fields, "certificate", `${prefix}certificate`),
    ...textOf(fields, "hostKey", `${prefix}host_key`),
    isAuthority: fields[prefix === "" ? "host_authority" : "bastion_host_authority"] === "true",
  };
}

function textOf<Name extends string>(fields: Fields, name: Name, key: string): Partial<Record<Name, string>> {
  const value = fields[key];
  return (value === undefined ? {} : { [name]: String(value) }) as Partial<Record<Name, string>>;
}
