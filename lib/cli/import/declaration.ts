import { RootConstruct } from "constructs";
import { Host } from "../../host/host";
import { SshKey } from "../../host/ssh-key";
import { PumaService, type PumaServiceProps } from "../../puma-service";
import { PumaSocket, type PumaSocketProps } from "../../puma-socket";
import { UnitFile } from "../../systemd/unit-file";
import { installedCdk } from "../../terraform/cdk";
import { plain, type Plain, type Written } from "./written";

/** Written values by the names of their props. */
export type Fields = Readonly<Record<string, Written>>;

/** What is declared so far of a service, and of its sockets. */
export interface Declaration {
  readonly name: string;
  readonly service: Fields;
  readonly sockets: readonly DeclaredSocket[];
}

/** What is declared so far of a socket. */
export interface DeclaredSocket {
  /** Name of its unit, without its suffix. */
  readonly name: string;
  readonly fields: Fields;
}

/** A change of the props of a service, or of a socket. */
export type Step = (fields: Fields) => Fields;

/** A prop with a value. */
export function set(prop: string, written: Written): Step {
  return (fields) => ({ ...fields, [prop]: written });
}

/** One more in a list. */
export function add(prop: string, written: Written): Step {
  return (fields) => {
    const { value, code } = fields[prop] ?? { value: [], code: [] };
    const list = {
      value: [...(value as unknown[]), written.value],
      code: [...(code as string[]), written.code],
    };
    return { ...fields, [prop]: list as Written };
  };
}

/** One more in an object, or in an object of one. */
export function put(prop: string, path: readonly string[], value: Plain): Step {
  return (fields) => ({ ...fields, [prop]: plain(withKey(fields[prop]?.value as Plain, path, value)) });
}

/** One more in a list that is in an object of a prop. */
export function push(prop: string, path: readonly string[], value: Plain): Step {
  return (fields) => {
    const before = path.reduce<unknown>(
      (object, key) => (object as Record<string, unknown> | undefined)?.[key],
      fields[prop]?.value,
    );
    return put(prop, path, [...((before ?? []) as Plain[]), value])(fields);
  };
}

function withKey(object: Plain | undefined, [key = "", ...others]: readonly string[], value: Plain): Plain {
  const fields = (object ?? {}) as Readonly<Record<string, Plain>>;
  return { ...fields, [key]: others.length === 0 ? value : withKey(fields[key], others, value) };
}

/** Any will do: what a host is says nothing of units. */
const HOSTS = [new Host("web1", { address: "192.0.2.11", key: SshKey.agent() })];

/**
 * The units that a declaration yields, made by the constructs themselves: what they refuse is refused here, whatever it is.
 * @throws what the library refuses
 */
export function unitsOf({ name, service, sockets }: Declaration): ReadonlyMap<string, UnitFile> {
  const cdk = installedCdk()?.cdk;
  if (cdk === undefined)
    throw new Error("neither cdktf nor cdktn is installed beside cdktf-puma: install one of them");
  const stack = new cdk.TerraformStack(new RootConstruct(), name);
  const held = sockets.map(
    (socket, i) => new PumaSocket(stack, socketId(name, socket, i), socketProps(name, socket)),
  );
  const props = { ...valuesOf(service), hosts: HOSTS, ...(held.length > 0 && { sockets: held }) };
  const { unitFiles } = new PumaService(stack, name, props as unknown as PumaServiceProps);
  return new Map(Object.entries(unitFiles).map(([file, text]) => [file, UnitFile.parse(text)]));
}

function socketProps(service: string, { name, fields }: DeclaredSocket): PumaSocketProps {
  const props = { ...valuesOf(fields), ...(name !== service && { name }) };
  return props as unknown as PumaSocketProps;
}

/** The id of the construct that a socket is: of the first one, it is made from the service's name. */
export function socketId(service: string, { name }: DeclaredSocket, index: number): string {
  return `${index === 0 ? service : name}-socket`;
}

/** The values of props, without how they are written. */
export function valuesOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([prop, { value }]) => [prop, value]));
}
