import { VERSIONS } from "./directive-table";
import { goneSince, knownSince, type SectionName } from "./directives";
import { typeOf } from "./types/table";
import { unknownSpecifier } from "./types/value-type";

/** What systemd knows the names of in [Socket], and takes no value of there. */
const NOT_OF_SOCKETS =
  /^(Delegate|DelegateSubgroup|OOMRules|ManagedOOM(Swap|MemoryPressure(Limit|LimitPercent|DurationSec)?))$/;

/** The versions that were asked and take a value of a directive; undefined of what has no type, such as `X-Team=`. */
export function takenBy(section: SectionName, directive: string, value: string): number[] | undefined {
  const type = typeOf(directive);
  if (type === undefined) return undefined;
  if (section === "Socket" && NOT_OF_SOCKETS.test(directive)) return [];
  const { takes, emptySince = Infinity } = type;
  const [since = 0, until = Infinity] = [knownSince(section, directive), goneSince(section, directive)];
  const known = VERSIONS.filter((version) => since <= version && version < until);
  return known.filter((version) => (value === "" ? emptySince <= version : takes(value, version)));
}

/** What a value of a directive must be, if no systemd that knows the directive takes it. */
export function valueProblem(section: SectionName, directive: string, value: string): string | undefined {
  if (takenBy(section, directive, value)?.length !== 0) return undefined;
  const specifier = unknownSpecifier(value);
  if (specifier !== undefined)
    return `have '%${specifier}' for ${specifier}, which is none of systemd's specifiers`;
  return section === "Socket" && NOT_OF_SOCKETS.test(directive)
    ? "be left away: systemd takes none in a socket"
    : `${typeOf(directive)?.must}${value === "" ? ", since an empty value resets nothing here" : ""}`;
}
