import { byteLength, checkNormal } from "../values/characters";
import { checkString, checkWithout } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { checkValue } from "./line";

/** The types of unit that systemd knows, which are the suffixes of their files (systemd.unit(5)). */
export const UNIT_TYPES = [
  "service",
  "socket",
  "target",
  "device",
  "mount",
  "automount",
  "swap",
  "timer",
  "path",
  "slice",
  "scope",
] as const;

/** A type of unit that systemd knows. */
export type UnitType = (typeof UNIT_TYPES)[number];

/** UNIT_NAME_MAX of systemd, the suffix included. */
const LONGEST_UNIT_NAME = 255;

/**
 * The file name of a unit of ours, `web` → `web.service`.
 *
 * Stricter than systemd (systemd.unit(5)): no template or instance (`web@.service`), no leading `-`, which commands
 * take for an option, no leading `.`, which hides the file, and neither `\` nor `:`, which mean something where the
 * name is part of a directive's value.
 *
 * @param at the place that errors name
 * @throws if systemd would not load a unit of this name
 */
export function unitFileName(at: PropPath, name: string, type: UnitType): string {
  if (checkString(at, name) === "") at.refuse("not be empty", name);
  checkWithout(at, name, /\//, "a slash");
  checkWithout(at, name, /@/, "'@': templates and instances are not supported");
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
    at.refuse("be letters, digits and '-_.', and begin with neither '-' nor '.'", name);
  }
  const suffix = UNIT_TYPES.find((other) => name.endsWith(`.${other}`));
  if (suffix) at.refuse(`be without the suffix '.${suffix}'`, name);
  if (name.length > LONGEST_UNIT_NAME - type.length - 1) {
    at.refuse(`be at most ${LONGEST_UNIT_NAME - type.length - 1} characters long`, name);
  }
  return `${name}.${type}`;
}

/**
 * The name of a unit of others that can be started, `page.service` or the instance `page@web.service`.
 *
 * @param at - the place that errors name
 */
export function startableUnit(at: PropPath, name: string): string {
  const isName = /^[A-Za-z0-9_][A-Za-z0-9:_.-]*(@[A-Za-z0-9:_.-]+)?$/.test(checkString(at, name));
  if (!isName || unitType(name) === undefined || /@\.\w+$/.test(name) || name.length > LONGEST_UNIT_NAME)
    at.refuse('be the name of a unit such as "page.service" or "page@web.service"', name);
  return name;
}

/** The type of unit that a file name's suffix says, `web.service` → `service`; undefined if it says none. */
export function unitType(fileName: string): UnitType | undefined {
  return UNIT_TYPES.find((type) => fileName.endsWith(`.${type}`) && fileName.length > type.length + 1);
}

/**
 * Checks the name of an environment variable: letters, digits and `_`, not beginning with a digit. systemd drops an
 * assignment to any other (systemd.exec(5), Environment=).
 *
 * @param at the place that errors name
 */
export function checkVariableName(at: PropPath, name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  at.refuse("be letters, digits and '_', and not begin with a digit", name);
}

/**
 * A user or group, by name or number, as the value of User=, Group=, SocketUser= or SocketGroup=.
 *
 * systemd's relaxed rules, since accounts of directory services look like `EXAMPLE\ops` or `ops@example.org`
 * (https://systemd.io/USER_NAMES): no control character, `:` or `/`, no white space at either end, not `.` or `..`.
 * Of numbers, those that mean "no user" are refused.
 *
 * @param at the place that errors name
 */
export function accountName(at: PropPath, name: string): string {
  if (checkString(at, name) === "") at.refuse("not be empty", name);
  checkValue(at, name);
  checkNormal(at, name);
  checkWithout(at, name, /\p{Cc}/u, "a control character");
  checkWithout(at, name, /[:/]/, "':' or '/'");
  if (/^\.\.?$|^-\d*$/.test(name)) at.refuse("be the name of an account", name);
  if (/^\d+$/.test(name) && !isAccountNumber(name)) {
    at.refuse("be 0 to 4294967294 without leading zeros, and not 65535", name);
  }
  if (byteLength(name) > 255) at.refuse("be at most 255 bytes long", name);
  return name.replace(/%/g, "%%");
}

function isAccountNumber(digits: string): boolean {
  return (
    Number(digits) < 4_294_967_295 && Number(digits) !== 65_535 && (digits === "0" || !digits.startsWith("0"))
  );
}
