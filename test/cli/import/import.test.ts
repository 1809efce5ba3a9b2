import { importTexts, notesOf } from "./imported";

const SERVICE = "[Service]\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n";

describe("drop-ins", () => {
  const texts = {
    "web.service": `${SERVICE}Environment=A=1\nRestart=always\n`,
    "web.service.d/20.conf":
      "[Service]\nExecStart=\nExecStart=/opt/puma -C /etc/puma.rb\nRestart=on-failure\n",
    "web.service.d/10.conf": "[Service]\nExecStart=\nExecStart=/opt/other\nEnvironment=B=2\n",
    "web.socket.d/a.conf": "[Socket]\nListenStream=\nListenStream=0.0.0.0:81\n",
    "web.socket": "[Socket]\nListenStream=80\n",
    "api.service.d/a.conf": "[Service]\nUser=api\n",
  };

  test("win over the file, in the order of their names, and reset its lists", () => {
    const { program } = importTexts(texts);
    expect(program).toContain('command: PumaCommand.executable("/opt/puma"),\n  configFile: "/etc/puma.rb",');
    expect(program).toContain('environment: { A: "1", B: "2" },');
    expect(program).toContain('Restart: ["always", "on-failure"]');
    expect(program).toContain("binds: [Bind.tcp(81)],");
    expect(program).not.toContain("api");
    expect(program).toContain("// 10.conf, 20.conf: what these drop-ins say is declared here.");
  });

  test("are named where a line of theirs is left away", () => {
    const others = { ...texts, "override.conf": "[Service]\nPIDFile=/run/a.pid\n" };
    expect(notesOf(importTexts(others))).toContainEqual(
      expect.stringMatching(
        /^override.conf:2 PIDFile: Puma runs in the foreground, or 'daemon' names the file$/,
      ),
    );
  });
});

describe("what is left away is noted with the reason, and the program stands", () => {
  test.each([
    ["EnvironmentFile=/srv/app/.env\nUser=app", 4, "EnvironmentFile", "not be below 'workingDirectory'"],
    ["EnvironmentFile=/etc/app/*.env", 4, "EnvironmentFile", "is a pattern"],
    ["EnvironmentFile=/etc/%H.env", 4, "EnvironmentFile", "only a host knows what %H is"],
    [
      "Environment=A=1 SECRET_KEY_BASE=abc",
      4,
      "SECRET_KEY_BASE",
      "is a secret: write it into a file of root's",
    ],
    ["Environment=DATABASE_URL=postgres://a:b@db/x", 4, "DATABASE_URL", "is a secret"],
    ["Environment=A=%H", 4, "A", "only a host knows what %H is"],
    ["Environment=A", 4, "A", "is no assignment, and systemd ignores it"],
    ["Environment=NOTIFY_SOCKET=/x", 4, "Environment", "must be left away"],
    ["Type=forking", 4, "Type", "is for Puma 4 alone"],
    ["Type=dbus", 4, "Type", "stays in the foreground"],
    ["TimeoutStartSec=infinity", 4, "TimeoutStartSec", "an apply has to know when a start has failed"],
    ["KillMode=process", 4, "KillMode", "another KillMode="],
    ["Backlog=3", 4, "Backlog", "systemd ignores it in \\[Service\\], as it belongs to \\[Socket\\]"],
    ["StartLimitIntervalSec=60", 4, "StartLimitIntervalSec", "as it belongs to \\[Unit\\]"],
  ])("%j", (lines, line, part, reason) => {
    const result = importTexts({ "web.service": `${SERVICE}${lines}\n` });
    expect(notesOf(result)).toContainEqual(
      expect.stringMatching(`^web.service:${line} ${part}: .*${reason}`),
    );
    expect(result.program).toContain("app.synth();");
  });

  test.each([
    ["[Timer]\nOnCalendar=daily", "OnCalendar: systemd knows no section [Timer]"],
    ["[X-Mine]\nA=b", "A: not for systemd"],
    ["[Socket]\nListenStream=80", "ListenStream: systemd ignores [Socket] in a .service file"],
    ["[Service]\nQwertzuiop=1", "Qwertzuiop: systemd does not know it"],
  ])("a section or a name that systemd ignores: %j", (lines, note) => {
    expect(notesOf(importTexts({ "web.service": `${SERVICE}${lines}\n` }))).toEqual([
      `web.service:5 ${note}`,
    ]);
  });

  test("a bind that cannot be", () => {
    const result = importTexts({
      "web.service": SERVICE,
      "web.socket": "[Socket]\nListenStream=@web\nListenStream=80\n",
    });
    expect(notesOf(result)).toEqual([expect.stringMatching("^web.socket:2 ListenStream: must be ")]);
    expect(result.program).toContain('binds: [Bind.tcp(80, { address: "::" })],');
  });

  test("single lines of a list", () => {
    const lines = "OpenFile=/srv/app/x\nOpenFile=/etc/a\nOpenFile=/srv/app/y\n";
    const result = importTexts({ "web.service": `${SERVICE}User=app\n${lines}` });
    expect(notesOf(result).map((note) => note.replace(/: .*/s, ""))).toEqual([
      "web.service:5 OpenFile",
      "web.service:7 OpenFile",
    ]);
    expect(result.program).toContain('OpenFile: ["/etc/a"]');
  });
});

