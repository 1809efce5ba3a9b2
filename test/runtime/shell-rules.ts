/** The rules of the shell parts, each a function that tells what breaks it. */
import { type Call, Scope, scopesOf } from "./shell-source";

/** A part of a script: its file's name, and its text. */
export interface Part {
  readonly file: string;
  readonly text: string;
}

/** What a shell has of others, beside its settings. */
const ENVIRONMENT = new Set([
  "HOME",
  "MANAGERPID",
  "PATH",
  "SSH_CONNECTION",
  "SUDO_USER",
  "TMPDIR",
  "XDG_RUNTIME_DIR",
]);

const isSetting = (name: string): boolean => /^(CDKTF_)?PUMA_/.test(name);

/** A script, in parts of which each may call what is in those before it. */
export class ShellSource {
  readonly scopes: readonly Scope[];
  private readonly functions: ReadonlyMap<string, Scope>;
  private readonly runners: ReadonlySet<string>;

  constructor(
    readonly parts: readonly Part[],
    /** The part that declares what outlives a function. */
    readonly stateFile: string,
  ) {
    this.scopes = parts.flatMap(({ file, text }) => scopesOf(file, text));
    this.functions = new Map(this.scopes.map((scope) => [scope.name, scope]));
    this.runners = this.findRunners();
  }

  /** What stands outside of all functions. */
  get tops(): readonly Scope[] {
    return this.scopes.filter(({ name }) => name === "");
  }

  /** What stands outside of all functions of the part that declares what outlives a function. */
  get state(): Scope {
    return this.tops.find(({ file }) => file === this.stateFile) ?? new Scope(this.stateFile, "");
  }

  /** A line of a part. */
  line(file: string, number: number): string {
    return this.parts.find((part) => part.file === file)?.text.split("\n")[number - 1] ?? "";
  }

  /** The place of a function's part among the parts. */
  level({ file }: Scope): number {
    return this.parts.findIndex((part) => part.file === file);
  }

  /** The functions that one calls, sets as traps, or hands to another that runs what it is given. */
  calledBy(scope: Scope, chosen: (call: Call) => boolean = () => true): Scope[] {
    const traps = [...scope.traps].flatMap((name) => this.functions.get(name) ?? []);
    return [...this.called(scope.calls.filter(chosen)), ...traps];
  }

  /** The functions that some calls mean. */
  called(calls: readonly Call[]): Scope[] {
    const names = calls.flatMap(({ name, args }) => {
      return this.runners.has(name) ? [name, ...args.slice(0, 1)] : [name];
    });
    return names.flatMap((name) => this.functions.get(name) ?? []);
  }

  /** Functions, and all that these can call. */
  closure(scopes: readonly Scope[], chosen?: (call: Call) => boolean): Set<Scope> {
    const found = new Set(scopes);
    for (const scope of found) for (const called of this.calledBy(scope, chosen)) found.add(called);
    return found;
  }

  /** All that can run in an action of `main`. */
  reachable(action: string): ReadonlySet<Scope> {
    const main = this.functions.get("main") as Scope;
    const chosen = ({ branches }: Call): boolean => branches.every((pattern) => pattern === action);
    return this.closure([...this.tops, ...this.calledBy(main, chosen)]).add(main);
  }

