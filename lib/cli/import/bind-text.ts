import { Bind } from "../../puma/bind";
import { pathUnder, withoutVar } from "../../values/path";
import { PropPath } from "../../values/prop-path";
import { call, type Plain, type Written } from "./written";

/** A bind of the library, and what of the text it does not say. */
export interface ReadBind {
  readonly bind: Written<Bind>;
  readonly notes: readonly string[];
}

/** An option of the library's, and how its value is read. */
type Option = readonly [name: string, read: (text: string) => Plain];

const asIs = (text: string): Plain => text;
const isTrue = (text: string): Plain => text === "true";
/** Puma takes all but one word for a yes there. */
const isNotFalse = (text: string): Plain => text !== "false";
const parts = (text: string): Plain => text.split(",");

const OF_TCP: Readonly<Record<string, Option>> = {
  backlog: ["backlog", Number],
  low_latency: ["lowLatency", isNotFalse],
};

/** Puma's names of what the library calls otherwise. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, Option>>>> = {
  tcp: OF_TCP,
  ssl: {
    ...OF_TCP,
    ...{ key: ["key", asIs], cert: ["cert", asIs], ca: ["ca", asIs], reuse: ["reuse", asIs] },
    ...{ verify_mode: ["verifyMode", asIs], verification_flags: ["verificationFlags", parts] },
    ...{ key_password_command: ["keyPasswordCommand", asIs] },
    ...{ ssl_cipher_filter: ["sslCipherFilter", asIs], ssl_ciphersuites: ["sslCiphersuites", asIs] },
    ...{ no_tlsv1: ["noTlsv1", isTrue], no_tlsv1_1: ["noTlsv11", isTrue] },
  },
  unix: { umask: ["umask", asIs], mode: ["mode", asIs], backlog: ["backlog", Number] },
};

/**
 * What Puma's `-b` says.
 * @param directory that relative paths are under
 * @throws what the library refuses of it
 */
export function bindOfPuma(uri: string, directory: string): ReadBind {
  const at = PropPath.of("bind");
  const [, scheme = "", place = "", query = ""] = /^(tcp|ssl|unix):(?:\/\/)?([^?]*)\??(.*)$/.exec(uri) ?? [];
  if (scheme === "") at.refuse("begin with tcp://, ssl:// or unix://", uri);
  const { options, notes } = optionsOf(scheme, query);
  if (scheme !== "unix") {
    const { port, address, note } = authorityOf(place);
    return {
      bind: tcp(scheme as "tcp" | "ssl", port, { ...address, ...options }),
      notes: [...note, ...notes],
    };
  }
  const path = pathUnder(at, directory, decodeURIComponent(place));
  const note = place.startsWith("/") ? [] : [`Puma takes ${uri} for a path below its working directory`];
  return { bind: unix(path, options), notes: [...note, ...notes] };
}

/**
 * What systemd's `ListenStream=` says.
 * @throws what the library refuses of it
 */
export function bindOfSystemd(value: string): ReadBind {
  if (value.startsWith("/")) {
    const path = withoutVar(value);
    return { bind: unix(path, {}), notes: path === value ? [] : [`/var/run is /run`] };
  }
  const { port, address } = authorityOf(/^\d+$/.test(value) ? `[::]:${value}` : value);
  return { bind: tcp("tcp", port, { ...address }), notes: [] };
}

type Options = Readonly<Record<string, Plain>>;

function optionsOf(scheme: string, query: string): { options: Options; notes: string[] } {
  const pairs = query
    .split("&")
    .filter(Boolean)
    .map((pair) => /^([^=]*)=?(.*)$/s.exec(pair) ?? []);
  const known = pairs.flatMap(([, name = "", value = ""]) => {
    const [option, read] = OPTIONS[scheme]?.[name] ?? [];
    return option === undefined || read === undefined ? [] : [[option, read(decodeURIComponent(value))]];
  });
  const others = pairs.filter(([, name = ""]) => OPTIONS[scheme]?.[name] === undefined);
  return {
    options: Object.fromEntries(known) as Options,
    notes: others.map(
      ([pair = ""]) => `${pair} of the bind has no option here: say it in Puma's configuration file`,
    ),
  };
}

function authorityOf(place: string): { port: number; address: Options; note: string[] } {
  const [, bracketed, plain, digits = ""] = /^(?:\[(.*)\]|(.*?))(?::(\d+))?\/?$/.exec(place) ?? [];
  const host = bracketed ?? plain ?? "";
  const note = host === "localhost" ? ["localhost is an address here: 127.0.0.1"] : [];
  const address = host === "localhost" ? "127.0.0.1" : host;
  const isDefault = address === "" || address === "0.0.0.0";
  return { port: digits === "" ? NaN : Number(digits), address: isDefault ? {} : { address }, note };
}

function tcp(scheme: "tcp" | "ssl", port: number, options: Options): Written<Bind> {
  const args = Object.keys(options).length === 0 ? [port] : [port, options];
  // Its own checks look at what the options are.
  const bind = scheme === "tcp" ? Bind.tcp(port, options) : Bind.ssl(port, options as never);
  return call(`Bind.${scheme}`, args, bind);
}

function unix(path: string, options: Options): Written<Bind> {
  const args = Object.keys(options).length === 0 ? [path] : [path, options];
  return call("Bind.unix", args, Bind.unix(path, options));
}
