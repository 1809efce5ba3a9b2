import { gunzipSync } from "node:zlib";
import { TerraformVariable } from "cdktf";
import { Bind, ManagedFile, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { runScript } from "../../lib/deploy/run-script";
import { newHost, newService, newStack, synth, type Synthesized } from "../stack";

const count = (json: unknown, text: string): number => JSON.stringify(json).split(text).length - 1;

test("the units stand in the locals as lists of lines, and are what unitFiles says", () => {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
  const service = newService(stack, { socket });
  const units = synth(stack).locals.puma_web_units as Record<string, string[]>;
  expect(Object.keys(units)).toEqual(["web.service", "web.socket"]);
  for (const [file, lines] of Object.entries(units))
    expect(lines.map((line) => `${line}\n`).join("")).toBe(service.unitFiles[file]);
});

test("texts do not grow in number with the hosts", () => {
  const marks = ["MARK=of-the-unit", "of-the-release", "cdktf-puma-%RAND%"];
  const measure = (hosts: number) => {
    const stack = newStack();
    const names = Array.from({ length: hosts }, (_, i) => newHost(`web${i}`));
    newService(stack, { hosts: names, environment: { MARK: "of-the-unit" } });
    const json = synth(stack);
    return { json, length: JSON.stringify(json).length };
  };
  const [one, two, thousand] = [1, 2, 1000].map(measure);
  expect(thousand.json.locals.puma_web_units).toEqual(one.json.locals.puma_web_units);
  // Once as it is sent, and once as the plan shows it.
  expect(count(thousand.json, marks[0])).toBe(2);
  const perHost = two.length - one.length;
  expect(perHost).toBeLessThan(2000);
  expect(thousand.length).toBeLessThan(one.length + 1000 * perHost * 1.1);
});

test("each script stands once in the whole configuration, and none of them in a removal", () => {
  const stack = newStack();
  newService(stack, { hosts: [newHost("a"), newHost("b")] });
  newService(stack, { hosts: [newHost("a"), newHost("b")], binds: [Bind.tcp(1)] }, "api");
  const json = synth(stack);
  const text = (name: string): string => json.variable[name]?.default ?? "";
  const times = (name: string) => count(json, text(name));
  expect([times("puma_host_script"), times("puma_launch_script"), times("puma_stop_script")]).toEqual([
    1, 1, 1,
  ]);
  const sent = Buffer.from(text("puma_host_script"), "base64");
  expect(gunzipSync(sent).toString()).toBe(runScript());
});

describe("the units of candidates", () => {
  const localsOf = (changes: Partial<PumaServiceProps>) => {
    const stack = newStack();
    const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
    newService(stack, { socket, ...changes });
    return synth(stack).locals as Synthesized;
  };

  test.each<[Partial<PumaServiceProps>, string[] | undefined]>([
    [{}, undefined],
    [{ restart: Restart.hot({ rehearse: true }) }, ["rehearsal"]],
    [{ restart: Restart.overlap() }, ["rehearsal", "standin"]],
  ])("of a service with %j: %j", (changes, roles) => {
    const { puma_web_candidates: candidates, puma_web_settings: settings } = localsOf(changes);
    expect(candidates && Object.keys(candidates)).toEqual(roles);
    for (const role of roles ?? []) {
      const reference = `${role} \${replace(base64encode(join("\\n", concat(local.puma_web_candidates["${role}"]`;
      expect(settings).toContain(reference);
    }
  });

  test("quote tokens as the service's own unit does", () => {
    const stack = newStack();
    const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
    newService(stack, {
      restart: Restart.hot({ rehearse: true }),
      environment: { A: stringValue },
      args: [stringValue],
    });
    const { puma_web_candidates: candidates, puma_web_units: units } = synth(stack).locals;
    const own = units["web.service"] as string[];
    const end = own.indexOf("[Install]");
    const kept = own.slice(0, end - 1).filter((line) => !line.startsWith("ExecStopPost="));
    expect(candidates.rehearsal.slice(0, kept.length)).toEqual(kept);
    const [, argument] = /( "\$\{.*")$/.exec(own.find((line) => line.startsWith("ExecStart=")) ?? "") ?? [];
    expect(candidates.rehearsal.at(-6)).toContain(`${argument} --pidfile`);
  });
});

test("the settings name each file once, and leave its text to the engine", () => {
  const stack = newStack();
  newService(stack, { release: "r1" });
  const { puma_web_settings: settings, puma_web_apply: apply } = synth(stack).locals;
  expect(settings).toContain(`\nPUMA_OWNER='\${replace(local.puma_owner, "'", "'\\\\''")}'\n`);
  expect(settings.match(/^.* (unit|none) :(?=\S)/gm)).toEqual([
    "PUMA_FILES='/var/lib/cdktf-puma/web/stop.sh 644 root:root none :",
    "/var/lib/cdktf-puma/web/ended.sh 644 root:root none :",
    "/var/lib/cdktf-puma/web/reload.sh 644 root:root none :",
    "/var/lib/cdktf-puma/web/on-call.txt 644 root:root none :",
    "/etc/systemd/system/web.service 644 root:root unit :",
  ]);
  expect(settings).toMatch(/\nreadonly PUMA_SERVICE PUMA_OWNER .* PUMA_CANDIDATES\n$/);
  expect(apply).toContain(`\nPUMA_SETTINGS='\${replace(local.puma_web_settings, "'", "'\\\\''")}'\n`);
  expect(apply).toMatch(/\$\{base64decode\(var\.puma_launch_script\)\}$/);
});

test.each([
  ["${a} %{b} $$ %%", '"VALUE=${a} %%{b} $$ %%%%"', "$${a} %%%{b} $$ %%%%"],
  ["plain", "VALUE=plain", "VALUE=plain"],
])("%s in a unit is escaped for systemd, and then for Terraform", (value, unitLine, terraform) => {
  const stack = newStack();
  const service = newService(stack, { environment: { VALUE: value } });
  expect(service.unitFiles["web.service"]).toContain(`Environment=${unitLine}\n`);
  const lines = synth(stack).locals.puma_web_units["web.service"] as string[];
  expect(lines.find((line) => line.includes("VALUE"))).toContain(terraform);
});

describe("a token in a unit is quoted by the engine", () => {
  const inner = (name: string) => `trimsuffix(trimprefix(jsonencode(tostring(var.${name})), "\\""), "\\"")`;

  function linesWith(value: (token: string) => string): string[] {
    const stack = newStack();
    const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
    newService(stack, { environment: { VALUE: value(stringValue) }, args: [value(stringValue)] });
    return synth(stack).locals.puma_web_units["web.service"];
  }
  const environment = `\${replace(${inner("v")}, "%", "%%")}`;
  const argument = `\${replace(replace(${inner("v")}, "%", "%%"), "$", "$$")}`;

  test.each<[string, (token: string) => string, string, string]>([
    ["alone", (t) => t, `"VALUE=${environment}"`, `"${argument}"`],
    ["amid text", (t) => `a"${t}%b`, `"VALUE=a\\"${environment}%%b"`, `"a\\"${argument}%%b"`],
    ["behind a dollar", (t) => `$${t}`, `"VALUE=\${"$"}${environment}"`, `"\${"$$"}${argument}"`],
    ["behind a percent sign", (t) => `%${t}`, `"VALUE=\${"%%"}${environment}"`, `"\${"%%"}${argument}"`],
    ["before a template", (t) => `${t}\${x}`, `"VALUE=${environment}$\${x}"`, `"${argument}$$\${x}"`],
    ["before a directive", (t) => `${t}%{x}`, `"VALUE=${environment}%%%{x}"`, `"${argument}%%%{x}"`],
  ])("%s", (_, value, inEnvironment, inArguments) => {
    const lines = linesWith(value);
    expect(lines).toContain(`Environment=${inEnvironment}`);
    expect(lines.find((line) => line.startsWith("ExecStart="))).toBe(
      `ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292 ${inArguments}`,
    );
  });

  test("and what systemd cannot carry is refused at plan, with the prop's name", () => {
    const stack = newStack();
    const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
    newService(stack, {
      environment: { SECRET: stringValue },
      args: ["-q", stringValue],
      release: stringValue,
      files: [ManagedFile.file("/etc/blog/a", { content: `a ${stringValue}` })],
    });
    const conditions = synth(stack).resource.terraform_data.puma_web.lifecycle.precondition;
    const messages = (conditions as { error_message: string }[]).map((condition) => condition.error_message);
    const inState =
      "as the state and plans have it: a secret goes into 'secrets', or nonsensitive() if it is none.";
    expect(messages).toEqual([
      expect.stringMatching(/^PumaService 'web' 'environment.SECRET': must hold no NUL/),
      expect.stringMatching(/^PumaService 'web' 'args\[1\]': must hold no NUL/),
      expect.stringMatching(
        /^PumaService 'web' 'environment.SECRET': must not be sensitive, .* use 'secrets'/,
      ),
      expect.stringMatching(/^PumaService 'web' 'args\[1\]': must not be sensitive/),
      "PumaService 'web' 'release': must be one line: chomp() what comes from a file.",
      `PumaService 'web' 'files[0]': must not be sensitive, ${inState}`,
      `PumaService 'web' 'release': must not be sensitive, ${inState}`,
    ]);
    const [condition = "", , sensitive] = (conditions as { condition: string }[]).map((one) => one.condition);
    expect(sensitive).toBe("${!issensitive(tostring(var.v))}");
    const [, pattern = ""] = /regexall\("(.*)", tostring\(var\.v\)\)\) < 1\)\}$/.exec(condition) ?? [];
    // What RE2 writes as \x{…} is \u{…} in JavaScript.
    const impossible = new RegExp(pattern.replaceAll("\\\\", "\\").replaceAll("\\x{", "\\u{"), "u");
    const refused = ["a\0", "\u{FDD0}", "\u{FFFF}", "a\u{1FFFE}", "\u{2FFFF}", "\u{10FFFE}", "\u0338a"];
    const taken = ["", "a", "a\u0338", "a\nb", "\u{FDCF}", "\u{FFFD}", "\u{10FFFD}", "\u{1F600}"];
    expect(refused.filter((text) => !impossible.test(text))).toEqual([]);
    expect(taken.filter((text) => impossible.test(text))).toEqual([]);
  });
});
