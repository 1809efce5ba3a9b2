/** The rules of the shell parts about who calls whom: what runs at all, what starts programs, what an attempt leaves. */
import { type ShellSource, where } from "./shell-rules";
import { type Call, type Scope } from "./shell-source";

/** What a shell does by itself. `command`, `exec` and `kill` are not among them, as they reach beyond it. */
const BUILTINS = new Set("[ : break continue echo exit printf return set shift test true false".split(" "));

/** Functions of a part that nothing runs: no line outside of functions, no trap, not main, and nothing that these call. */
export function idleProblems(source: ShellSource, isOurs: (scope: Scope) => boolean = () => true): string[] {
  const main = source.scopes.filter(({ name }) => name === "main");
  const running = source.closure([...source.tops, ...main]);
  const idle = source.scopes.filter((scope) => !running.has(scope) && isOurs(scope));
  return idle.map((scope) => `${where(scope)} is called by nobody`);
}

/** Programs that are started by functions of a part that is to start none, or by what these call. */
export function programProblems(source: ShellSource, file: string): string[] {
  const functions = new Set(source.scopes.map(({ name }) => name));
  const isProgram = ({ name }: Call): boolean => !functions.has(name) && !BUILTINS.has(name);
  return source.scopes.flatMap((scope) => {
    if (scope.file !== file) return [];
    const found = [...source.closure([scope])].flatMap((one) =>
      one.calls.filter(isProgram).map(({ name }) => `${where(scope)} starts ${name}${by(one, scope)}`),
    );
    return [...new Set(found)];
  });
}

const by = (one: Scope, scope: Scope): string => (one === scope ? "" : `, by way of ${one.name}`);

/**
 * State that is set in the subshell of an attempt, and read by the caller of `attempt`, or by what is called later, or as
 * a trap, and does not set it anew.
 */
export function attemptProblems(source: ShellSource): string[] {
  const attempts = source.scopes.flatMap((scope) =>
    scope.calls.filter(isAttempt).map((call) => ({ scope, call })),
  );
  const traps = source.scopes.flatMap(({ traps }) => [...traps]);
  const told = attempts.flatMap(({ scope, call }) => {
    const atEnd = traps.map((name): Call => ({ ...call, name, args: [] }));
    const lost = setBy(source, source.closure(source.called([{ ...call, name: call.args[0] as string }])));
    const readers = [
      ...readersOf([scope], lost),
      ...laterReaders(source, [...atEnd, ...laterCalls(source, scope, call)], lost),
    ];
    return readers.map(
      ([reader, name]) => `${where(reader)} reads ${name}, which 'attempt ${call.args[0]}' set in a subshell`,
    );
  });
  return [...new Set(told)];
}

/** Command substitutions of functions that print nothing, but set `found`: its answer would be gone with the subshell. */
export function lookUpProblems({ scopes, parts }: ShellSource): string[] {
  const names = lookUps(scopes);
  return parts.flatMap(({ file, text }) =>
    names
      .filter((name) => RegExp(`\\$\\(${name}\\b`).test(text))
      .map((name) => `${file}: $(${name} …) is empty: it sets found`),
  );
}

/** The names of functions that set `found` and print nothing: by themselves, or by a last call of another that does. */
function lookUps(scopes: readonly Scope[]): string[] {
  const silent = scopes.filter(
    ({ name, locals, calls }) =>
      name !== "" &&
      !locals.has("found") &&
      !calls.some((call) => call.name === "printf" || call.name === "say"),
  );
  const names = silent.filter(({ assigned }) => assigned.has("found")).map(({ name }) => name);
  for (let known = -1; known < names.length;) {
    known = names.length;
    const further = silent.filter(
      ({ name, calls }) => !names.includes(name) && names.includes(calls.at(-1)?.name ?? ""),
    );
    names.push(...further.map(({ name }) => name));
  }
  return names;
}

const isAttempt = ({ name }: Call): boolean => name === "attempt";

/** What is called after a call: in its function, and then in those that call this. Not in other branches of a `case`. */
function laterCalls(source: ShellSource, scope: Scope, { line, branches }: Call): Call[] {
  const later = scope.calls.filter(
    (call) => call.line > line && call.branches.every((pattern, i) => pattern === branches[i]),
  );
  const above = source.scopes.flatMap((caller) =>
    caller.calls
      .filter(({ name }) => name === scope.name)
      .flatMap((call) => laterCalls(source, caller, call)),
  );
  return [...later, ...above];
}

type Reader = readonly [scope: Scope, name: string];

/** Who reads what is lost. A call may set it anew: for itself, and, if it is no attempt, for those after it. */
function laterReaders(source: ShellSource, calls: readonly Call[], lost: ReadonlySet<string>): Reader[] {
  const left = new Set(lost);
  return calls.flatMap((call) => {
    const called = source.called([call]);
    const scopes = source.closure(called);
    const ours = setBy(source, scopes);
    const readers = readersOf(scopes, left).filter(([, name]) => !ours.has(name));
    const stay = isAttempt(call) ? [] : source.closure(called, (inner) => !isAttempt(inner));
    for (const name of setBy(source, stay)) left.delete(name);
    return readers;
  });
}

function readersOf(scopes: Iterable<Scope>, names: ReadonlySet<string>): Reader[] {
  return [...scopes].flatMap((scope) =>
    [...names]
      .filter((name) => scope.reads.has(name) && !scope.locals.has(name))
      .map((name) => [scope, name] as const),
  );
}

/** The state of the run that these functions set. */
function setBy({ state }: ShellSource, scopes: Iterable<Scope>): Set<string> {
  const names = [...scopes].flatMap(({ assigned, locals }) =>
    [...assigned.keys()].filter((name) => state.assigned.has(name) && !locals.has(name)),
  );
  return new Set(names);
}
