import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeNew } from "./host";
import { folderOf, functions, says, SHELLS, stubs } from "./shell";

const NOTE = /^note: (\S+) is in the release that (\S+) points to: when/m;
const PROBLEM = /^ {2}- (\S+) is in the release that (\S+) points to, and would/m;

/** Of a host: releases 1 and 2, `current` that points to 1, a folder that all share, and a link to the whole. */
function releases(): string {
  const root = folderOf({ "app/releases/1/config.ru": "", "app/shared/sockets/x": "" });
  mkdirSync(join(root, "app/releases/1/tmp"));
  mkdirSync(join(root, "app/releases/1/api"));
  symlinkSync("releases/1", join(root, "app/current"));
  symlinkSync("../../../shared/sockets", join(root, "app/releases/1/tmp/sockets"));
  mkdirSync(join(root, "app/shared/engine"));
  symlinkSync("../../shared/engine", join(root, "app/releases/1/engine"));
  mkdirSync(join(root, "app/releases/1/v2"));
  symlinkSync("v2", join(root, "app/releases/1/live"));
  mkdirSync(join(root, "data/app/tmp"), { recursive: true });
  mkdirSync(join(root, "srv"));
  symlinkSync("../data/app", join(root, "srv/app"));
  symlinkSync("../data/app", join(root, "srv/blog"));
  mkdirSync(join(root, "data/versions/7/tmp"), { recursive: true });
  symlinkSync("../data/versions/7", join(root, "srv/live"));
  mkdirSync(join(root, "srv/blue/tmp"), { recursive: true });
  symlinkSync("blue", join(root, "srv/active"));
  symlinkSync("../data/app", join(root, "srv/current"));
  return root;
}

/** The working directory, the bind, and whether it is one that would stay behind. */
const PLACES: readonly [what: string, directory: string, bind: string, stays: boolean][] = [
  ["a folder of the release", "app/current", "app/current/tmp/puma.sock", true],
  ["a folder that the release does not have yet", "app/current", "app/current/tmp/a/b/puma.sock", true],
  ["the release itself", "app/current", "app/current/puma.sock", true],
  ["the release, beside the working directory", "app/current/api", "app/current/tmp/puma.sock", true],
  ["the release, where the working directory is shared", "app/current/engine", "app/current/x.sock", true],
  ["the release, above another link that moves", "app/current/live", "app/current/x.sock", true],
  ["a folder that all releases share", "app/current", "app/current/tmp/sockets/puma.sock", false],
  ["a folder beside the releases", "app/current", "app/shared/puma.sock", false],
  ["a release by its own path", "app/current", "app/releases/1/tmp/puma.sock", false],
  ["a folder of an application that no link leads to", "app/releases/1", "app/releases/1/puma.sock", false],
  ["behind a link by which the machine is laid out", "srv/app", "srv/app/tmp/puma.sock", false],
  ["behind a link to another disk, of another name", "srv/blog", "srv/blog/tmp/puma.sock", false],
  ["a version on another disk", "srv/live", "srv/live/tmp/puma.sock", true],
  ["one of two that take turns", "srv/active", "srv/active/tmp/puma.sock", true],
  ["what is called as the release, on another disk", "srv/current", "srv/current/tmp/puma.sock", true],
];

