import { TerraformVariable } from "cdktf";
import { Connection, type OpensshOptions } from "../../lib/host/connection";
import { Host, type HostOptions } from "../../lib/host/host";
import { SshKey } from "../../lib/host/ssh-key";
import { Duration } from "../../lib/values/duration";
import { errorOf, newStack } from "../stack";

const openssh =
  (options: Partial<HostOptions> = {}, own?: OpensshOptions) =>
  () =>
    new Host("web1", { address: "10.0.0.1", connection: Connection.openssh(own), ...options });
const local = (options: Partial<HostOptions>) => () =>
  new Host("web1", { connection: Connection.local(), ...options });
const options = (own: Record<string, string>) => () => Connection.openssh({ options: own });
const token = () => new TerraformVariable(newStack(), "v", {}).stringValue;

const HOST_KEY = "ssh-ed25519 AAAA";
const BASTION = { address: "jump" };
const SENSITIVE = SshKey.sensitive(token(), { teardown: SshKey.agent() });
const NO_SSH = "must be left away, as Connection.local() needs no ssh";

test.each<[string, () => unknown, string]>([
  ["a port without ssh", local({ port: 22 }), `Host 'web1' 'port': ${NO_SSH}`],
  ["a user without ssh", local({ user: "ops" }), `Host 'web1' 'user': ${NO_SSH}`],
  ["a key without ssh", local({ key: SshKey.agent() }), `Host 'web1' 'key': ${NO_SSH}`],
  ["a certificate without ssh", local({ certificate: "c" }), `Host 'web1' 'certificate': ${NO_SSH}`],
  ["a host's key without ssh", local({ hostKey: HOST_KEY }), `Host 'web1' 'hostKey': ${NO_SSH}`],
  ["a bastion without ssh", local({ bastion: BASTION }), `Host 'web1' 'bastion': ${NO_SSH}`],
  ["a timeout without ssh", local({ timeout: Duration.seconds(1) }), `Host 'web1' 'timeout': ${NO_SSH}`],
  ["a place for no script", local({ scriptPath: "x" }), `Host 'web1' 'scriptPath': ${NO_SSH}`],
  ["no address", openssh({ address: undefined }), "Host 'web1' 'address': must be a string, got undefined"],
  [
    "a place for a script that is not uploaded",
    openssh({ scriptPath: "x" }),
    "Host 'web1' 'scriptPath': must be left away, as Connection.openssh() uploads no script",
  ],
  [
    "an address that is an option",
    openssh({ address: "-oProxyCommand=x" }),
    `Host 'web1' 'address': must be one word for OpenSSH, which does not begin with '-', got "-oProxyCommand=x"`,
  ],
  ["an address with a command", openssh({ address: "a;id" }), "Host 'web1' 'address': must be one word"],
  ["a user that is an option", openssh({ user: "-oX" }), "Host 'web1' 'user': must be one word"],
  ["a bastion with a quote", openssh({ bastion: { address: "a'b" } }), "'bastion.address': must be one word"],
  [
    "two ways to say the bastion",
    openssh({ bastion: BASTION }, { options: { proxyjump: "jump" } }),
    "Host 'web1' 'bastion': must be left away, as Connection.openssh() has a ProxyJump or ProxyCommand",
  ],
  [
    "another way to say whom to trust",
    openssh({ hostKey: HOST_KEY }, { options: { knownhostscommand: "x" } }),
    "Host 'web1' 'hostKey': must be left away, as Connection.openssh() has options that say whom to trust",
  ],
  [
    "an option twice",
    options({ ProxyCommand: "a", proxycommand: "b" }),
    "Connection.openssh 'options.proxycommand': must be left away, as it is ProxyCommand, which is there as well",
  ],
  [
    "a command that would read the script",
    options({ LocalCommand: "cat" }),
    "Connection.openssh 'options.LocalCommand': must be left away, as the library says it itself",
  ],
  [
    "two ways to say whom to trust",
    openssh({ hostKey: HOST_KEY }, { options: { StrictHostKeyChecking: "no" } }),
    "Host 'web1' 'hostKey': must be left away, as Connection.openssh() has options that say whom to trust",
  ],
  [
    "a master, which has asked for no pinned key",
    openssh({ hostKey: HOST_KEY }, { options: { ControlPath: "~/.ssh/%C" } }),
    "Host 'web1' 'hostKey': must be left away, as Connection.openssh() has options that say whom to trust",
  ],
  [
    "two agents",
    openssh({ key: SENSITIVE, bastion: { ...BASTION, key: SshKey.agent() } }),
    "Host 'web1' 'bastion.key': must not mix SshKey.agent() and SshKey.sensitive() for OpenSSH: use SshKey.file()",
  ],
  [
    "no identity",
    openssh({ identity: "" }),
    `Host 'web1' 'identity': must tell a machine from others, got ""`,
  ],
  [
    "no file",
    () => Connection.openssh({ configFile: "" }),
    "Connection.openssh 'configFile': must name a file",
  ],
  [
    "no option",
    options({ "a b": "c" }),
    "Connection.openssh 'options.a b': must be an option of ssh_config(5)",
  ],
  ["no value", options({ Compression: "" }), "Connection.openssh 'options.Compression': must have a value"],
  [
    "two lines",
    options({ Compression: "yes\nno" }),
    "Connection.openssh 'options.Compression': must not contain a line break",
  ],
  [
    "what a field says",
    options({ identityfile: "x" }),
    "Connection.openssh 'options.identityfile': must be left away: use SshKey.file() as 'key' of the Host",
  ],
  [
    "what the library says",
    options({ BatchMode: "no" }),
    "Connection.openssh 'options.BatchMode': must be left away, as the library says it itself",
  ],
])("refused: %s", (_, action, message) => {
  expect(errorOf(action)).toContain(message);
});

test("what is not said is left to ssh_config, and whoever runs the engine", () => {
  const hosts = [openssh()(), local({})()];
  expect(hosts.map(({ address }) => address)).toEqual(["10.0.0.1", "local"]);
  for (const { user, sudo, warnings } of hosts)
    expect([user, sudo, warnings]).toEqual([undefined, undefined, []]);
  expect(openssh({ user: "ops" })().sudo).toBe(true);
  expect(local({ address: "10.0.0.1", sudo: false })().address).toBe("10.0.0.1");
});

test("OpenSSH takes keys of any kind, and forwards no agent: there is nothing to warn of", () => {
  const host = openssh({ key: SshKey.agent(), bastion: { address: "b", hostKey: HOST_KEY } })();
  expect(host.warnings).toEqual([]);
});

test("tokens are welcome", () => {
  const text = token();
  const own = { configFile: text, options: { HostKeyAlias: text } };
  const host = openssh({ address: text, user: text, identity: text }, own)();
  expect([host.user, host.sudo]).toEqual([text, undefined]);
});
