/** What is said of plans that are made up; what engines print of real ones is in summary.hosts.ts. */
import { said, summary } from "./called";
import { plan, removal, REPLACED, resource, service } from "./plans";

const HOT = "web.service: restarts Puma (hot)";
const QUIET = "web.service: no restart";
const REOPENS = "web.socket: closes its sockets and opens them again, restarts Puma";

test("an empty plan changes nothing, nor does one of a stack without services", async () => {
  const nothing = "<!-- cdktf-puma summary -->\n\n### Puma: plan of `blog`\n\nNothing changes.\n";
  expect(await said(service({ hosts: ["web1"], after: { [HOT]: ["User=deploy"] } }))).toBe(nothing);
  expect(await said([])).toContain("\n\nNothing changes.\n");
  expect((await summary(['{"format_version":"1.2","planned_values":{}}'])).out).toContain("Nothing changes.");
});

test.each<
  [string, Record<string, [string | undefined, string | undefined]>, sentences: string[], happens: string]
>([
  ["a line that restarts", { "web.service": ["a", "b"] }, [HOT, QUIET], "restarts Puma (hot)"],
  ["a line that a reload takes up", { [QUIET]: ["a", "b"] }, [HOT, QUIET], "no restart"],
  ["both", { [QUIET]: ["a", "b"], "web.service": ["a", "b"] }, [HOT, QUIET], "restarts Puma (hot)"],
  [
    "a socket as well",
    { "web.service": ["a", "b"], "web.socket": ["a", "b"] },
    [HOT, REOPENS],
    "closes its sockets and opens them again, restarts Puma",
  ],
  [
    "a file that restarts",
    { "/etc/a: b": ["a", "b"] },
    ["/etc/a: b: restarts Puma (full)"],
    "restarts Puma (full)",
  ],
  ["a file that does not", { "/etc/a": ["a", "b"] }, ["/etc/a: no restart"], "no restart"],
  ["a release", { release: ["1", "2"] }, ["release: restarts Puma (phased)"], "restarts Puma (phased)"],
  [
    "the first release",
    { release: [undefined, "2"] },
    ["release: restarts Puma (hot)"],
    "restarts Puma (hot)",
  ],
  [
    "what is left",
    { "web.service": ["a", "b"] },
    ["web.service: left for Puma's next restart (none)"],
    "left for Puma's next restart (none)",
  ],
  [
    "what is kept stopped",
    { "web.service": ["a", "b"] },
    ["web.service: starts nothing (stopped)"],
    "starts nothing (stopped)",
  ],
  ["another startOn", { start_on: [undefined, "firstConnection"] }, ["startOn: no restart"], "no restart"],
  ["a stop", { ensure: [undefined, "stopped"] }, [HOT], "stops Puma and its sockets"],
  ["a start", { ensure: ["stopped", undefined] }, [HOT], "starts Puma and its sockets again"],
  ["another machine", { identity: ["i-1", "i-2"] }, [HOT], "installed: it is another machine"],
  ["drift", { drift: [undefined, "web.service edited"] }, [HOT], "put back as it was applied"],
])("a host changes by %s", async (_, triggers, sentences, happens) => {
  const after = Object.fromEntries(sentences.map((sentence) => [sentence, ["Line=1"]]));
  expect(await said(service({ hosts: ["web1"], after, triggers }))).toContain(
    `| hosts | what happens |\n| --- | --- |\n| \`web1\` | ${happens} |\n`,
  );
});

test("of a service that machines come up with, its lines are told, though no host changes", async () => {
  const [before, after] = [{ [HOT]: ["Nice=1"] }, { [HOT]: ["Nice=5"] }];
  expect(await said(service({ hosts: [], before, after }))).toContain(
    "**No host changes.**\n\n### `web`\n\n- No host has it: machines that come up from now on do\n\n```diff\n" +
      `@@ ${HOT} @@\n-Nice=1\n+Nice=5\n`,
  );
  expect(await said(service({ hosts: [], after }))).toContain("\n\nNothing changes.\n");
  // Of a plan for one of its resources alone: it is on a host.
  const [review, , installation] = service({ hosts: ["web1"], before, after });
  expect(await said([review as object, installation as object])).not.toContain("No host has it");
});

test("what has failed at its last apply is run again", async () => {
  const [review, gone, installation] = service({ hosts: ["web1"], after: { [HOT]: ["User=deploy"] } });
  const tainted = { ...(installation as { change: object }), action_reason: "replace_because_tainted" };
  const again = { ...tainted, change: { ...tainted.change, actions: REPLACED } };
  const text = await said([review as object, gone as object, again]);
  expect(text).toContain("| `web1` | run again: its last apply failed |");
});

