import { type TerraformStack } from "cdktf";
import { Bind, type PumaServiceProps, PumaSocket, type PumaSocketProps } from "../../lib";
import { type Directives } from "../../lib/puma/directives";
import { openedPaths } from "../../lib/puma/opened-paths";
import { Service } from "../../lib/puma/service";
import { serviceUnit } from "../../lib/puma/service-unit";
import { socketUnit } from "../../lib/puma/socket-unit";
import { PropPath } from "../../lib/values/prop-path";
import { errorOf, heldBy, newService, newStack } from "../stack";

const AT = PropPath.of("PumaService", "web");
const IDENTITY = { name: "web", stack: "blog" };

/** What is opened as root for a service, as the host is told. */
function opened(props: Partial<PumaServiceProps>, socket?: PumaSocketProps): string[] {
  const binds = socket?.binds ?? props.binds ?? [];
  const sockets = heldBy(socket && "http", binds);
  const service = Service.resolve(AT, IDENTITY, { workingDirectory: "/srv/blog", ...props }, sockets);
  const units = new Map([
    ["web.service", serviceUnit(service)],
    ...(socket ? [["http.socket", socketUnit(AT, socket, "http", IDENTITY)] as const] : []),
  ]);
  return openedPaths(service, units).map(({ as, prop, path }) => `${as} ${prop} ${path}`);
}

test("what the environment has loaded, of which what runs as root has the same", () => {
  const environment = {
    LD_PRELOAD: "/usr/lib/a.so libc.so:/b.so",
    LD_LIBRARY_PATH: "/opt/c:$LIB",
    RUBYLIB: "/d",
  };
  expect(opened({ environment })).toEqual([
    "run environment.LD_PRELOAD /usr/lib/a.so",
    "run environment.LD_PRELOAD /b.so",
    "run environment.LD_LIBRARY_PATH /opt/c",
  ]);
});

const UNIX = Bind.unix("/run/blog/puma.sock");

describe("what systemd opens as root", () => {
  test.each<[string, Directives[string], string[]]>([
    [
      "outputs",
      { StandardOutput: "append:/a b", StandardError: "file:/c" },
      ["write Output /a b", "write Error /c"],
    ],
    ["one that is cut", { StandardOutput: "truncate:/var/log/x" }, ["write Output /var/log/x"]],
    ["no file", { StandardOutput: "journal", StandardError: "inherit", StandardInput: "null" }, []],
    ["an input", { StandardInput: "file:/in" }, ["read Input /in"]],
    ["credentials", { LoadCredential: ["a:/a", "b:b", "c"] }, ["read LoadCredential /a"]],
    ["encrypted ones", { LoadCredentialEncrypted: "a:/a:b" }, ["read LoadCredentialEncrypted /a:b"]],
    ["after a reset", { LoadCredential: ["a:/a", "", "c:/c"] }, ["read LoadCredential /c"]],
    [
      "files that are opened for it",
      { OpenFile: ["/a:name:read-only,graceful", "/b", '"/c d":name'] },
      ["read OpenFile /a", "read OpenFile /b", "read OpenFile /c d"],
    ],
    [
      "commands as root",
      { ExecStartPre: ["-+/a b", "!/c", "@-/d d", '+"/e" x ; +/f ; /g', "+true", "+/bin/sh /h"] },
      ["run ExecStartPre /a", "run ExecStartPre /c", "run ExecStartPre /e", "run ExecStartPre /f"],
    ],
    [
      "systemd's specifiers",
      { StandardOutput: "append:%L/%p/%n%%", StandardError: "append:%h/%N" },
      ["write Output /var/log/web/web.service%", "write Error /root/web"],
    ],
    [
      "as far as they are known",
      { StandardOutput: "append:/var/log/%H/x", StandardError: "append:/%H/x", StandardInput: "file:%d/x" },
      ["write Output /var/log/"],
    ],
  ])("%s", (_, directives, lines) => {
    const named = lines.map((line) =>
      line.replace(/ (Output|Error|Input) /, " Standard$1 ").replace(/ (\w+) /, " directives.Service.$1 "),
    );
    expect(opened({ directives: { Service: directives } })).toEqual(named);
  });

  test("environment files, optional ones too", () => {
    expect(opened({ environmentFiles: ["/etc/a", "-/etc/100%"] })).toEqual([
      "read environmentFiles /etc/a",
      "read environmentFiles /etc/100%",
    ]);
  });

  test("unix binds, and who has them made", () => {
    const path = "binds /run/blog/puma.sock";
    const both = { binds: [Bind.tcp(1), UNIX] };
    expect(opened(both)).toEqual([`ask ${path}`]);
    expect(opened({}, both)).toEqual([`listen ${path}`]);
    expect(opened({}, { ...both, user: "deploy" })).toEqual([`own ${path}`]);
    expect(opened({}, { ...both, group: "www-data" })).toEqual([`own ${path}`]);
  });

  test("of a socket what its commands are, and its links", () => {
    const directives = {
      Socket: { ExecStartPre: "/a %p", Symlinks: "/b /c", StandardOutput: "append:/var/log/%n" },
    };
    expect(opened({}, { binds: [Bind.tcp(1)], directives })).toEqual([
      "write directives.Socket.StandardOutput /var/log/http.socket",
      "run directives.Socket.ExecStartPre /a",
      "listen directives.Socket.Symlinks /b",
      "listen directives.Socket.Symlinks /c",
    ]);
  });

  test("nothing of a service that names no path", () => {
    expect(opened({ binds: [Bind.tcp(9292)], alarm: "page.service", user: "deploy" })).toEqual([]);
  });
});

