/** What was seen on hosts, in the triggers of whom it was seen of. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformVariable } from "cdktf";
import { Bind, Drift, PumaDropIn } from "../../lib";
import { cdktn, errorOf, newHost, newService, newStack, synth, type Synthesized } from "../stack";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-drift-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const FILE = join(folder, "cdktf-puma.drift.json");

const EDITED = "web.service edited by hand, 2026-11-26 14:02:11";

const write = (text: unknown): void =>
  writeFileSync(FILE, typeof text === "string" ? text : JSON.stringify(text));
const seen = (stacks: unknown, format: unknown = 1): void => write({ format, stacks });

const triggersOf = (json: Synthesized): Record<string, string> =>
  Object.fromEntries(
    Object.entries(json.resource.null_resource as Record<string, Synthesized>).map(([id, { triggers }]) => [
      id,
      triggers as string,
    ]),
  );

/** A stack of two services on two hosts, with what is said of its drift. */
function stackWith(read?: "before" | "after", cdk?: typeof cdktn): Synthesized {
  const stack = newStack("blog", cdk);
  if (read === "before") Drift.of(stack).read(FILE);
  for (const [i, id] of ["web", "api"].entries()) {
    const hosts = ["web1", "web2"].map((name) => newHost(name));
    newService(stack, { hosts, binds: [Bind.tcp(9292 + i)] }, id);
  }
  if (read === "after") Drift.of(stack).read(FILE);
  return synth(stack, cdk);
}

test.each([
  ["cdktf", "before", undefined],
  ["cdktf", "after", undefined],
  ["cdktn", "after", cdktn],
] as const)(
  "%s, read %s the services: it stands with the installation that it was seen of alone",
  (_, read, cdk) => {
    seen({ blog: { "web on web1": [EDITED, "web.socket inactive, now"] } });
    expect(triggersOf(stackWith(read, cdk))).toEqual({
      ...triggersOf(stackWith(undefined, cdk)),
      puma_web_on_web1: `\${merge({ host = "web1", address = "web1.example.org" }, { drift = "${EDITED}; web.socket inactive, now" }, local.puma_web_triggers)}`,
    });
  },
);

test.each<[string, () => void]>([
  ["there is no file", () => rmSync(FILE, { force: true })],
  ["nothing was seen", () => seen({})],
  ["it was seen of another stack", () => seen({ shop: { "web on web1": [EDITED] } })],
  [
    "it was seen of what has left",
    () => seen({ blog: { "web on web3": [EDITED], "old on web1": [EDITED] } }),
  ],
])("where %s, not a byte is another", (_, prepare) => {
  prepare();
  expect(JSON.stringify(stackWith("before"))).toBe(JSON.stringify(stackWith()));
});

test("it stands as it is beside what the engine alone knows", () => {
  seen({ blog: { "web on web1": ['a "b" \\x2d $x %y é'] } });
  const stack = newStack();
  Drift.of(stack).read(FILE);
  const address = new TerraformVariable(stack, "ip", {}).stringValue as string;
  newService(stack, { hosts: [newHost("web1", { address })] });
  expect(triggersOf(synth(stack)).puma_web_on_web1).toContain('{ drift = "a \\"b\\" \\\\x2d $x %y é"');
});

test("it is of a user's own service and of a drop-in, too", () => {
  seen({ blog: { "web on web1": [EDITED], "puma.service:blog-puma on web2": [EDITED] } });
  const stack = newStack();
  Drift.of(stack).read(FILE);
  newService(stack, { scope: "user", user: undefined, hosts: [newHost("web1", { user: "ops" })] });
  new PumaDropIn(stack, "blog-puma", {
    unit: "puma.service",
    directives: { Service: { LimitNOFILE: 4096 } },
    hosts: [newHost("web2")],
  });
  for (const triggers of Object.values(triggersOf(synth(stack)))) expect(triggers).toContain(EDITED);
});

const WRITTEN = `Drift 'blog' 'read'`;

test.each<[string, () => void, string]>([
  ["no JSON", () => write("<<<<<<< HEAD"), `${FILE}: must be what 'npx cdktf-puma drift --write' writes: `],
  ["a list", () => write([]), `${FILE}: must be an object, got []`],
  [
    "of another form",
    () => seen({}, 2),
    `${FILE} 'format': must be 1, as this version of cdktf-puma writes it, got 2`,
  ],
  ["without stacks", () => write({ format: 1 }), `${FILE} 'stacks': must be an object, got undefined`],
  ["a stack that is a list", () => seen({ blog: [] }), `${FILE} 'stacks.blog': must be an object, got []`],
  [
    "one sentence",
    () => seen({ blog: { a: EDITED } }),
    `${FILE} 'stacks.blog.a': must be a list, got "${EDITED}"`,
  ],
  [
    "no sentence",
    () => seen({ blog: { a: [] } }),
    `${FILE} 'stacks.blog.a': must have a sentence at least, got []`,
  ],
  ["a number", () => seen({ blog: { a: [1] } }), `${FILE} 'stacks.blog.a[0]': must be a string, got 1`],
  [
    "an expression",
    () => seen({ blog: { a: ['${file("/etc/passwd")}'] } }),
    `${FILE} 'stacks.blog.a[0]': must have neither braces nor control characters, got `,
  ],
  ["a token", () => seen({ blog: { a: ["${TfToken[TOKEN.0]}"] } }), `${FILE} 'stacks.blog.a[0]': must `],
  [
    "what steers a terminal",
    () => seen({ blog: { a: ["\u001b[2J"] } }),
    `${FILE} 'stacks.blog.a[0]': must have `,
  ],
])("a file that is %s is refused", (_, prepare, message) => {
  prepare();
  expect(errorOf(() => stackWith("before"))).toContain(message);
});

test.each<[string, unknown, string]>([
  ["no name", "", `${WRITTEN}: must name a file, got ""`],
  ["no string", 1, `${WRITTEN}: must be a string, got 1`],
  ["a folder", folder, `${folder}: must be what `],
])("%s is refused", (_, file, message) => {
  expect(errorOf(() => Drift.of(newStack()).read(file as string))).toContain(message);
});

test("one file is said for a stack, from wherever in it", () => {
  seen({});
  const stack = newStack();
  const service = newService(stack);
  Drift.of(stack).read(FILE);
  Drift.of(service).read(FILE);
  expect(errorOf(() => Drift.of(service).read("other.json"))).toBe(
    `${WRITTEN}: must be one file for the stack: '${FILE}', got "other.json"`,
  );
});
