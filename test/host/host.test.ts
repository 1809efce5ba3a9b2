import { TerraformVariable } from "cdktf";
import { Host, type HostOptions } from "../../lib/host/host";
import { HostKey } from "../../lib/host/host-key";
import { SshKey } from "../../lib/host/ssh-key";
import { errorOf, newStack } from "../stack";

const ECDSA = "ecdsa-sha2-nistp256 AAAA";
const make = (options: Partial<HostOptions> = {}, name = "web1") =>
  new Host(name, { address: "10.0.0.1", key: SshKey.agent(), ...options });

test.each<[Partial<HostOptions>, string, boolean]>([
  [{}, "root", false],
  [{ user: "root" }, "root", false],
  [{ user: "ops" }, "ops", true],
  [{ user: "ops", sudo: false }, "ops", false],
  [{ sudo: true }, "root", true],
])("%j logs in as %s, with sudo: %s", (options, user, sudo) => {
  const host = make(options);
  expect([host.user, host.sudo]).toEqual([user, sudo]);
});

const NAME = "Host 'name': must be 1 to 128 letters, digits and . _ -, known at synth, got";
const PORT = "must be a whole number between 1 and 65535, got";
const BASTION = { address: "b" };
const CA = HostKey.authority("ssh-ed25519 AAAA the CA");

test.each<[string, () => unknown, string]>([
  ["no name", () => make({}, ""), `${NAME} ""`],
  ["a slash", () => make({}, "a/b"), `${NAME} "a/b"`],
  ["a leading dash", () => make({}, "-a"), `${NAME} "-a"`],
  ["a line break", () => make({}, "a\n"), `${NAME} "a\\n"`],
  ["129 letters", () => make({}, "a".repeat(129)), NAME],
  ["no address", () => make({ address: "" }), `Host 'web1' 'address': must be a name or an address, got ""`],
  ["port 0", () => make({ port: 0 }), `Host 'web1' 'port': ${PORT} 0`],
  ["port 65536", () => make({ port: 65536 }), `Host 'web1' 'port': ${PORT} 65536`],
  ["port NaN", () => make({ port: NaN }), `Host 'web1' 'port': ${PORT} NaN`],
  ["no user", () => make({ user: "" }), `Host 'web1' 'user': must name a user, got ""`],
  ["no bastion's address", () => make({ bastion: { address: "" } }), "'bastion.address': must be a name or"],
  [
    "no bastion's user",
    () => make({ bastion: { ...BASTION, user: "" } }),
    `Host 'web1' 'bastion.user': must name a user, got ""`,
  ],
  ["no script", () => make({ scriptPath: "" }), `Host 'web1' 'scriptPath': must name a file, got ""`],
  [
    "no certificate",
    () => make({ certificate: "" }),
    `Host 'web1' 'certificate': must be a certificate's text, got ""`,
  ],
  [
    "a line of known_hosts",
    () => make({ hostKey: "web1 ecdsa-sha2-nistp256 AAAA" }),
    "Host 'web1' 'hostKey': must be a kind and a key, such as 'ecdsa-sha2-nistp256 AAAA…', without the address",
  ],
  [
    "a certificate as a host's key",
    () => make({ hostKey: "ssh-ed25519-cert-v01@openssh.com AAAA web1" }),
    "Host 'web1' 'hostKey': must be a public key, not a certificate, got",
  ],
  [
    "a certificate as an authority",
    () => HostKey.authority("ssh-ed25519-cert-v01@openssh.com AAAA"),
    "HostKey.authority 'publicKey': must be a public key, not a certificate, got",
  ],
  [
    "a line of known_hosts as an authority",
    () => HostKey.authority("@cert-authority * ssh-ed25519 AAAA"),
    "HostKey.authority 'publicKey': must be a kind and a key, such as",
  ],
  [
    "a bastion's",
    () => make({ bastion: { ...BASTION, hostKey: "AAAA" } }),
    "Host 'web1' 'bastion.hostKey': must be a kind and a key",
  ],
  ["bastion", () => make({ bastion: { ...BASTION, port: 0 } }), `Host 'web1' 'bastion.port': ${PORT} 0`],
  [
    "systemd",
    () => make({ systemdVersion: 25.2 }),
    "Host 'web1' 'systemdVersion': must be a whole number between 1 and 9999, got 25.2",
  ],
])("refused: %s", (_, action, message) => {
  expect(errorOf(action)).toContain(message);
});

