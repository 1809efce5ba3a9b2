import { applyDirectives, checkSystemdVersion, type Directives } from "../../lib/puma/directives";
import { UnitFile } from "../../lib/systemd/unit-file";
import { PropPath } from "../../lib/values/prop-path";

const WEB = PropPath.of("PumaService", "web");

function apply(directives: Directives): void {
  applyDirectives(WEB, UnitFile.parse("[Service]\nRestart=always\n"), "service", directives);
}

test.each<[Directives, string]>([
  [
    { Service: { TimeoutStopSec: "5 minuts" } },
    'a time span such as "90s", "5min 20s" or "infinity", got "5 minuts"',
  ],
  [{ Service: { PrivateTmp: 5 } }, "true, false or one of connected, disconnected, got 5"],
  [{ Service: { ReadWritePaths: ["/a", "b"] } }, `below RootDirectory=, got "b"`],
  [{ Unit: { Wants: "redis" } }, 'names of units such as "redis.service", got "redis"'],
])("a value that no systemd takes is refused: %j", (directives, message) => {
  expect(() => apply(directives)).toThrow(message);
});

const check = (text: string, version: number) => (): void =>
  checkSystemdVersion(PropPath.of("Host", "a").key("systemdVersion"), UnitFile.parse(text), version);

test("a host has to take each value", () => {
  const text = "[Service]\nPrivateTmp=disconnected\nProtectHome=tmpfs\n";
  expect(check(text, 252)).toThrow(
    "Host 'a' 'systemdVersion': must be newer than 252 for PrivateTmp=disconnected, got 252",
  );
  for (const version of [255, 257, 262, 270]) expect(check(text, version)).not.toThrow();
  expect(check("[Service]\nSystemCallFilter=read:5\n", 252)).toThrow(
    "must be at most 247 for SystemCallFilter=read:5, got 252",
  );
});
