import { Bind } from "../../lib";
import { onCallText } from "../../lib/deploy/on-call";
import { type Scope } from "../../lib/layout";
import { Service } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";
import { heldBy } from "../stack";

const textOf = (socket?: string, pumaVersion?: string, scope?: Scope): string => {
  const props = { workingDirectory: "/srv/blog", pumaVersion, scope };
  const identity = { name: "web", stack: "blog" };
  const binds = heldBy(socket, [Bind.tcp(9292)]);
  return onCallText(Service.resolve(PropPath.of("PumaService", "web"), identity, props, binds));
};

test("says what the service is, and the commands by its own names", () => {
  const text = textOf("http", "6.6");
  expect(text).toMatch(/^web: a Puma under systemd, put here by cdktf-puma from the stack blog\.\n/);
  expect(text).toContain(" systemctl status http.socket web.service\n");
  expect(text).toContain(" sudo cdktf-puma status web\n");
  expect(text).toContain(" sudo cdktf-puma restart web\n");
  expect(text).toContain(" sudo cdktf-puma rollback web\n");
  expect(text).toContain(" sudo journalctl -e -u web\n");
  expect(text).toContain(" sudo systemctl restart web\n");
  expect(text).toContain("\nhttp.socket stays open meanwhile: requests wait.");
  expect(text).toContain("\nOne that hangs is killed after 2min.\n");
});

test("says nothing of a socket or a watchdog that there is not", () => {
  const text = textOf();
  expect(text).toContain(" sudo systemctl stop web.service\n");
  expect(text).not.toMatch(/socket|hangs|undefined/);
});

test("asks the systemd of a user as that user, and names nothing of root's", () => {
  const text = textOf("http", "6.6", "user");
  expect(text).toContain(" systemctl --user status http.socket web.service\n");
  expect(text).toContain(" cat ~/.local/state/cdktf-puma/web/last; journalctl --user -t cdktf-puma\n");
  expect(text).not.toMatch(/(systemctl|journalctl) (?!--user)|sudo|\/var\//);
});