  /** Functions that run what they are given, and those that hand it on to one of them. */
  private findRunners(): Set<string> {
    const runners = new Set(['"$@"', '"$1"']);
    for (let known = 0; known !== runners.size;) {
      known = runners.size;
      for (const { name, calls } of this.scopes) {
        const runs = calls.some(
          (call) => runners.has(call.name) && (/^"/.test(call.name) || call.args[0] === '"$@"'),
        );
        if (runs) runners.add(name);
      }
    }
    return runners;
  }
}

/** How a function is named to a person. */
export const where = ({ file, name }: Scope): string => (name === "" ? file : `${file}: ${name}`);

/**
 * What is wrong between the settings that are sent and those that are read.
 * @param made - what the part of the run's state makes of its arguments
 */
export function settingProblems(
  source: ShellSource,
  sent: readonly string[],
  made: readonly string[] = [],
): string[] {
  const assignments = source.scopes.flatMap((scope) => {
    const names = [...scope.assigned.keys()].filter(isSetting);
    const wrong = names.filter((name) => scope !== source.state || !made.includes(name));
    return wrong.map((name) => `${where(scope)} assigns the setting ${name}`);
  });
  return [...readProblems(source.scopes, [...sent, ...made]), ...assignments];
}

/** What is wrong between the settings that are sent for an action and those that it can read. */
export function actionProblems(
  source: ShellSource,
  action: string,
  sent: readonly string[],
  made: readonly string[],
): string[] {
  return readProblems([...source.reachable(action)], sent, made).map((problem) => `${action}: ${problem}`);
}

/** @param others - settings that may be read, and need not be */
function readProblems(
  scopes: readonly Scope[],
  sent: readonly string[],
  others: readonly string[] = [],
): string[] {
  const known = new Set([...sent, ...others]);
  const read = new Set(scopes.flatMap(({ reads }) => [...reads.keys()]));
  const unread = sent.filter((name) => !read.has(name));
  const unsent = scopes.flatMap((scope) => {
    const names = [...scope.reads.keys()].filter((name) => isSetting(name) && !known.has(name));
    return names.map((name) => `${where(scope)} reads the setting ${name}, which nobody sends`);
  });
  return [...unread.map((name) => `the setting ${name} is sent, and nothing reads it`), ...unsent];
}

/** What is neither a setting, nor local to a function, nor declared as state of the run; and state that is none. */
export function variableProblems(source: ShellSource): string[] {
  return [
    ...source.scopes.filter(({ name }) => name !== "").flatMap((scope) => functionProblems(source, scope)),
    ...source.tops.filter((top) => top !== source.state).flatMap((top) => topProblems(source, top)),
    ...stateProblems(source),
  ];
}

function functionProblems(source: ShellSource, scope: Scope): string[] {
  const { assigned: state, constants, exported } = source.state;
  const known = (name: string): boolean => scope.locals.has(name) || state.has(name) || isSetting(name);
  const open = [...scope.assigned.keys()].filter((name) => !known(name));
  const strange = [...scope.reads.keys()].filter((name) => !known(name) && !ENVIRONMENT.has(name));
  const fixed = [...scope.assigned.keys()].filter((name) => constants.has(name) && !scope.locals.has(name));
  const hidden = [...scope.locals].filter(
    ([, line]) => !/^\s*local( \w+)+$/.test(source.line(scope.file, line)),
  );
  const shadows = [...scope.locals.keys()].filter((name) => state.has(name));
  return [
    ...shadows.map((name) => `has a local ${name}, which ${source.stateFile} declares`),
    ...open.map(
      (name) => `assigns ${name}, which is neither local there nor declared in ${source.stateFile}`,
    ),
    ...strange
      .filter((name) => !open.includes(name) && !exported.has(name))
      .map((name) => `reads ${name}, which is neither local there nor declared in ${source.stateFile}`),
    ...fixed.map((name) => `assigns ${name}, which is readonly`),
    ...hidden.map(([name]) => `declares ${name} on a line with something else: 'local ${name}' stands alone`),
  ].map((problem) => `${where(scope)} ${problem}`);
}

function topProblems({ stateFile }: ShellSource, top: Scope): string[] {
  const names = [...top.assigned.keys()].filter((name) => !isSetting(name));
  return names.map(
    (name) => `${where(top)} assigns ${name} outside of all functions: ${stateFile} declares it`,
  );
}

function stateProblems(source: ShellSource): string[] {
  const { state, scopes } = source;
  const names = [...state.assigned].filter(([name]) => !state.exported.has(name) && !isSetting(name));
  return names.flatMap(([name, line]) => {
    const users = scopes.filter(({ locals }) => !locals.has(name));
    const setters = users.filter((scope) => scope.assigned.has(name) && scope !== state);
    const constant = state.constants.has(name);
    const problems = [
      ...(users.some(({ reads }) => reads.has(name)) ? [] : ["nothing reads it"]),
      ...(constant || setters.length > 0 ? [] : ["nothing sets it, and it is not readonly"]),
      ...(constant ? [] : bylineProblems(source.line(state.file, line), setters)),
    ];
    return problems.map((problem) => `${state.file} declares ${name}: ${problem}`);
  });
}

/** What is wrong with the end of a comment that says "by", and then each function that sets the variable. */
function bylineProblems(line: string, setters: readonly Scope[]): string[] {
  const named: string[] = /\s#.*\bby (.*)/.exec(line)?.[1]?.split(", ") ?? [];
  const names = setters.map(({ name }) => name);
  return [
    ...names
      .filter((name) => !named.includes(name))
      .map((name) => `its line does not say that ${name} sets it`),
    ...named.filter((name) => !names.includes(name)).map((name) => `its line says that ${name} sets it`),
  ];
}

/** What calls a function of a later part, and functions that there are twice. */
export function orderProblems(source: ShellSource): string[] {
  const upwards = source.scopes.flatMap((scope) => {
    const called = source.calledBy(scope).filter((other) => source.level(other) > source.level(scope));
    return [...new Set(called)].map(
      (other) => `${where(scope)} calls ${other.name} of the later part ${other.file}`,
    );
  });
  const functions = source.scopes.filter(({ name }) => name !== "");
  const twice = functions.filter(({ name }, i) => functions.findIndex((other) => other.name === name) !== i);
  return [...upwards, ...twice.map((scope) => `${where(scope)} is there twice`)];
}
