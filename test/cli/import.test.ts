import { importTexts, notesOf } from "./imported";

const SERVICE = "[Service]\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n";

/** The program of a service that says this as well. */
const programOf = (lines: string, section = "Service"): string =>
  importTexts({ "web.service": `${SERVICE}[${section}]\n${lines}\n` }).program;

/** The program of a service with a socket that says this. */
const withSocket = (lines: string, exec = ""): string =>
  importTexts({ "web.service": `${SERVICE.trimEnd()}${exec}\n`, "web.socket": `[Socket]\n${lines}\n` })
    .program;

describe("each directive that a prop says becomes that prop", () => {
  test.each([
    ["User=app\nGroup=www", 'user: "app",\n  group: "www",'],
    ["User=%p", 'user: "web",'],
    ["Type=notify", "notify: true,"],
    ["Type=notify\nWatchdogSec=3min", "watchdog: Duration.minutes(3),"],
    ["Type=notify\nWatchdogSec=0", "watchdog: false,"],
    ["TimeoutStartSec=2min 30s", "startTimeout: Duration.seconds(150),"],
    ["TimeoutStartSec=1500ms", "startTimeout: Duration.milliseconds(1500),"],
    ["TimeoutSec=20", "startTimeout: Duration.seconds(20),"],
    ["TimeoutSec=20", "TimeoutStopSec: "],
    ["Environment=A=1 'B=x y' \"C=\\x41\"", 'environment: { A: "1", B: "x y", C: "A" },'],
    ["Environment=A=1\nEnvironment=A=2 B=", 'environment: { A: "2", B: "" },'],
    ["Environment=A=1\nEnvironment=\nEnvironment=B=%p", 'environment: { B: "web" },'],
    [
      "EnvironmentFile=-/etc/a.env\nEnvironmentFile=/etc/%p.env",
      'environmentFiles: ["-/etc/a.env", "/etc/web.env"],',
    ],
  ])("%j", (lines, prop) => {
    expect(programOf(lines)).toContain(prop);
  });

  test.each([
    ["ListenStream=3000", 'Bind.tcp(3000, { address: "::" })'],
    ["ListenStream=0.0.0.0:80", "Bind.tcp(80)"],
    ["ListenStream=127.0.0.1:80", 'Bind.tcp(80, { address: "127.0.0.1" })'],
    ["ListenStream=[::1]:80", 'Bind.tcp(80, { address: "::1" })'],
    ["ListenStream=/var/run/a/b.sock", 'Bind.unix("/run/a/b.sock")'],
    [
      "ListenStream=80\nListenStream=/run/a.sock",
      'binds: [Bind.tcp(80, { address: "::" }), Bind.unix("/run/a.sock")],',
    ],
    ["ListenStream=80\nListenStream=\nListenStream=0.0.0.0:81", "binds: [Bind.tcp(81)],"],
    [
      "ListenStream=80\nBacklog=2048\nNoDelay=no\nReusePort=0\nDeferAcceptSec=0",
      "backlog: 2048,\n  noDelay: false,\n  reusePort: false,\n  deferAccept: false,",
    ],
    [
      "ListenStream=/run/a/b.sock\nSocketUser=a\nSocketGroup=b\nSocketMode=660",
      'user: "a",\n  group: "b",\n  mode: "660",',
    ],
  ])("of a socket: %j", (lines, prop) => {
    expect(withSocket(lines)).toContain(prop);
  });

  test.each([
    ["-b tcp://0.0.0.0:80?backlog=64 -p 81", "binds: [Bind.tcp(80, { backlog: 64 }), Bind.tcp(81)],"],
    ["-b unix://tmp/a.sock?umask=0111", 'binds: [Bind.unix("/srv/app/tmp/a.sock", { umask: "0111" })],'],
    [
      "-b 'ssl://[::]:443?key=k.pem&cert=c.pem&verify_mode=peer&ca=a.pem'",
      'Bind.ssl(443, { address: "::", key: "k.pem", cert: "c.pem", verifyMode: "peer", ca: "a.pem" })',
    ],
    ["-w 3 -t 5", "workers: 3,\n  threads: { min: 5, max: 5 },"],
    ["-e staging", 'rackEnv: "staging",'],
    ["--tag x --preload", 'args: ["--tag", "x", "--preload"],'],
  ])("of Puma's arguments: %s", (args, prop) => {
    const text = SERVICE.replace("puma -C config/puma.rb", `puma -C config/puma.rb ${args}`);
    expect(importTexts({ "web.service": text }).program).toContain(prop);
  });

  test("an environment that two ways say apart is said in both", () => {
    const text = `${SERVICE.trimEnd()} -e production\nEnvironment=RAILS_ENV=staging\n`;
    const { program } = importTexts({ "web.service": text });
    expect(program).toContain('environment: { RAILS_ENV: "staging", RACK_ENV: "production" },');
  });

  test("TLS of a socket's bind is said by Puma's own option", () => {
    const program = withSocket(
      "ListenStream=0.0.0.0:443\nListenStream=0.0.0.0:80",
      " -b 'ssl://0.0.0.0:443?key=k&cert=c' -b tcp://0.0.0.0:80",
    );
    expect(program).toContain('binds: [Bind.ssl(443, { key: "k", cert: "c" }), Bind.tcp(80)],');
  });
});