/** What is said at synth of a service whose directory is /srv/blog/current, and whose user is deploy. */
const refusal = (
  props: Partial<PumaServiceProps> | ((stack: TerraformStack) => Partial<PumaServiceProps>),
): string => {
  const stack = newStack();
  return errorOf(() => newService(stack, typeof props === "function" ? props(stack) : props));
};

const log = (path: string, more: Directives[string] = {}): Partial<PumaServiceProps> => ({
  directives: { Service: { StandardOutput: `append:${path}`, ...more } },
});

const LOG =
  "where deploy could put a link that root follows: leave it to the journal, use /var/log/web.log, or let Puma open it (--redirect-stdout)";
const IN_SERVICE = "PumaService 'web' 'directives.Service.StandardOutput': must not be below";

describe("refused at synth", () => {
  test.each<[string, Parameters<typeof refusal>[0], string]>([
    [
      "a log in the application's directory",
      log("/srv/blog/current/log/puma.log"),
      `${IN_SERVICE} 'workingDirectory', ${LOG}, got "/srv/blog/current/log/puma.log"`,
    ],
    [
      "one in a folder that systemd gives away",
      log("/var/log/blog/puma.log", { LogsDirectory: "other blog:link" }),
      `${IN_SERVICE} LogsDirectory=, ${LOG}, got "/var/log/blog/puma.log"`,
    ],
    [
      "an environment file",
      { environmentFiles: ["/etc/env", "-/srv/blog/current/.env"] },
      `PumaService 'web' 'environmentFiles[1]': must not be below 'workingDirectory', where deploy could put a link that root follows: use a file of root's, such as /etc/web.env, got "/srv/blog/current/.env"`,
    ],
    [
      "a credential",
      { directives: { Service: { StateDirectory: "blog", LoadCredential: "k:%S/blog/key" } } },
      `PumaService 'web' 'directives.Service.LoadCredential': must not be below StateDirectory=, where deploy could put a link that root follows: use a file of root's, such as /etc/web/FILE, got "/var/lib/blog/key"`,
    ],
    [
      "a command as root",
      { directives: { Service: { ExecStartPre: "+/srv/blog/current/bin/setup" } } },
      `PumaService 'web' 'directives.Service.ExecStartPre': must not be below 'workingDirectory', where deploy could put a link that root follows: use a folder of root's, such as /usr/local/sbin, got "/srv/blog/current/bin/setup"`,
    ],
    [
      "a socket with an owner",
      (stack) => ({
        socket: new PumaSocket(stack, "socket", {
          binds: [Bind.unix("/srv/blog/current/puma.sock")],
          user: "deploy",
        }),
      }),
      `PumaService 'web' 'socket': must not be below 'workingDirectory', where deploy could put a link that root follows: use /run/web/puma.sock, got "/srv/blog/current/puma.sock"`,
    ],
    [
      "one in the folder of the same name that systemd gives away",
      (stack) => ({
        directives: { Service: { RuntimeDirectory: "web" } },
        socket: new PumaSocket(stack, "socket", {
          binds: [Bind.unix("/run/web/puma.sock")],
          group: "www-data",
        }),
      }),
      `PumaService 'web' 'socket': must not be below RuntimeDirectory=, where deploy could put a link that root follows: use /run/web.sock, got "/run/web/puma.sock"`,
    ],
  ])("%s", (_, props, message) => {
    expect(refusal(props)).toBe(message);
  });

  test.each<[string, Parameters<typeof refusal>[0]]>([
    ["a log elsewhere", log("/var/log/web.log", { LogsDirectory: "web" })],
    ["one whose folder only begins so", log("/srv/blog/current-logs/puma.log")],
    ["where Puma is root itself", { ...log("/srv/blog/current/log/puma.log"), user: undefined }],
    ["Puma's own socket", { binds: [Bind.unix("/srv/blog/current/puma.sock")] }],
    ["a command as the service's user", { directives: { Service: { ExecStartPre: "/srv/blog/current/x" } } }],
    [
      "a socket without an owner",
      (stack) => ({
        socket: new PumaSocket(stack, "socket", { binds: [Bind.unix("/srv/blog/current/puma.sock")] }),
      }),
    ],
  ])("not %s", (_, props) => {
    expect(refusal(props)).toBe("no error");
  });
});