describe.each(SHELLS)("under $name", (shell) => {
  test.each(PLACES)("a socket in %s", async (_, directory, bind, stays) => {
    const root = releases();
    const told = (socket: string): Promise<string> => {
      const settings = { PUMA_DIRECTORY: join(root, directory), PUMA_SOCKETS: socket };
      const script = `check_release_of_socket ${root}/${bind}; say "$problems"`;
      return says(shell, `${functions(settings)}\n${script}`);
    };
    const link = bind.split("/").slice(0, 2).join("/");
    const where = [join(root, bind), join(root, link)];
    expect(PROBLEM.exec(await told("web.socket"))?.slice(1)).toEqual(stays ? where : undefined);
    expect(NOTE.exec(await told(""))?.slice(1)).toEqual(stays ? where : undefined);
  });

  /** Of a bind that Puma makes itself: what the unit says, where the socket is to be, what the user may, and what is wrong. */
  test.each([
    ["a folder that is there", "", "ROOT/x.sock", true, ""],
    ["a folder that is not", "", "ROOT/none/x.sock", true, "there is no folder ROOT/none where"],
    ["one that a command may make", "ExecStartPre=/bin/mkdir x", "ROOT/none/x.sock", true, ""],
    ["a mount of the unit's own", "TemporaryFileSystem=/x", "ROOT/none/x.sock", true, ""],
    ["one that systemd makes", "RuntimeDirectory=other web-0", "/run/web-0/x.sock", true, ""],
    ["one by a specifier", "RuntimeDirectory=a:b %p-0", "/run/web-0/x.sock", true, ""],
    ["one of another beginning", "RuntimeDirectory=a-%p", "/run/web-0/x.sock", true, "there is no folder"],
    ["one below /var/run", "RuntimeDirectory = web-0", "/var/run/web-0/x.sock", true, ""],
    ["one below that", "StateDirectory=web-0/a:b", "/var/lib/web-0/a/x.sock", true, ""],
    [
      "one that systemd makes elsewhere",
      "StateDirectory=web-0",
      "/run/web-0/x.sock",
      true,
      "there is no folder /run/web-0 where",
    ],
    ["one that is closed to the user", "", "ROOT/x.sock", false, "app may not write to ROOT, where"],
  ])("a socket in %s", async (_, line, file, may, problem) => {
    const root = folderOf();
    writeNew(root, "etc/systemd/system/web.service", `[Service]\n${line}\n`);
    const script = `facts=
      as_user() { ${may ? `shift; "$@"` : "return 9"}; }
      check_folder_of_socket ${file.replace("ROOT", root)}; say "$problems"`;
    const said = await says(shell, `${functions({ PUMA_USER: "app" }, root)}\n${script}`);
    expect(said.replaceAll(root, "ROOT").trim()).toMatch(problem === "" ? /^$/ : new RegExp(`^- ${problem}`));
  });

  test("a Ruby that may is looked for where the command finds its own", async () => {
    const root = folderOf();
    const unit = [
      'Environment=A=1 "B=/b c" RBENV_ROOT=/srv/rbenv',
      'Environment="PATH=/data/rubies/3.3/bin:/bin:relative/bin"',
    ];
    writeNew(root, "etc/systemd/system/web.service", `[Service]\n${unit.join("\n")}\n`);
    const settings = { PUMA_DIRECTORY: "/srv/app", PUMA_EXECUTABLE: "/srv/app/bin/puma" };
    const getcap = `case " $* " in *" /srv/rbenv "*) echo /srv/rbenv/bin/ruby cap_net_bind_service=ep ;; esac`;
    const before = stubs({ getcap });
    const script = "facts=; has_capable_ruby && folders_of_rubies | tr '\\n' ' '";
    expect(await says(shell, `${functions(settings, root)}\n${script}`, { before })).toBe(
      "/usr /opt /home /srv/app /srv/app/bin /b /srv/rbenv /data/rubies/3.3 ",
    );
  });

  const REFUSED = "app may not listen at port 80, which is one of root's";
  /** Of a port: what the unit says, who has it, what files have the right, and what is wrong. */
  test.each([
    ["80 of anybody", "80", "", "", "", REFUSED],
    ["8080", "8080", "", "", "", ""],
    ["80 with the right to it", "80", "AmbientCapabilities=CAP_CHOWN CAP_NET_BIND_SERVICE", "", "", ""],
    ["80 with another right", "80", "AmbientCapabilities=CAP_CHOWN", "", "", REFUSED],
    ["80 that it has already", "80", "", "web.service", "", ""],
    ["80 that another has", "80", "", "nginx.service", "", REFUSED],
    ["80 by a Ruby that may", "80", "", "", "/usr/bin/ruby3.3 cap_net_bind_service=ep", ""],
    ["80 by another program that may", "80", "", "", "/usr/bin/nginx cap_net_bind_service=ep", REFUSED],
    ["80 by authbind", "80", "", "", "", "", "/usr/bin/authbind --deep /srv/app/bin/puma --version"],
  ])("port %s", async (_, port, line, holder, files, problem, command = "/srv/app/bin/puma --version") => {
    const root = folderOf();
    writeNew(root, "etc/systemd/system/web.service", `[Service]\n${line}\n`);
    const script = `facts= account='uid=7(app) gid=7(app) groups=7(app)'
      unit_at() { printf %s '${holder}'; }
      check_low_port 0.0.0.0 ${port}; say "$problems"`;
    const before = stubs({ getcap: `echo '${files}'` });
    const said = await says(
      shell,
      `${functions({ PUMA_USER: "app", PUMA_VERSION_COMMAND: command }, root)}\n${script}`,
      { before },
    );
    expect(said.trim()).toMatch(problem === "" ? /^$/ : new RegExp(`^- ${problem}`));
  });
});
