import { TerraformVariable } from "cdktf";
import { HostKey, type HostOptions, type PumaServiceProps, SshKey } from "../../lib";
import { errorOf, newHost, newService, newStack, synth } from "../stack";

const TEXT = "${TfToken[TOKEN.987654]}";

/** What cdktf writes for a number that it would know: of a counter that no test reaches. */
const NUMBER = numberToken(987_654);

function numberToken(index: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, 0xfdff0000);
  bytes.setUint32(4, index);
  return bytes.getFloat64(0);
}

const serviceError = (changes: Partial<PumaServiceProps>): string =>
  errorOf(() => newService(newStack(), changes));
const hostError = (options: Partial<HostOptions>): string => serviceError({ hosts: [newHost("a", options)] });

const LIMIT = "must hold no token but those of this app, got";

test.each<[string, Partial<PumaServiceProps>]>([
  ["environment.A", { environment: { A: `a ${TEXT}` } }],
  ["environment.A", { environment: { A: `v-${NUMBER}` } }],
  ["args[1]", { args: ["--tag", TEXT] }],
  ["release", { release: `${NUMBER}` }],
])("what looks like a token of another app is refused as '%s'", (prop, changes) => {
  expect(serviceError(changes)).toContain(`PumaService 'web' '${prop}': ${LIMIT} `);
});

test.each<[string, Partial<HostOptions>]>([
  ["address", { address: `a.${TEXT}` }],
  ["port", { port: NUMBER }],
  ["user", { user: TEXT }],
  ["certificate", { certificate: TEXT }],
  ["hostKey", { hostKey: TEXT }],
  ["hostKey", { hostKey: HostKey.authority(TEXT) }],
  ["scriptPath", { scriptPath: `/root/${TEXT}` }],
  ["key", { key: SshKey.file(`/keys/${TEXT}`) }],
  ["key", { key: SshKey.sensitive(TEXT, { teardown: SshKey.agent() }) }],
  ["bastion.port", { bastion: { address: "b", port: NUMBER } }],
  ["bastion.key", { bastion: { address: "b", key: SshKey.file(TEXT) } }],
])("and as '%s' of a host", (prop, options) => {
  expect(hostError(options)).toContain(`Host 'a' '${prop}': ${LIMIT} `);
});

test("the error shows the token, and not what else is in a key", () => {
  const key = SshKey.sensitive(`PRIVATE ${TEXT}`, { teardown: SshKey.agent() });
  expect(hostError({ key })).toBe(`Host 'a' 'key': ${LIMIT} "${TEXT}"`);
});

test("tokens of this app are welcome in all of them", () => {
  const stack = newStack();
  const { stringValue, numberValue, booleanValue } = new TerraformVariable(stack, "v", {});
  const login = { address: stringValue, port: numberValue, user: stringValue, key: SshKey.file(stringValue) };
  newService(stack, {
    hosts: [newHost("a", { ...login, sudo: booleanValue, bastion: login })],
    environment: { A: stringValue },
    args: [`v-${numberValue}`],
    release: stringValue,
  });
  expect(() => synth(stack)).not.toThrow();
});
