import { type UnitFile } from "../systemd/unit-file";
import { type Declaration, type Step, unitsOf } from "./declaration";
import { reasonOf } from "./refusal";
import { type Line } from "./unit";

/** What of a unit's lines is not declared as it stands there. */
export interface Note {
  readonly line: Line;
  /** The part of the line that it is about. */
  readonly part?: string;
  readonly reason: string;
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

  /** Declares what a line says, or notes why not. What the units say without it is not declared. */
  attempt(kind: "service" | "socket", { line, part, steps, notes = [] }: Attempt): void {
    const problems: string[] = [];
    for (const step of steps) {
      const next = { ...this.current, [kind]: step(this.current[kind] ?? {}) };
      const result = tried(next);
      if (result.problem === undefined) {
        if (result.text !== this.text) this.current = next;
        this.text = result.text;
        for (const reason of notes) this.note({ line, part, reason });
        return;
      }
      problems.push(result.problem);
    }
    const [reason] = problems;
    if (reason !== undefined) this.note({ line, part, reason });
  }

  note(note: Note): void {
    this.notes.push(note);
  }
}

type Result = { readonly text: string; readonly problem?: undefined } | { readonly problem: string };

function tried(declaration: Declaration): Result {
  try {
    return { text: textOf(unitsOf(declaration)) };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

function textOf(units: ReadonlyMap<string, UnitFile>): string {
  return [...units.values()].map(String).join("\n");
}