test("a comment of a program stays one, whatever is in a file", () => {
  const { program } = importTexts({ "web.service": `${SERVICE}PIDFile=/run/a\u2028process.exit(1)\n` });
  expect(program).not.toMatch(/\u2028/);
  expect(program).toContain("/run/a process.exit(1)");
});

describe("a template", () => {
  const template = SERVICE.replaceAll("/srv/app", "/srv/%i");

  test.each([
    ["web@.service", "blog", 'PumaService(stack, "web-blog"'],
    ["web@blog.service", undefined, 'PumaService(stack, "web-blog"'],
    ["web@.service", undefined, 'PumaService(stack, "web-main"'],
    ["web.service", "blog", 'PumaService(stack, "web-blog"'],
  ])("%s with --instance %s", (file, instance, construct) => {
    const { program } = importTexts({ [file]: `${template}SyslogIdentifier=a-%i\n` }, instance);
    const name = instance ?? (file.includes("blog") ? "blog" : "main");
    expect(program).toContain(construct);
    expect(program).toContain(`workingDirectory: "/srv/${name}"`);
    expect(program).toContain(`SyslogIdentifier: "a-${name}"`);
    expect(program).toContain(`It is web-${name}.service here: stop and disable the old unit`);
    expect(program).toContain(`is a template: this is its instance "${name}"`);
  });
});

