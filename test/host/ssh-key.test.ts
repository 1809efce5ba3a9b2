import { TerraformVariable } from "cdktf";
import { SshKey } from "../../lib/host/ssh-key";
import { newStack } from "../stack";

const token = () => new TerraformVariable(newStack(), "key", { sensitive: true }).stringValue;

test("each way to prove who one is, and how a removal does it", () => {
  const [agent, file, content] = [SshKey.agent(), SshKey.file("~/.ssh/id"), token()];
  const sensitive = SshKey.sensitive(content, { teardown: file });
  expect(agent._source).toEqual({ agent: true });
  expect(file._source).toEqual({ agent: false, file: "~/.ssh/id" });
  expect(sensitive._source).toEqual({ agent: false, content });
  expect([agent, file, sensitive].map((key) => key._teardown)).toEqual([agent, file, file]);
});

test("a key that would stand in the configuration is refused, and its text not repeated", () => {
  expect(() => SshKey.sensitive("-----BEGIN SECRET", { teardown: SshKey.agent() })).toThrow(
    /^SshKey.sensitive 'token': must be a Terraform token, such as a sensitive variable, got a string$/,
  );
});

test("a removal cannot use a variable, and a file has a name", () => {
  const sensitive = SshKey.sensitive(token(), { teardown: SshKey.agent() });
  expect(() => SshKey.sensitive(token(), { teardown: sensitive })).toThrow(
    "SshKey.sensitive 'teardown': must be SshKey.agent() or SshKey.file(), got SshKey.sensitive()",
  );
  expect(() => SshKey.file("")).toThrow(`SshKey.file 'path': must name a file, got ""`);
});
