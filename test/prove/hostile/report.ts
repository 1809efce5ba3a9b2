import { type Release } from "../../../lab/fleet/fleet";
import { type Apply, endOf, ENDS, lies } from "./verdict";

/** The part of docs/evidence.md. */
export function report(
  release: Release,
  minutes: number,
  applies: readonly Apply[],
  deeds: ReadonlyMap<string, number>,
  damage: readonly string[],
): string {
  const kinds = [...new Set(applies.map(({ kind }) => kind))];
  const rows = kinds.map((kind) =>
    rowOf(
      kind,
      applies.filter((apply) => apply.kind === kind),
    ),
  );
  const wrong = applies.flatMap((apply) => lies(apply).map((lie) => `- **${apply.kind}: ${lie}**`));
  const limits = applies.map(({ limit }) => limit);
  return `## Two users and the application are hostile

On one host (${release}) two local users and the application attack at random for ${minutes} minutes, while one version after another is
applied by the engine: hot, overlapping, bad ones, and the same again. After each apply the host is asked which version answers.
*Untrue* are applies whose words, exit code or length are not as they should be: \`done\` is only said of a version that answers,
and where a run fails, the last healthy version answers, and no line of others looks like one of the run's own. An apply that is
held up may fail. A run has a limit of ${Math.min(...limits)} to ${Math.max(...limits)} s. The programs are in \`test/prove/hostile\`.

| what is applied | times | ${ENDS.join(" | ")} | untrue | longest, s |
| --- | --- | ${ENDS.map(() => "---").join(" | ")} | --- | --- |
${rows.join("\n")}

| what they did | times |
| --- | --- |
${[...deeds].map(([what, times]) => row([what, times])).join("\n")}

${[...wrong, ...damage.map((one) => `- **${one}**`)].join("\n") || NO_DAMAGE}`;
}

const NO_DAMAGE = `Afterwards no file of root's in /etc, /root, /usr, /opt and /boot was another, but for the service's own units; no secret of
root's was in reach of the others; nothing of theirs was in root's folders, nothing of a run was left, and a quiet apply was done.`;

function rowOf(kind: string, applies: readonly Apply[]): string {
  const ends = ENDS.map((end) => applies.filter((apply) => endOf(apply) === end).length);
  const untrue = applies.filter((apply) => lies(apply).length > 0).length;
  const longest = Math.max(...applies.map(({ seconds }) => seconds)).toFixed(0);
  return row([kind, applies.length, ...ends, untrue, longest]);
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}
