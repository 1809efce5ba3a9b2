import { TerraformVariable } from "cdktf";
import { newStack } from "../../stack";
import { refusal, warnings } from "./refused";

const inVariable = (name: string, value: string) => refusal({ service: { environment: { [name]: value } } });
const inArgument = (...args: string[]) => refusal({ service: { args } });
/** Of what is said of the values alone, whatever their names are. */
const literalsOf = (...given: Parameters<typeof warnings>) =>
  warnings(...given).filter((warning) => warning.includes("nobody expands"));
const FILE = "; what is meant as it is can stand in a file of 'environmentFiles'";

test("PATH with $PATH in it says what systemd's own is", () => {
  expect(inVariable("PATH", "/opt/bin:$PATH")).toBe(
    "PumaService 'web' 'environment.PATH': must be written out: nobody expands $PATH here, and systemd's own PATH is " +
      '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, got "/opt/bin:$PATH"',
  );
});

test.each([
  ["PATH", "${PATH}:/opt/bin", "${PATH}"],
  ["PATH", "/opt/bin:$HOME/bin:/bin", "$HOME"],
  ["GEM_HOME", "~/.gem", "~"],
  ["GEM_PATH", "/usr/lib/ruby:~/.gem", "~"],
  ["GEM_PATH", "~deploy/.gem", "~deploy"],
  ["BUNDLE_PATH", "${HOME}/bundle", "${HOME}"],
  ["BUNDLE_PATH", "$SHARED_PATH/bundle", "$SHARED_PATH"],
  ["RUBYOPT", "$RUBYOPT --yjit", "$RUBYOPT"],
  ["WEB_CONCURRENCY", "$(nproc)", "$(nproc)"],
  ["WEB_CONCURRENCY", "`nproc`", "`nproc`"],
])("a slip in a variable: %s=%s", (name, value, slip) => {
  expect(inVariable(name, value)).toContain(
    `'environment.${name}': must be written out: nobody expands ${slip} `,
  );
});

test("a slip in a variable other than PATH may be meant", () => {
  expect(inVariable("GEM_HOME", "~/.gem")).toBe(
    `PumaService 'web' 'environment.GEM_HOME': must be written out: nobody expands ~ here${FILE}, got "~/.gem"`,
  );
});

test.each([
  ["--tag", "${TAG}", "${TAG}"],
  ["--tag", "$TAG", "$TAG"],
  ["--tag=$TAG", "-q", "$TAG"],
  ["-S", "~/puma.state", "~"],
  ["--redirect-stdout=$HOME/puma.log", "-q", "$HOME"],
  ["--tag", "$(hostname)", "$(hostname)"],
])("a slip in arguments: %s %s", (one, other, slip) => {
  const message = inArgument(one, other);
  expect(message).toMatch(/^PumaService 'web' 'args\[[01]\]': must be written out: /);
  expect(message).toContain(`nobody expands ${slip} here, got`);
});

const PLAIN: readonly (readonly [name: string, value: string])[] = [
  ["PASSWORD", "pa$$word"],
  ["PASSWORD", "a$B1c$DeF"],
  ["PASSWORD", "x$ABCD"],
  ["HASH", "$2a$10$N9qo8uLOickgx2ZMRZoMye"],
  ["HASH", "$argon2id$v=19$m=65536"],
  ["RUBYOPT", "--yjit -W:no-deprecated"],
  ["URL", "https://example.org/~user/:x"],
  ["GEM", "~> 2.0"],
  ["PRICE", "$5"],
  ["TILDE", "~"],
  ["BACKUP", "a~/b"],
  ["BACKUP", "ops@backup.example:~/dumps"],
];

test.each(PLAIN)("is meant so, and not spoken of: %s=%s", (name, value) => {
  const service = { environment: { [name]: value }, args: ["--tag", value] };
  expect(refusal({ service })).toBe("no error");
  expect(literalsOf({ service })).toEqual([]);
});

test.each([
  ["MOTTO", "say hi to $USER", "$USER"],
  ["MOTTO", "by ${NOBODY_KNOWS}, 5%", "${NOBODY_KNOWS}"],
  ["ADDRESS", "http://${var.domain}/", "${var.domain}"],
  ["BUILD", "of $(date) on", "$(date)"],
  ["TOKEN", "$OTHER", "$OTHER"],
  ["GREETING", "hi $RACK_ENV", "$RACK_ENV"],
])("may be meant so, and is warned of: %s=%s", (name, value, found) => {
  expect(literalsOf({ service: { environment: { [name]: value } } })).toEqual([
    `PumaService 'web' 'environment.${name}': holds ${found}, which nobody expands: it arrives as it is; write what it stands for`,
  ]);
});

test("a token is none of it", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", {});
  const service = {
    environment: { PATH: `${stringValue}:/bin`, A: stringValue },
    args: ["--tag", stringValue],
  };
  expect(literalsOf({ service }, stack)).toEqual([]);
});

test.each(["~/puma.rb", "$HOME/puma.rb", "~deploy/puma.rb"])("nor is a path expanded: %s", (configFile) => {
  expect(refusal({ service: { configFile } })).toBe(
    `PumaService 'web' 'configFile': must not begin with '~' or '$': nobody expands them here, got "${configFile}"`,
  );
});
