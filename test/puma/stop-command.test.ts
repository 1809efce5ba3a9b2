import { serviceUnit } from "../../lib/puma/service-unit";
import { Service } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";

const COMMAND = "/bin/sh /var/lib/cdktf-puma/web/stop.sh $MAINPID";

function execStop(directives: Record<string, string | boolean>): readonly string[] {
  const at = PropPath.of("PumaService", "web");
  const props = { workingDirectory: "/srv/blog", directives: { Service: directives } };
  const service = Service.resolve(at, { name: "web", stack: "blog" }, props, { binds: [] });
  return serviceUnit(service).section("Service").get("ExecStop");
}

test("a sandbox that leaves the helper what it looks at leaves it in there", () => {
  expect(execStop({})).toEqual([COMMAND]);
  expect(execStop({ ProtectSystem: "strict", ProcSubset: "pid", ProtectProc: "invisible" })).toEqual([
    COMMAND,
  ]);
});

test.each(["PrivateUsers", "PrivateNetwork", "NoExecPaths", "TemporaryFileSystem"])(
  "%s= takes it out of the sandbox, as root",
  (name) => {
    expect(execStop({ [name]: name.startsWith("Private") ? true : "/srv/x" })).toEqual([`+${COMMAND}`]);
  },
);