test("lines come and go in their order, the ones that hurt most first", async () => {
  const text = await said(
    service({
      hosts: ["web1", "web2"],
      before: { [QUIET]: ["[Unit]", "A=1", "B=1"], [HOT]: ["C=1", "D=1", "E=1"], release: "1" },
      after: { [QUIET]: ["[Unit]", "A=1", "B=2"], [HOT]: ["C=1", "D=2", "D=3", "E=1"], [REOPENS]: ["F=1"] },
      triggers: { "web.service": ["a", "b"] },
    }),
  );
  const lines = [
    `@@ ${REOPENS} @@`,
    "+F=1",
    `@@ ${HOT} @@`,
    "-D=1",
    "+D=2",
    "+D=3",
    `@@ ${QUIET} @@`,
    "-B=1",
    "+B=2",
  ];
  expect(text).toContain(["```diff", ...lines, "@@ release @@", "-1", "```"].join("\n"));
  expect(text).toContain("| 1 | `web1` | restarts Puma (hot) |\n| 2 | `web2` | restarts Puma (hot) |");
});

test("another restart mode is said, and changes no host", async () => {
  const text = await said(
    service({
      hosts: ["web1"],
      before: { [HOT]: ["A=1"] },
      after: { "web.service: restarts Puma (full)": ["A=1"] },
    }),
  );
  expect(text).toContain("**No host changes.**");
  expect(text).toContain(`- Only said otherwise: \`${HOT}\` → \`web.service: restarts Puma (full)\``);
  expect(text).toContain("- 1 host stays as it is");
});

test("a removal, a host that is handed over and a rename are told apart", async () => {
  const kept = { before: { input: { service: "web", name: "web4", address: "10.0.1.14", retain: true } } };
  const text = await said([
    ...service({ name: "shop", hosts: ["web1"], after: { "shop.service: no restart": [] } }),
    removal("web", "web1", 0, "blog", { actions: ["delete"], after: null }),
    removal("web", "web3", 2, "blog", { actions: ["delete"], after: null }),
    removal("web", "web4", 3, "blog", { actions: ["delete"], after: null, ...kept }),
    resource("terraform_data.pumas_by_host", {
      ...{
        actions: ["update"],
        before: { input: { "web1 at 10.0.1.11": "web", "web3 at 10.0.1.13": "web" } },
      },
      after: { input: { "web1 at 10.0.1.11": "shop" } },
    }),
  ]);
  expect(text).toContain("**Removed from 1 host; handed over on 1 host; renamed on 1 host.**");
  expect(text).toContain("- Renamed: `web` → `shop` on `web1`\n- Removed: `web` on `web3` at `10.0.1.13`\n");
  expect(text).toContain("- Handed over, and left as it runs: `web` on `web4` at `10.0.1.14`");
});

test("other resources are counted, data sources are not", async () => {
  const text = await said([
    resource("aws_instance.web", { actions: REPLACED, before: {}, after: {} }),
    resource("aws_eip.web", { actions: ["create"], after: {} }),
    resource("null_resource.mine", { actions: ["update"], before: {}, after: {} }),
    resource("aws_ami.web", { actions: ["read"], more: { mode: "data" } }),
  ]);
  expect(text).toContain(
    "Nothing changes.\n\nOther resources of the stack: 2 to add, 1 to change, 1 to destroy.\n",
  );
});

test("tasks stand in their order, and secrets by their versions", async () => {
  const task = (name: string, task: string): object =>
    resource(`null_resource.puma_web_task_${name}`, {
      ...{
        actions: REPLACED,
        before: { triggers: { release: "1", task } },
        after: { triggers: { release: "2", task } },
      },
    });
  const secrets = (host: string, from: string): object =>
    resource(`terraform_data.puma_web_secrets_on_${host}`, {
      actions: REPLACED,
      before: { triggers_replace: { host, version: from } },
      after: { triggers_replace: { host, version: "4" } },
    });
  const changes = [
    task("a", "second"),
    task("b", "first"),
    ...["web1", "web2"].map((host) => secrets(host, "3")),
    secrets("web3", "2"),
    ...service({ hosts: ["web1", "web2", "web3"], after: { [HOT]: [] } }),
  ];
  const { configuration } = JSON.parse(plan(changes)) as {
    configuration: { root_module: { resources: object[] } };
  };
  configuration.root_module.resources.push({
    ...{ address: "null_resource.puma_web_task_a", depends_on: ["null_resource.puma_web_task_b"] },
  });
  expect(await said(changes, { configuration })).toContain(
    [
      "- Before any host changes, `first` runs once for the release `2`",
      "- Before any host changes, `second` runs once for the release `2`",
      "- Secrets: version `3` → `4` on `web1`, `web2`",
      "- Secrets: version `2` → `4` on `web3`",
    ].join("\n"),
  );
});
