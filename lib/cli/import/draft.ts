import { type UnitFile } from "../../systemd/unit-file";
import { type Declaration, type DeclaredSocket, type Step, unitsOf } from "./declaration";
import { reasonOf } from "./refusal";
import { type Line } from "./unit";

/** What of a unit's lines is not declared as it stands there. */
export interface Note {
  readonly line: Line;
  /** The part of the line that it is about. */
  readonly part?: string;
  readonly reason: string;
  /**
   * Whether it is declared all the same, in other words.
   * @default false: it is left away
   */
  readonly isSaid?: boolean;
}

/** Ways to declare what a line says, of which the first that the library takes is taken. */
export interface Attempt {
  readonly line: Line;
  readonly part?: string;
  readonly steps: readonly Step[];
  /** What is said otherwise by it. */
  readonly notes?: readonly string[];
}

/** A declaration that grows, and is right at each moment. */
export class Draft {
  readonly notes: Note[] = [];
  private text: string;

  /** @throws what the library refuses of what it begins with */
  constructor(private current: Declaration) {
    this.text = textOf(unitsOf(current));
  }

  get declaration(): Declaration {
    return this.current;
  }

  get units(): ReadonlyMap<string, UnitFile> {
    return unitsOf(this.current);
  }

  /** Declares in the unit of a file what a line says, or notes why not. What the units say without it is not declared. */
  attempt(file: string, { line, part, steps, notes = [] }: Attempt): void {
    const problems: string[] = [];
    for (const step of steps) {
      const problem = this.take(file, step);
      if (problem === undefined)
        return notes.forEach((reason) => this.note({ line, part, reason, isSaid: true }));
      problems.push(problem);
    }
    const [reason] = problems;
    if (reason !== undefined) this.note({ line, part, reason });
  }

  /** Takes a step, unless it changes no unit; or tells why the library does not take it. */
  take(file: string, step: Step): string | undefined {
    const next = stepped(this.current, file, step);
    const { text, problem } = tried(next);
    if (text === undefined) return problem;
    if (text !== this.text) this.current = next;
    this.text = text;
    return undefined;
  }

  note(note: Note): void {
    this.notes.push(note);
  }
}

function stepped(declaration: Declaration, file: string, step: Step): Declaration {
  const { name, service, sockets } = declaration;
  if (file === `${name}.service`) return { ...declaration, service: step(service) };
  const stepOne = (socket: DeclaredSocket): DeclaredSocket =>
    file === `${socket.name}.socket` ? { ...socket, fields: step(socket.fields) } : socket;
  return { ...declaration, sockets: sockets.map(stepOne) };
}

function tried(declaration: Declaration): { readonly text?: string; readonly problem?: string } {
  try {
    return { text: textOf(unitsOf(declaration)) };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

function textOf(units: ReadonlyMap<string, UnitFile>): string {
  return [...units.values()].map(String).join("\n");
}