describe("a unit that is not broken is declared, whatever of it cannot be", () => {
  test.each([
    [
      "%h of the system's manager",
      "[Service]\nExecStart=%h/bin/puma\nWorkingDirectory=%h\n",
      'workingDirectory: "/root"',
      "is /root here",
    ],
    [
      "%h of a user's manager",
      "[Service]\nExecStart=%h/bin/puma\nWorkingDirectory=%h/x\n[Install]\nWantedBy=default.target\n",
      'workingDirectory: "/home/deploy/x"',
      "name that user in 'user'",
    ],
    [
      "no directory",
      "[Service]\nExecStart=/opt/puma --dir /srv/a -p 80\n",
      'workingDirectory: "/srv/a"',
      "say in 'workingDirectory' where the application is",
    ],
    [
      "a directory in the script",
      "[Service]\nExecStart=/bin/sh -c 'cd /srv/a && exec puma -p 80'\n",
      'workingDirectory: "/srv/a"',
      "say in 'workingDirectory'",
    ],
    [
      "a directory that may be missing",
      "[Service]\nWorkingDirectory=-/srv/a\nExecStart=/opt/puma -p 80\n",
      'workingDirectory: "/srv/a"',
      "has to be there",
    ],
    [
      "a home",
      "[Service]\nWorkingDirectory=~\nUser=app\nExecStart=/opt/puma -p 80\n",
      'workingDirectory: "/home/app"',
      "is the home of app",
    ],
    ["no word of an environment", SERVICE, "command:", "name it in 'rackEnv'"],
    [
      "a configuration file that is none",
      SERVICE.replace("config/puma.rb", "-"),
      "configFile: false,",
      "binds",
    ],
    [
      "sudo",
      SERVICE.replace("/srv/app/bin/puma", "/usr/bin/sudo -u app bundle exec puma"),
      'executable("/usr/local/sbin/start-puma")',
      "which stays there as Puma's parent",
    ],
    [
      "a port that only the host knows",
      SERVICE.replace("-C config/puma.rb", "-p $PORT"),
      'configFile: "config/puma.rb"',
      "say it in 'binds'",
    ],
  ])("%s", (_, text, prop, word) => {
    const { program } = importTexts({ "web.service": text });
    expect(program).toContain(prop);
    expect(program.replace(/\n *\/\/ +/g, " ")).toContain(word);
  });

  test("two binds that the library takes for one", () => {
    const texts = {
      "web.service": SERVICE,
      "web.socket": "[Socket]\nListenStream=80\nListenStream=0.0.0.0:80\n",
    };
    expect(notesOf(importTexts(texts))).toEqual([
      "web.socket:3 ListenStream: must not repeat or overlap [::]:80",
    ]);
  });

  test("a socket without a bind of Puma's", () => {
    const texts = {
      "web.service": SERVICE,
      "web.socket": "[Socket]\nListenFIFO=/run/a\nService=web.service\n",
    };
    expect(notesOf(importTexts(texts))).toEqual([
      "web.socket:2 ListenFIFO: no ListenStream= is there that Puma could be given",
      "web.socket:3 Service: no ListenStream= is there that Puma could be given",
    ]);
  });

  test("a socket of another name", () => {
    const texts = {
      "web.service": `[Unit]\nRequires=http.socket\n${SERVICE}Sockets=http.socket\n`,
      "http.socket": "[Socket]\nListenStream=80\nService=web.service\n",
    };
    const result = importTexts(texts);
    expect(result.program).toContain('name: "http",');
    expect(result.program).not.toContain("- [Unit] Requires");
    expect(notesOf(result).map((note) => note.replace(/:.*: /s, " "))).toEqual([
      "web.service the PumaSocket says it, if its file is imported too",
      "http.socket the PumaService says it, whose file it is imported with",
    ]);
  });
});

describe("what is no service of Puma's, or can only be a slip, is refused with its line", () => {
  test.each([
    ["[Service]\nWorkingDirectory=/srv\n", "web.service:2: has no ExecStart= in [Service]"],
    [
      "[Service]\nExecStart=puma\nWorkingDirectory=srv\n",
      'web.service:3: WorkingDirectory= must be an absolute path, got "srv"',
    ],
    [
      "[Service]\nExecStart=bin/puma\n",
      "web.service:2: ExecStart= must begin with an absolute path, got bin/puma",
    ],
    ['[Service]\nExecStart=/bin/sh -c "puma\n', 'web.service:2: ExecStart= must close the " that it opens'],
    [`${SERVICE}Environment="A=1\n`, 'web.service:4: Environment= must close the " that it opens'],
    [`${SERVICE}User=a:b\n`, `web.service:4: User= must not contain ':' or '/', got "a:b"`],
    [`${SERVICE}User={{ app_user }}\n`, "web.service:4: User= has the placeholder {{ app_user }}"],
    [
      "[Sevice]\nExecStart=/bin/puma\n",
      "web.service:2: stands in [Sevice], which systemd ignores: ExecStart= belongs to [Service]",
    ],
    [`[Unit\n${SERVICE}`, "web.service:1: must end with ']', as a section header"],
    [`${SERVICE}nonsense\n`, "web.service:4: must be a [Section], a Name=value or a # comment"],
  ])("%j", (text, message) => {
    expect(() => importTexts({ "web.service": text })).toThrow(message);
  });

  test.each([
    [{ "web.socket": "[Socket]\nListenStream=80\n" }, "no .service is among the files"],
    [
      { "a.service": SERVICE, "b.service": SERVICE },
      "import one service at a time, not a.service and b.service",
    ],
  ])("%j", (texts, message) => {
    expect(() => importTexts(texts as Record<string, string>)).toThrow(message);
  });
});

test("Windows' line ends, a mark at the beginning and a missing last line end are all the same", () => {
  const plain = importTexts({ "web.service": `${SERVICE}User=app\n` });
  const other = importTexts({ "web.service": `\uFEFF${SERVICE}User  =  app`.replaceAll("\n", "\r\n") });
  expect(other.program).toBe(plain.program);
});
