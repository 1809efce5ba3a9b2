import { type Line } from "./judge";

/** Lines that systemd refuses and the library takes, since it cannot know what systemd knows, or is not told here. */
export interface Disagreement {
  /** Types of directives, or directives. */
  readonly of: readonly string[];
  /** The releases of systemd, where it is not all. */
  readonly versions?: readonly number[];
  /** What is in such a value. */
  readonly value?: RegExp;
  readonly reason: string;
}

/** All of them: a test fails for one that is not here, and for one that is and does not occur. Of the contrary there is none. */
export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    of: ["*"],
    value: /%[A-Za-z0-9]/,
    reason: "what a specifier stands for, and whether it stands for anything, is the host's to know",
  },
  {
    of: ["filter of system calls", "system calls"],
    value: /^~?[a-z_]/,
    reason: "which names are system calls is the host's libseccomp to know",
  },
  {
    of: ["address families", "error"],
    value: /^~?(AF_|E)/i,
    reason: "which families and errors there are is the host's C library to know",
  },
  {
    of: ["netlink", "program in the kernel"],
    value: /^[a-z0-9_-]+/,
    reason: "what the kernel has of them is the host's to know",
  },
  {
    of: ["priority of a scheduler"],
    versions: [247],
    reason: "systemd 247 holds it against the policy that stands before it",
  },
  {
    of: ["image policy", "extension images"],
    value: /[=:]/,
    reason: "partitions, and what they are used for, are not told here",
  },
  { of: ["personality"], reason: "which there are depends on the host's machine" },
  {
    of: ["credential to load", "credential", "credentials to import", "namespace of a log"],
    reason: "which characters their names may have is not told here",
  },
  { of: ["anything"], reason: "their grammar is not told here" },
];

/** Which entry tells of a line, by its place in the list; -1 where none does. */
export function disagreementOn({ name, value }: Line, type: string, version: number): number {
  return DISAGREEMENTS.findIndex(
    (one) =>
      ["*", type, name].some((word) => one.of.includes(word)) &&
      (one.versions?.includes(version) ?? true) &&
      (one.value?.test(value) ?? true),
  );
}
