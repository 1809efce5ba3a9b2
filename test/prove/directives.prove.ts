/** 10,000 lines of directives, taken or refused by the library and by the systemd of each release. */
import { appendFileSync } from "node:fs";
import { RELEASES } from "../../lab/fleet/fleet";
import { oneOfEach, onEach } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { generated } from "../systemd/directive-lines";
import { DISAGREEMENTS } from "../systemd/disagreements";
import { judgementOn } from "../systemd/judgement-on-host";

const at = setUpHosts(oneOfEach(RELEASES));

test("they agree, but for what the list of disagreements has", async () => {
  const lines = generated(10_000, 10);
  const judgements = await onEach(at.hosts, (host) => judgementOn(host, lines));
  const told = new Set(Object.values(judgements).flatMap(({ listed }) => [...listed.keys()]));
  for (const [release, { taken, refused, listed, unlisted, wronged }] of Object.entries(judgements)) {
    const count = [...listed.values()].reduce((sum, times) => sum + times, 0);
    const row = [release, lines.length, taken, refused, count, unlisted.length + wronged.length].join(" | ");
    if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${row} |\n`);
  }
  expect(Object.values(judgements).flatMap(({ wronged, unlisted }) => [...wronged, ...unlisted])).toEqual([]);
  // An entry of which there is no example has to go.
  expect(DISAGREEMENTS.filter((_, i) => !told.has(i))).toEqual([]);
});
