import { serviceUnit } from "../../lib/puma/service-unit";
import { Service } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";

const COMMAND = "/bin/sh /var/lib/cdktf-puma/web/stop.sh $MAINPID";

const FOLDER = "/var/lib/cdktf-puma/web";

type Given = Record<string, string | boolean | string[]>;

function valuesOf(name: string, directives: Given): readonly string[] {
  const at = PropPath.of("PumaService", "web");
  const props = { workingDirectory: "/srv/blog", directives: { Service: directives } };
  const service = Service.resolve(at, { name: "web", stack: "blog" }, props, { binds: [] });
  return serviceUnit(service).section("Service").get(name);
}

const execStop = (directives: Given): readonly string[] => valuesOf("ExecStop", directives);

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

test.each<[Given, string[]]>([
  [{ TemporaryFileSystem: "/var/lib" }, [`-${FOLDER}`]],
  [
    { TemporaryFileSystem: "/:ro", BindReadOnlyPaths: ["/usr /bin", "/srv"] },
    ["/usr /bin", "/srv", `-${FOLDER}`],
  ],
  [{ BindPaths: "-/srv/lib:/var/lib:rbind" }, [`-${FOLDER}`]],
  [{ TemporaryFileSystem: "/var/lib/other /var/library /srv:ro" }, []],
  [{ TemporaryFileSystem: ["/var", ""] }, []],
  [{ TemporaryFileSystem: "/var", BindReadOnlyPaths: [FOLDER] }, [FOLDER]],
])("under %j the helpers are seen by BindReadOnlyPaths=%j", (directives, paths) => {
  expect(valuesOf("BindReadOnlyPaths", directives)).toEqual(paths);
});
