import { Bind } from "../../lib/puma/bind";
import { execReload } from "../../lib/puma/reload";
import { Service } from "../../lib/puma/service";
import { type ServiceUnitProps } from "../../lib/puma/service-props";
import { PropPath } from "../../lib/values/prop-path";
import { heldBy, newService, newStack } from "../stack";
import { PumaCommand, PumaSocket } from "../../lib";

const reloadOf = (changes: Partial<ServiceUnitProps>, socket?: string) =>
  execReload(
    Service.resolve(
      PropPath.of("PumaService", "web"),
      { name: "web", stack: "blog" },
      { workingDirectory: "/srv/blog", ...changes },
      heldBy(socket, [Bind.tcp(9292)]),
    ),
  );

const RESTART = "+/bin/sh /var/lib/cdktf-puma/web/reload.sh web";
const PHASED = "/bin/kill -s USR1 $MAINPID";
const KNOWN = { configFile: false, pumaVersion: "6.6", workers: 2 } as const;

test("with a socket it is a hot restart, and without one nothing is safe", () => {
  expect(reloadOf({}, "web")).toBe(RESTART);
  expect(reloadOf({ pumaVersion: "8.0", workers: 2 }, "http")).toBe(RESTART);
  expect(reloadOf({})).toBeUndefined();
});

test("workers that cannot but be replaced one by one are", () => {
  expect(reloadOf(KNOWN, "web")).toBe(PHASED);
  expect(reloadOf({ ...KNOWN, pumaVersion: "4.3" })).toBe(PHASED);
});

test.each<[string, Partial<ServiceUnitProps>]>([
  ["a file may let it preload", { configFile: "puma.rb" }],
  ["so may a file that Puma finds", { configFile: undefined }],
  ["it preloads by default", { pumaVersion: "7.0" }],
  ["nobody knows its version", { pumaVersion: undefined }],
  ["a script may set WEB_CONCURRENCY", { command: PumaCommand.shell("exec puma") }],
  ["so may systemd", { directives: { Service: { PassEnvironment: "WEB_CONCURRENCY" } } }],
  ["an argument lets it preload", { args: ["-q", "--preload"] }],
  ["there are no workers", { workers: 0 }],
  ["nobody knows of workers", { workers: undefined }],
  ["WEB_CONCURRENCY lets it preload", { environment: { WEB_CONCURRENCY: "2" } }],
  ["a file may say so", { environmentFiles: ["/etc/env"] }],
])("not where %s", (_, changes) => {
  expect(reloadOf({ ...KNOWN, ...changes }, "web")).toBe(RESTART);
  expect(reloadOf({ ...KNOWN, ...changes })).toBeUndefined();
});

test("a raw directive takes its place, and an empty one takes it away", () => {
  const linesOf = (ExecReload: string) => {
    const stack = newStack();
    const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
    const { unitFiles } = newService(stack, { socket, directives: { Service: { ExecReload } } });
    return (unitFiles["web.service"] ?? "").split("\n").filter((line) => line.startsWith("ExecReload="));
  };
  expect(linesOf("/bin/true")).toEqual(["ExecReload=/bin/true"]);
  expect(linesOf("")).toEqual(["ExecReload="]);
});
