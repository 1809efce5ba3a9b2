import { unquote, type Word } from "../unquote";
import { PropPath } from "../../values/prop-path";

/** What the values of directives have in common: a type, as systemd's parser of these directives has it. */
export interface ValueType {
  /** What a value must be, as errors say it. */
  readonly must: string;
  /** Whether a systemd of a version, of those that were asked, takes a value that is not empty. */
  readonly takes: (value: string, version: number) => boolean;
  /** The first of the versions asked that takes an empty value without a warning. */
  readonly emptySince?: number;
}

/** A type with a pattern for its values. */
export function pattern(must: string, values: RegExp): ValueType {
  return { must, takes: (value) => values.test(value) };
}

/** The same type, of which an empty value is taken too: it resets. */
export function resettable(type: ValueType, emptySince = 0): ValueType {
  return { ...type, emptySince };
}

const SPECIFIER = /%[A-Za-z%]/;

/** The same type, in which systemd fills in specifiers: what they stand for is not known at synth. */
export function withSpecifiers(type: ValueType): ValueType {
  const any = withAnySpecifiers(type);
  return {
    ...any,
    takes: (value, version) => unknownSpecifier(value) === undefined && any.takes(value, version),
  };
}

/** The same, of which systemd says nothing if they stand for nothing. */
export function withAnySpecifiers({ must, takes, emptySince }: ValueType): ValueType {
  return { must, emptySince, takes: (value, version) => SPECIFIER.test(value) || takes(value, version) };
}

/** What stands for nothing in any of the versions asked, which systemd refuses: `%F` of a date, `%40` of a URL. */
export function unknownSpecifier(value: string): string | undefined {
  return value.match(/%[^]/g)?.find((specifier) => /%[0-9ekxzFKOQXZ]/.test(specifier));
}

/** What any of several types takes. */
export function anyOf(must: string, ...types: ValueType[]): ValueType {
  return { must, takes: (value, version) => types.some(({ takes }) => takes(value, version)) };
}

/**
 * One of a set of words, written in one line: a word that came later has its version behind an `@`, one that went after it the
 * version from which on it is not taken: `connected@257`, `99@247-262`.
 */
export function oneOf(words: string, among: "be" | "be made of" = "be"): ValueType {
  const spans = new Map(words.split(/\s+/).map(spanOf));
  const takes = (value: string, version: number): boolean => {
    const span = spans.get(value);
    return span !== undefined && span.since <= version && version < span.until;
  };
  return { must: `${among} one of ${[...spans.keys()].join(", ")}`, takes };
}

function spanOf(word: string): [string, { since: number; until: number }] {
  const [, name = "", span = ""] = /^(.+?)(?:@(\d[\d-]*))?$/.exec(word) ?? [];
  const [since = 0, until = Infinity] = span.split("-").filter(Boolean).map(Number);
  return [name, { since, until }];
}

/** A list of words at white space, in quotes or not, each of which `each` takes. */
export function listOf(must: string, each: (word: string, version: number) => boolean): ValueType {
  const takes = (value: string, version: number): boolean => {
    const words = wordsOf(value);
    return words !== undefined && words.every((word) => each(word, version));
  };
  return { must, takes, emptySince: 0 };
}

/** A list of words at white space, in which quotes are as any other character. */
export function plainListOf(must: string, each: (word: string, version: number) => boolean): ValueType {
  return {
    must,
    takes: (value, version) => value.split(/\s+/).every((word) => each(word, version)),
    emptySince: 0,
  };
}

/** The words of a value without their quotes; undefined where one is not closed. */
export function wordsOf(value: string): string[] | undefined {
  return quotedWordsOf(value)?.map(({ text }) => text);
}

/** The same words, each with whether it was quoted. */
export function quotedWordsOf(value: string): Word[] | undefined {
  try {
    return unquote(PropPath.of("value"), value);
  } catch {
    return undefined;
  }
}
