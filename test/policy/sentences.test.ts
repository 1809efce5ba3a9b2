import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ENSURE_SENTENCE,
  fileParts,
  planParts,
  releaseSentence,
  START_ON_SENTENCE,
} from "../../lib/deploy/plan-parts";
import { type InstalledFile } from "../../lib/deploy/managed-file";
import { type RestartMode } from "../../lib/deploy/restart";
import { UnitFile } from "../../lib/systemd/unit-file";
import { unitsOf } from "../../lib/testing";
import { Bind, PumaDropIn, PumaSocket, Rollout } from "../../lib";
import { ROOT } from "../example";
import { newHost, newService, newStack, synth, type Synthesized } from "../stack";

const REGO = readFileSync(join(ROOT, "policy/plan.rego"), "utf8");

/** What the policies match by, from a line of theirs. */
function matched(line: RegExp): string {
  const [, literal = "no such line"] = line.exec(REGO) ?? [];
  return literal;
}

const RESTARTS = matched(/contains\(sentence, "(.*)"\)/);
const OF_UNITS = new RegExp(matched(/regex\.match\(`(.*)`, part\)/));
const TRIGGERS = new RegExp(matched(/find_all_string_submatch_n\(`(.*)`, reference/));
const BATCH = new RegExp(matched(/regex\.match\(`(.*)`, to\)/));
const REMOVALS = new RegExp(matched(/regex\.match\(`(.*)`, one\.address\)/));
const HOME = matched(/contains\(line, "(.*)"\)/);

const UNITS = new Map([
  ["web.socket", UnitFile.parse("[Socket]\nListenStream=80\n")],
  ["web.service", UnitFile.parse("[Service]\nType=notify\nRestart=always\n")],
]);
const FILE = { path: "/etc/puma/web.rb", mode: "0644", owner: "root:root", effect: "restart" };

test.each<[RestartMode, ensure: "running" | "stopped", restarts: boolean]>([
  ["overlap", "running", true],
  ["hot", "running", true],
  ["full", "running", true],
  ["phased", "running", true],
  ["none", "running", false],
  ["hot", "stopped", false],
])("policies take a change for a restart where it is one: %s, %s", (restart, ensure, restarts) => {
  const way = { restart, ensure };
  const units = planParts(UNITS, way);
  const parts = [
    ...units,
    ...fileParts([FILE as InstalledFile], way),
    { name: "release", sentence: releaseSentence(UNITS, way) },
  ];
  for (const { name, sentence } of parts) {
    // By the name, the policies find the sentence of what has changed.
    if (!name.endsWith(": no restart")) expect(sentence.startsWith(`${name}: `)).toBe(true);
    expect(sentence.includes(RESTARTS)).toBe(restarts && !name.endsWith(": no restart"));
  }
  for (const { sentence } of units) expect(sentence).toMatch(OF_UNITS);
});

test("policies know a service that is kept stopped by its trigger, and not by a sentence", () => {
  for (const sentence of [ENSURE_SENTENCE, START_ON_SENTENCE]) expect(sentence).not.toContain(RESTARTS);
  const stack = newStack();
  newService(stack, { ensure: "stopped" });
  expect(synth(stack).locals).toMatchObject({ puma_web_ensure: "stopped" });
});

test("policies find hosts, batches, removals and drop-ins in a stack by the names that it has", () => {
  const stack = newStack();
  const hosts = [newHost("web1"), newHost("web2")];
  newService(stack, { hosts, rollout: Rollout.rolling({ batchSize: 1 }) });
  const directives = { Service: { LimitNOFILE: 65536 } };
  new PumaDropIn(stack, "tuning", { hosts, unit: "mastodon-web.service", directives });
  const { resource }: Synthesized = synth(stack);
  const { triggers } = resource.null_resource.puma_web_on_web2;
  const [address = ""] = /local\.\w+/.exec(triggers) ?? [];
  expect(TRIGGERS.exec(address)?.[1]).toBe("puma_web");
  expect(resource.null_resource.puma_web_on_web2.depends_on).toEqual(
    expect.arrayContaining([expect.stringMatching(BATCH)]),
  );
  expect(resource.null_resource.puma_web_on_web1.depends_on).not.toEqual(
    expect.arrayContaining([expect.stringMatching(BATCH)]),
  );
  const removals = Object.keys(resource.terraform_data).filter((id) => id.includes("removals"));
  for (const id of removals) expect(`terraform_data.${id}["web@web1"]`).toMatch(REMOVALS);
  expect(removals.length).toBeGreaterThan(0);
  const reviews = Object.values<Synthesized>(resource.terraform_data).map(
    (one) => one.triggers_replace ?? {},
  );
  const parts = reviews.flatMap((one) => Object.keys(one)).filter((part) => part.includes(".service"));
  expect(parts).toContainEqual(expect.stringContaining("mastodon-web.service.d/60-tuning.conf: "));
  for (const part of parts) expect(part).toMatch(OF_UNITS);
});

test("policies tell a user's own service from the machine's by what runs as it ends", () => {
  const stack = newStack();
  const hosts = [newHost("web1", { user: "deploy" })];
  newService(stack, { user: undefined, scope: "user", hosts }, "theirs");
  newService(stack, { socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9393)] }) });
  const units = unitsOf(stack);
  expect(units["theirs.service"].Service.ExecStopPost).toContain(HOME);
  expect(units["web.service"].Service.ExecStopPost).not.toContain(HOME);
});
