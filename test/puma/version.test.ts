import { PumaVersion } from "../../lib/puma/version";
import { PropPath } from "../../lib/values/prop-path";

const AT = PropPath.of("PumaService", "web").key("pumaVersion");

test.each([
  ["4.3.8", false, false],
  ["5.0", false, false],
  ["5.1", false, true],
  ["5.6.5", false, true],
  ["6.0.2", false, true],
  ["6.1", true, true],
  ["6.6.0", true, true],
  ["6.10", true, true],
  ["8.0", true, true],
])("Puma %s notifies: %s, with a gem: %s", (text, notifies, canNotify) => {
  const version = PumaVersion.parse(AT, text);
  expect([version.notifies, version.canNotify]).toEqual([notifies, canNotify]);
});

test.each(["", "6", "v6.6", "6.6.0.rc1", "6.x", "latest", " 6.6"])("%j is refused", (text) => {
  expect(() => PumaVersion.parse(AT, text)).toThrow(
    `${AT}: must be a version such as "6.6", got ${JSON.stringify(text)}`,
  );
});
