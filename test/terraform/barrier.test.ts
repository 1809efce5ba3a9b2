import { TerraformVariable } from "cdktf";
import { Rollout } from "../../lib";
import { newHost, newService, newStack, synth, type Synthesized } from "../stack";

const hosts = (count: number) => Array.from({ length: count }, (_, i) => newHost(`h${i + 1}`));

function rolledOut(count: number, rollout: Rollout): Synthesized {
  const stack = newStack();
  newService(stack, { hosts: hosts(count), rollout });
  return synth(stack);
}

/** What each installation waits for, beside the inventory, which all of them wait for. */
const edges = (json: Synthesized): string[][] =>
  Object.values(json.resource.null_resource as Synthesized).map((one) =>
    (one.depends_on as string[]).filter((name) => name !== "terraform_data.pumas_by_host"),
  );

const barriers = (json: Synthesized): Synthesized =>
  Object.fromEntries(Object.entries(json.locals).filter(([name]) => name.includes("_batch_")));

test("a batch waits for one thing, which waits for the batch before it", () => {
  const json = rolledOut(5, Rollout.rolling({ batchSize: 2 }));
  const first = ["local.puma_web_batch_1"];
  expect(edges(json)).toEqual([[], [], first, first, ["local.puma_web_batch_2"]]);
  expect(barriers(json)).toEqual({
    puma_web_batch_1: "${[null_resource.puma_web_on_h1.id, null_resource.puma_web_on_h2.id]}",
    puma_web_batch_2: "${[null_resource.puma_web_on_h3.id, null_resource.puma_web_on_h4.id]}",
  });
});

test("all at once, nothing waits", () => {
  const json = rolledOut(5, Rollout.allAtOnce());
  expect(edges(json)).toEqual(Array(5).fill([]));
  expect(barriers(json)).toEqual({});
});

test("what a service depends on, each batch depends on", () => {
  const stack = newStack();
  const before = new TerraformVariable(stack, "before", {});
  newService(stack, { hosts: hosts(2), dependsOn: [before], rollout: Rollout.rolling({ batchSize: 1 }) });
  expect(edges(synth(stack))).toEqual([["var.before"], ["var.before", "local.puma_web_batch_1"]]);
});

test("two services of one name have barriers of their own", () => {
  const stack = newStack();
  const rollout = Rollout.rolling({ batchSize: 1 });
  newService(stack, { name: "web", hosts: [newHost("a"), newHost("b")], rollout }, "one");
  newService(stack, { name: "web", hosts: [newHost("c"), newHost("d")], rollout }, "two");
  expect(Object.keys(barriers(synth(stack)))).toEqual(["puma_web_batch_1", "puma_web_from_c_batch_1"]);
});

test("what rolling adds to the configuration grows with the hosts, not with their square", () => {
  const length = (count: number, rollout: Rollout): number =>
    JSON.stringify(rolledOut(count, rollout)).length;
  for (const batchSize of [1, "25%"] as const) {
    const rolling = Rollout.rolling({ batchSize });
    const added = length(200, rolling) - length(200, Rollout.allAtOnce());
    expect(added / 200).toBeLessThan(200);
  }
});