test("every field but the name and the timeout may be a token", () => {
  const stack = newStack();
  const { stringValue, numberValue } = new TerraformVariable(stack, "v", {});
  const bastion = { address: stringValue, port: numberValue, user: stringValue, hostKey: stringValue };
  const tokens = {
    address: stringValue,
    port: numberValue,
    user: stringValue,
    hostKey: stringValue,
    bastion,
  };
  expect(make({ hostKey: HostKey.authority(stringValue) }).warnings).toEqual([]);
  const host = make({ ...tokens, systemdVersion: numberValue, certificate: stringValue });
  expect(host.warnings).toEqual([]);
  expect(errorOf(() => make({}, stringValue))).toBe(`${NAME} "a token"`);
});

const AGENT =
  "Host 'web1' 'key': is an agent's, which the engine forwards to whoever answers at the host's address, who can then log in elsewhere " +
  "with its keys: pin 'hostKey', or use SshKey.file(), an agent for this key alone, or ssh-add -c";
const FILE = SshKey.file("~/.ssh/id_ed25519");

describe("warnings", () => {
  test.each<[string, Partial<HostOptions>, string[]]>([
    ["a pinned ECDSA key", { hostKey: ECDSA }, []],
    [
      "none pinned, and an agent",
      {},
      ["Host 'web1' 'hostKey': is missing, so whoever answers at its address is trusted", AGENT],
    ],
    ["none pinned, and a file", { key: FILE }, ["Host 'web1' 'hostKey': is missing"]],
    [
      "none pinned, and an agent for the bastion",
      { key: FILE, bastion: { ...BASTION, key: SshKey.agent(), hostKey: ECDSA } },
      [
        "Host 'web1' 'hostKey': is missing",
        "Host 'web1' 'bastion.key': is an agent's, which the engine forwards to whoever answers at the host's address",
        "Host 'web1' 'bastion': has a key that Terraform before 1.16",
      ],
    ],
    [
      "none pinned, and an agent for removals",
      {
        key: SshKey.sensitive(new TerraformVariable(newStack(), "key", {}).stringValue, {
          teardown: SshKey.agent(),
        }),
      },
      ["Host 'web1' 'hostKey': is missing", AGENT],
    ],
    ["another kind", { hostKey: "ssh-ed25519 AAAA" }, ["Host 'web1' 'hostKey': is of the kind ssh-ed25519;"]],
    [
      "a bastion's",
      { hostKey: ECDSA, bastion: BASTION },
      ["Host 'web1' 'bastion.hostKey': is missing", "Host 'web1' 'hostKey': is what Terraform before 1.16"],
    ],
    [
      "a bastion's kind",
      { bastion: { ...BASTION, hostKey: "ssh-rsa AAAA" } },
      [
        "Host 'web1' 'hostKey': is missing",
        AGENT,
        "Host 'web1' 'bastion.hostKey': is of the kind ssh-rsa;",
        "Host 'web1' 'bastion': has a key that Terraform before 1.16",
      ],
    ],
    ["an authority of any kind", { hostKey: HostKey.authority("ssh-ed25519 AAAA") }, []],
    ["one authority of both", { hostKey: CA, bastion: { ...BASTION, hostKey: CA } }, []],
    [
      "another authority of the bastion",
      { hostKey: ECDSA, bastion: { ...BASTION, hostKey: CA } },
      ["Host 'web1' 'hostKey': is what Terraform before 1.16"],
    ],
    ["one key of both", { hostKey: ECDSA, bastion: { ...BASTION, hostKey: ECDSA } }, []],
  ])("%s", (_, options, warnings) => {
    expect(make(options).warnings).toEqual(warnings.map((text) => expect.stringContaining(text)));
  });
});
