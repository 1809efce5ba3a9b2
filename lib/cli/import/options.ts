import { type Bind } from "../../puma/bind";
import { bindOfPuma } from "./bind-text";
import { add, put, set, type Step } from "./declaration";
import { type Reading } from "./readers";
import { withoutSecrets } from "./environment";
import { isKnown, propOf, type PumaOption } from "./puma-arguments";
import { reasonOf } from "./refusal";
import { type Values } from "./shell";
import { type Line } from "./unit";
import { plain, type Written } from "./written";

/** What Puma's options are read with. */
export interface OptionContext {
  /** Where they stand. */
  readonly line: Line;
  readonly directory: string;
  /** Of the variables that the unit itself sets. */
  readonly values: Values;
  /** Those of the socket; undefined without one. */
  readonly socketBinds?: readonly Bind[];
}

/** Variables of which one says what Puma's is, in the order in which Puma looks for them. */
export const ENVIRONMENTS = ["APP_ENV", "RACK_ENV", "RAILS_ENV"];

/** How the value of each prop is read that an option of Puma says; which option says it is the table's to know. */
const READERS: Readonly<
  Record<string, (value: string, context: OptionContext, option: PumaOption) => Step[] | string>
> = {
  workers: (value) =>
    /^\d+$/.test(value) ? [set("workers", plain(Number(value)))] : "is no number: leave it to 'configFile'",
  threads,
  rackEnv: (value, { values }) => {
    const given = ENVIRONMENTS.find((name) => name in values);
    if (given === undefined) return [set("rackEnv", plain(value))];
    return values[given] === value ? [] : [put("environment", ["RACK_ENV"], value)];
  },
};

/** Props that a declaration begins with. */
const OF_THE_BEGINNING = ["configFile", "workingDirectory", "daemon"];

/** What an option of Puma comes to. What the beginning of a declaration has already comes to nothing. */
export function readOption(option: PumaOption, context: OptionContext): Reading[] {
  const { line } = context;
  const { words, flag, value } = option;
  const part = words.map(({ raw }) => raw).join(" ");
  const prop = propOf(option);
  if (flag === undefined) return [argument(option, line, part)];
  if (OF_THE_BEGINNING.includes(prop ?? "")) return [];
  if (prop === undefined) return [{ line, part, reason: flag.instead.replace(/^be left away: /, "") }];
  if (value === undefined) return [{ line, part, reason: `only the host knows it: say it in '${prop}'` }];
  if (prop === "binds") return readBind(option, value, { ...context, line }, part);
  const steps = READERS[prop]?.(value, context, option) ?? `use '${prop}'`;
  if (typeof steps === "string") return [{ line, part, reason: steps }];
  return steps.length === 0 ? [] : [{ line, part, steps }];
}

function argument(option: PumaOption, line: Line, part: string): Reading {
  const texts = option.words.flatMap(({ text }) => text ?? []);
  if (!isKnown(option)) return { line, part, reason: "only the host knows it" };
  const [name = "", token] = texts;
  if (/^--control-token/.test(name) && token !== "none")
    return {
      line,
      part: "--control-token",
      reason: "is a secret: say it in Puma's configuration file, or leave it away, and Puma makes one",
    };
  if (texts.some((text) => withoutSecrets(text) !== text))
    return { line, part, reason: "a secret is in it: say it in Puma's configuration file" };
  const step: Step = (fields) => texts.reduce((grown, text) => add("args", plain(text))(grown), fields);
  return { line, part, steps: [step] };
}

function threads(value: string): Step[] | string {
  const [, min, max = min] = /^(\d+)(?::(\d+))?$/.exec(value) ?? [];
  if (min === undefined) return "is no number: leave it to 'configFile'";
  return [set("threads", plain({ min: Number(min), max: Number(max) }))];
}

function readBind({ flag }: PumaOption, value: string, context: OptionContext, part: string): Reading[] {
  const { line, directory, socketBinds } = context;
  try {
    const uri = flag?.short === "-p" ? `tcp://0.0.0.0:${value}` : value;
    const { bind, notes } = bindOfPuma(uri, directory);
    if (socketBinds === undefined) return [{ line, part, steps: [add("binds", bind)], notes }];
    const isHeld = socketBinds.some(({ listenStream }) => listenStream === bind.value.listenStream);
    const reason = "the socket holds the binds: add this one there if Puma is to listen on it";
    return isHeld ? [] : [{ line, part, reason }];
  } catch (error) {
    return [{ line, part, reason: reasonOf(error) }];
  }
}

/** What Puma is told of a socket in vain that systemd has made. */
const OF_SOCKET = /(?<=[?&])(?:backlog|low_latency)\b[^&]*&?/g;

/** The binds with TLS among Puma's options, as Puma takes them from a socket. */
export function secureBinds(options: readonly PumaOption[], directory: string): Written<Bind>[] {
  return options.flatMap((option) => {
    if (propOf(option) !== "binds" || !option.value?.startsWith("ssl:")) return [];
    try {
      return [bindOfPuma(option.value.replace(OF_SOCKET, ""), directory).bind];
    } catch {
      return [];
    }
  });
}
