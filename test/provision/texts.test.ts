import { TerraformVariable } from "cdktf";
import { Bind, PumaSocket } from "../../lib";
import { newHost, newService, newStack, synth } from "../stack";

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

test("a reviewer sees the list of lines", () => {
  const stack = newStack();
  newService(stack);
  expect(synth(stack).resource.terraform_data.puma_web).toMatchObject({
    triggers_replace: "${local.puma_web_units}",
  });
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
  expect(count(thousand.json, marks[0])).toBe(1);
  for (const script of ["puma_host_script", "puma_launch_script", "puma_stop_script"]) {
    const text = JSON.stringify(one.json.locals[script]).slice(1, -1);
    expect(count(thousand.json.locals, text)).toBe(1);
    expect(count(thousand.json.resource.null_resource, text)).toBe(0);
  }
  const perHost = two.length - one.length;
  expect(perHost).toBeLessThan(2000);
  expect(thousand.length).toBeLessThan(one.length + 1000 * perHost * 1.1);
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
    newService(stack, { environment: { SECRET: stringValue }, args: ["-q", stringValue] });
    const conditions = synth(stack).resource.terraform_data.puma_web.lifecycle.precondition;
    const messages = (conditions as { error_message: string }[]).map((condition) => condition.error_message);
    expect(messages).toEqual([
      expect.stringMatching(/^PumaService 'web' 'environment.SECRET': must hold no NUL/),
      expect.stringMatching(/^PumaService 'web' 'args\[1\]': must hold no NUL/),
    ]);
  });
});
