import { TerraformVariable } from "cdktf";
import { type AllSecretsOptions, EphemeralVariable, Secret, Secrets } from "../../lib";
import { errorOf, newService, newStack } from "../stack";
import { refusal } from "./rules/refused";

const command = Secret.fromCommand(["op", "read", "op://prod/key"]);
const secrets = Secrets.of({ environment: { A: command }, credentials: { c: command }, version: "1" });

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const any = (value: unknown): any => value;
const of = (options: Partial<AllSecretsOptions>) => () => Secrets.of(any({ version: "1", ...options }));

test.each<[() => unknown, string]>([
  [of({}), "Secrets.of: must hold at least one secret"],
  ...["", ".1", "a/b", "a b", "x".repeat(65), "1\n"].map((version): [() => unknown, string] => [
    of({ environment: { A: command }, version }),
    `Secrets.of 'version': must be 1 to 64 letters, digits and . _ -, the first no sign, got ${JSON.stringify(version)}`,
  ]),
  [
    () => Secrets.environment({ A: command }, any({})),
    "Secrets.environment 'version': must be a string, got undefined",
  ],
  [
    () => Secrets.environment({ A: command }, any({ version: "1", encrypted: true })),
    "Secrets.environment 'encrypted': must be left away, as nobody reads it; known are version",
  ],
  [
    () => Secrets.environment({ A: "hunter2" }, { version: "1" }),
    "Secrets.environment 'environment.A': must not be known at synth, as it would stand in the program and in cdktf.out: " +
      "use a sensitive variable, an EphemeralVariable, an EphemeralResource or Secret.fromCommand()",
  ],
  [
    () => Secrets.credentials({ a: any(5) }, { version: "1" }),
    "Secrets.credentials 'credentials.a': must be a Terraform token, or Secret.fromCommand()",
  ],
  [
    () => Secrets.credentials({ "../a": command }, { version: "1" }),
    `Secrets.credentials 'credentials.../a': must be a file's name of letters, digits and . _ -, got "../a"`,
  ],
  [
    () => Secrets.environment({ "A-B": command }, { version: "1" }),
    `Secrets.environment 'environment.A-B': must be letters, digits and '_', and not begin with a digit, got "A-B"`,
  ],
  [
    () => Secrets.environment({ RAILS_ENV: command }, { version: "1" }),
    "Secrets.environment 'environment.RAILS_ENV': must be left away: use 'rackEnv'",
  ],
  [
    () => Secrets.environment({ NOTIFY_SOCKET: command }, { version: "1" }),
    `Secrets.environment 'environment.NOTIFY_SOCKET': must be left away: systemd or this library tells something by it, got "NOTIFY_SOCKET"`,
  ],
  [() => Secret.fromCommand([]), "Secret.fromCommand 'words': must begin with a command, got []"],
  [() => Secret.fromCommand(["a", any(1)]), "Secret.fromCommand 'words[1]': must be a string, got 1"],
  [
    () => Secret.fromCommand(["a", "b\0"]),
    `Secret.fromCommand 'words[1]': must not contain NUL, got "b\\u0000"`,
  ],
  [() => Secret.fromCommand(any("op read")), `Secret.fromCommand 'words': must be a list, got "op read"`],
])("%#: %s", (make, error) => {
  expect(errorOf(make)).toBe(error);
});

test.each<[Parameters<typeof refusal>[0]["service"], string]>([
  [{ secrets: any("hunter2") }, `'secrets': must be of the class Secrets, got "hunter2"`],
  [{ secrets, environment: { A: "a" } }, "'secrets.A': must not stand in 'environment' as well"],
  [
    { secrets, directives: { Service: { LoadCredential: ["c:/etc/c"] } } },
    "'secrets.c': must not stand in 'directives' as well",
  ],
  [
    { secrets },
    "'secrets.A': must not be Secret.fromCommand() where the engine's own ssh reaches a host: " +
      `give it Connection.openssh() or .local(), got "pinned"`,
  ],
])("a service with them: %#", (service, error) => {
  expect(refusal({ service })).toBe(`PumaService 'web' ${error}`);
});

test("a token with text around it is one", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", { sensitive: true });
  const url = Secrets.environment({ URL: `postgres://blog:${stringValue}@db` }, { version: "1" });
  expect(newService(stack, { secrets: url }).unitFiles["web.service"]).toContain(
    "\nEnvironmentFile=/var/lib/cdktf-puma/web/secrets/1/environment\n",
  );
});

test("a token of another app is refused", () => {
  const { stringValue } = new EphemeralVariable(newStack(), "v");
  const value = stringValue.replace(/\d+/, "99999");
  const service = { secrets: Secrets.environment({ A: value }, { version: "1" }) };
  expect(refusal({ service })).toMatch(
    /^PumaService 'web' 'secrets.A': must hold no token but those of this app/,
  );
});