describe("all else is a raw directive", () => {
  test.each([
    ["LimitNOFILE=65536", "LimitNOFILE: 65536"],
    ["UMask=0027", 'UMask: "0027"'],
    ["CapabilityBoundingSet=", 'CapabilityBoundingSet: ""'],
    ["ExecStartPre=/bin/a\nExecStartPre=-/bin/b \\\n  # c\n  -x", 'ExecStartPre: ["/bin/a", "-/bin/b'],
    ["ExecStartPre=/bin/a\nExecStartPre=\nExecStartPre=/bin/b", 'ExecStartPre: "/bin/b"'],
    ["SyslogIdentifier=%n", 'SyslogIdentifier: "%n"'],
  ])("%j", (lines, raw) => {
    expect(programOf(lines)).toContain(raw);
  });

  test("what the library writes anyhow is not repeated", () => {
    const { program } = importTexts({
      "web.service": `[Unit]\nAfter=network.target\n${SERVICE}Type=simple\nRestart=always\n[Install]\nWantedBy=multi-user.target\n`,
    });
    expect(program).not.toContain("directives");
  });

  test("a list that has to keep what the library writes is added to it", () => {
    const texts = {
      "web.service": `[Unit]\nRequires=db.service\n${SERVICE}`,
      "web.socket": "[Socket]\nListenStream=80\n",
    };
    expect(importTexts(texts).program).toContain('Requires: ["db.service"]');
  });
});

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
  });

  test("are named where a line of theirs is left away", () => {
    const others = { ...texts, "override.conf": "[Service]\nPIDFile=/run/a.pid\n" };
    expect(notesOf(importTexts(others))).toContainEqual(
      expect.stringMatching(/^override.conf:2 PIDFile: leave it away/),
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
    ["Type=forking", 4, "Type", "stays in the foreground"],
    ["TimeoutStartSec=infinity", 4, "TimeoutStartSec", "an apply has to know when a start has failed"],
    ["KillMode=process", 4, "KillMode", "another KillMode="],
    ["Backlog=3", 4, "Backlog", "belongs"],
  ])("%j", (lines, line, part, reason) => {
    const make = () => importTexts({ "web.service": `${SERVICE}${lines}\n` });
    if (reason === "belongs") return expect(make).toThrow("web.service:4: Backlog= belongs to [Socket]");
    const result = make();
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

  test("the lines of a second socket", () => {
    const sockets = { "a.socket": "[Socket]\nListenStream=80\n", "b.socket": "[Socket]\nListenStream=81\n" };
    const result = importTexts({ "web.service": SERVICE, ...sockets });
    expect(notesOf(result)).toEqual(["b.socket:2 ListenStream: a PumaService takes one PumaSocket"]);
    expect(result.program).toContain('name: "a",');
  });
});

test("no secret is in a program, whatever it is in", () => {
  const { program } = importTexts({
    "web.service":
      `${SERVICE.trimEnd()} --control-token hidden1\n` +
      "Environment=A=1 API_TOKEN=hidden2 'URL=redis://x:hidden3@h/0'\nEnvironment=MASTER_KEY=\n",
  });
  expect(program).not.toContain("hidden");
  expect(program).toContain('environment: { A: "1", MASTER_KEY: "" },');
  expect(program).toContain("//   - [Service] Environment=API_TOKEN=…");
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
    expect(program).toContain(`is a template: this is its instance "${name}"`);
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
    [`${SERVICE}User=a:b\n`, `web.service:4: User= must not contain ':' or '/', got "a:b"`],
    [`${SERVICE}User={{ app_user }}\n`, "web.service:4: User= has the placeholder {{ app_user }}"],
    ["[Sevice]\nExecStart=/bin/puma\n", "web.service:2: stands in [Sevice]; did you mean [Service]?"],
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
