/** What the run writes by itself: the way back to the release that ran. */
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Case, host } from "./host";
import { quoted, says, type Shell, SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell: Shell) => {
  const run = (on: Case, script: string): Promise<string> => says(shell, `${host(on).prelude}\n${script}`);

  test("a unit without a folder of its own is put back as it is", async () => {
    const { root, prelude } = host({ cutOff: "service" });
    mkdirSync(join(root, "var/lib/cdktf-puma/web/before/files"), { recursive: true });
    writeFileSync(
      join(root, "var/lib/cdktf-puma/web/before/files/web.service"),
      "[Service]\nExecStart=/usr/bin/puma\n",
    );
    writeFileSync(join(root, "var/lib/cdktf-puma/web/before/path"), "/\n");
    expect(await says(shell, `${prelude}\nrestore_release; ls ${root}/etc/systemd/system`)).not.toContain(
      ".service.d",
    );
  });

  /** A host whose `current` points to release 2, and where the release that ran is another one. */
  function movedOn(ran: string): { root: string; link: string; script: string } {
    const { root, prelude } = host({ cutOff: "service" });
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    const link = join(root, "current");
    symlinkSync("releases/2", link);
    for (const name of ["1.5+a", "2"]) write(`releases/${name}/sbin/puma`, "");
    const unit = [
      "[Unit]",
      `ConditionPathExists=${link}/config.ru`,
      "ConditionHost=!elsewhere",
      "[Service]",
      `WorkingDirectory=${link}`,
      "Environment=RACK_ENV=production",
      `Environment=BUNDLE_GEMFILE=${link}/Gemfile`,
      `EnvironmentFile=/etc/blog/env`,
      `EnvironmentFile=${link}/.env`,
      `ReadWritePaths=-${link}/tmp ${link}.old ${link}-2 /data${link}`,
      "ReadWritePaths=/var/tmp",
      `StandardOutput=append:${link}/log/puma.log`,
      `ExecStartPre=/bin/sh -c 'cd ${link}; test -f "${link}/config.ru"'`,
      "ExecStartPost=/bin/true",
      `ExecStart=${link}/sbin/puma -C ${link}/config/puma.rb \\\n  -b unix://${link}/tmp/puma.sock?backlog=9`,
      "[Install]",
      `WantedBy=${link}`,
    ];
    write("var/lib/cdktf-puma/web/before/files/web.service", `${unit.join("\n")}\n`);
    write("var/lib/cdktf-puma/web/before/path", join(root, ran));
    write("var/lib/cdktf-puma/web/record", `path=${join(root, ran)}\n`);
    return { root, link, script: `${prelude}\nchmod +x ${root}/releases/*/sbin/puma\nrestore_release` };
  }

  test("where a link moved on, the release that ran is started by its own path", async () => {
    const { root, link, script } = movedOn("releases/1.5+a");
    const path = `${root}/releases/1.5+a`;
    expect(await says(shell, script)).toBe(
      `${link} now points to ${root}/releases/2: starting the release that ran before, ${path}\n`,
    );
    const file = join(root, "etc/systemd/system/web.service.d/50-cdktf-puma-last-release.conf");
    expect(readFileSync(file, "utf8").split("\n")).toEqual([
      "[Unit]",
      "ConditionPathExists=",
      `ConditionPathExists=${path}/config.ru`,
      "ConditionHost=!elsewhere",
      "[Service]",
      `WorkingDirectory=${path}`,
      `Environment=BUNDLE_GEMFILE=${path}/Gemfile`,
      "EnvironmentFile=",
      "EnvironmentFile=/etc/blog/env",
      `EnvironmentFile=${path}/.env`,
      "ReadWritePaths=",
      `ReadWritePaths=-${path}/tmp ${link}.old ${link}-2 /data${link}`,
      "ReadWritePaths=/var/tmp",
      `StandardOutput=append:${path}/log/puma.log`,
      "ExecStartPre=",
      `ExecStartPre=/bin/sh -c 'cd ${path}; test -f "${path}/config.ru"'`,
      "ExecStart=",
      `ExecStart=${path}/sbin/puma -C ${path}/config/puma.rb    -b unix://${link}/tmp/puma.sock?backlog=9`,
      "",
    ]);
    expect(await says(shell, `${script}\nforget_last_release web; ls ${root}/etc/systemd/system`)).toMatch(
      /\nx\n$/,
    );
  });

  test("where a folder above it moved on, what the unit names below that goes with it", async () => {
    const { root, link, script } = movedOn("releases/1.5+a");
    const state = join(root, "var/lib/cdktf-puma/web");
    const path = `${root}/releases/1.5+a`;
    for (const name of ["1.5+a", "2"]) mkdirSync(join(root, `releases/${name}/api`));
    const unit = [
      "[Service]",
      `WorkingDirectory=${link}/api`,
      `ExecStartPre=${link}/bin/prepare`,
      "ExecStart=/bin/sh",
    ];
    writeFileSync(join(state, "before/files/web.service"), `${unit.join("\n")}\n`);
    writeFileSync(join(state, "before/path"), `${path}/api`);
    writeFileSync(join(state, "record"), `path=${path}/api\n`);
    await says(shell, script);
    const file = join(root, "etc/systemd/system/web.service.d/50-cdktf-puma-last-release.conf");
    expect(readFileSync(file, "utf8").split("\n").slice(1, -1)).toEqual([
      `WorkingDirectory=${path}/api`,
      "ExecStartPre=",
      `ExecStartPre=${path}/bin/prepare`,
    ]);
  });

  test("where it ran by its own path before, what says so stays as it was", async () => {
    const { root, script } = movedOn("releases/1.5+a");
    const name = "web.service.d/50-cdktf-puma-last-release.conf";
    const kept = join(root, "var/lib/cdktf-puma/web/before/files", name.replace("/", "!"));
    const file = join(root, "etc/systemd/system", name);
    mkdirSync(dirname(file));
    for (const one of [kept, file]) writeFileSync(one, "# of a rollback\n");
    await says(shell, script);
    expect(readFileSync(file, "utf8")).toBe("# of a rollback\n");
  });

  test.each([
    ["what runs, as the link has moved", "cwd=releases/1/api", "releases/1/api"],
    ["what the link leads to, as nothing runs", "pid=0", "releases/2/api"],
    ["what the link leads to, as Puma went elsewhere by itself", "cwd=releases", "releases/2/api"],
    ["what is gone back to", "set_target", "elsewhere/1/api"],
  ])("what is recorded is %s", async (_, what, told) => {
    const { root, prelude } = host({ settings: { PUMA_DIRECTORY: "DIRECTORY" } });
    for (const name of ["releases/1/api", "releases/2/api", "elsewhere/1/api"])
      mkdirSync(join(root, name), { recursive: true });
    symlinkSync("releases/2", join(root, "current"));
    const state = "var/lib/cdktf-puma/web";
    mkdirSync(join(root, state, "generations/7"), { recursive: true });
    writeFileSync(join(root, state, "generations/7/record"), `path=${root}/elsewhere/1/api\n`);
    appendFileSync(join(root, state, "record"), `path=${root}/releases/1/api\n`);
    const target = what === "set_target" ? "7" : "";
    const script = prelude
      .replaceAll("'DIRECTORY'", quoted(`${root}/current/api`))
      .replace(
        "set -- a 192.0.2.1 apply me web",
        `set -- a 192.0.2.1 rollback me '' web '' 9 '' '${target}'`,
      );
    const pid = what === "pid=0" ? "0" : "$pid";
    const cwd = what.startsWith("cwd=") ? what.slice(4) : "releases/2";
    const said = await says(
      shell,
      `${script}\n(cd ${root}/${cwd} && exec sleep 60) & pid=$!
      property() { found=${pid}; }
      while [ "$(readlink /proc/$pid/cwd)" != ${root}/${cwd} ]; do :; done
      application_path; kill $pid`,
    );
    expect(said).toBe(join(root, told));
  });

  test("where it did not, or what ran is gone, the link is started", async () => {
    const same = movedOn("releases/2");
    expect(await says(shell, `${same.script}; ls ${same.root}/etc/systemd/system`)).toBe("x\n");
    const gone = movedOn("releases/0");
    expect(await says(shell, `${gone.script}; ls ${gone.root}/etc/systemd/system`)).toMatch(/is gone\nx\n$/);
  });

  test.each(["/srv/a\nunits=ssh.service", "/srv/a\\nExecStartPre=+/x", "/srv/a b", '/srv/a"b', "/srv/100%"])(
    "a folder called %j is as good as none",
    async (path) => {
      expect(await run({}, `plain_path ${quoted(path)}`)).toBe("");
    },
  );

  test("any other folder's name is kept", async () => {
    expect(await run({}, "plain_path /srv/blog/releases/2026-11-25_1.2+b~1")).toBe(
      "/srv/blog/releases/2026-11-25_1.2+b~1",
    );
  });
});
