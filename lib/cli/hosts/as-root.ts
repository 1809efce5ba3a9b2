import { shellQuoted } from "../../deploy/shell-settings";
import { type Scope } from "../../layout";

/** What is run on a host as root, or of a user's own systemd as that user. */
export interface RootScript {
  readonly script: string;
  readonly scope: Scope;
  /** Its arguments, whatever they are. */
  readonly words: readonly string[];
  /** Its first arguments: expressions of the shell of who logs in. */
  readonly known?: readonly string[];
}

/** Who logs in, and from where, in the words of a run on the host. */
export const LOGIN = '"$(id -un)${SSH_CONNECTION:+ from ${SSH_CONNECTION%% *}}"';

/** The same as a script for the shell of who logs in. */
export function asRoot({ script, scope, words, known = [] }: RootScript): string {
  const become = scope === "user" ? "" : '[ "$(id -u)" = 0 ] || set -- sudo -n "$@"\n';
  const args = [shellQuoted(script), "sh", ...known, ...words.map(shellQuoted)];
  return `set -- /bin/sh -euc ${args.join(" ")}\n${become}exec "$@"\n`;
}
