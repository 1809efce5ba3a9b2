import * as cdk from "cdktf";
import { TerraformLocal, TerraformVariable } from "cdktf";
import { type Cdk } from "../../lib/terraform/cdk";
import { shellWord, terraformText, unitLine } from "../../lib/terraform/terraform-text";
import { newStack, synth } from "../stack";

/** What Terraform is given for a text, in which T stands for a token. */
function written(render: (cdk: Cdk, text: string) => string, text: string): string {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
  new TerraformLocal(stack, "text", render(cdk, text.replaceAll("T", stringValue)));
  return synth(stack).locals.text;
}

test.each([
  ["plain", "plain"],
  ["${a} %{b}", "$${a} %%{b}"],
  ["$${a} %%{b}", "$$${a} %%%{b}"],
  ["$ % $x %i $$ %%", "$ % $x %i $$ %%"],
  ["T", "${var.v}"],
  ["aTb", "a${var.v}b"],
  ["${a}T%{b}", "$${a}${var.v}%%{b}"],
  ["$T", '${"$"}${var.v}'],
  ["costs $$T", 'costs ${"$$"}${var.v}'],
  ["100%T", '100${"%"}${var.v}'],
  ["$%TT", '${"$%"}${var.v}${var.v}'],
  ["T$", "${var.v}$"],
  ["{T", "{${var.v}"],
])("%s is %s for Terraform", (text, expected) => {
  expect(written(terraformText, text)).toBe(expected);
});

const INNER = 'trimsuffix(trimprefix(jsonencode(tostring(var.v)), "\\""), "\\"")';
const VALUE = `\${replace(${INNER}, "%", "%%")}`;
const ARGUMENT = `\${replace(replace(${INNER}, "%", "%%"), "$", "$$")}`;

test.each([
  ["[Service]", "[Service]"],
  ["# ${a}", "# $${a}"],
  ["Restart=always", "Restart=always"],
  ['Environment="A=T ${a} $B"', `Environment="A=${VALUE} $\${a} $B"`],
  ['Environment="A=$T"', `Environment="A=\${"$"}${VALUE}"`],
  ['ExecStart=/bin/x "T" "%%T$$"', `ExecStart=/bin/x "${ARGUMENT}" "\${"%%"}${ARGUMENT}$$"`],
  ['ExecStopPost=/bin/x "T"', `ExecStopPost=/bin/x "${ARGUMENT}"`],
])("the line %s of a unit is %s for Terraform", (line, expected) => {
  expect(written(unitLine, line)).toBe(expected);
});

test.each([
  ["", "''"],
  ["it's", "'it'\\''s'"],
  ['"$x" `y` \\', `'"$x" \`y\` \\'`],
  ["${a}", "'$${a}'"],
  ["aTb", `'a\${replace(var.v, "'", "'\\\\''")}b'`],
])("%s is %s for the shell", (text, expected) => {
  expect(written(shellWord, text)).toBe(expected);
});
