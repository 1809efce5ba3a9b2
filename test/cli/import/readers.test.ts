import { importTexts } from "./imported";

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
    ["ListenStream=%t/%p/puma.sock", 'Bind.unix("/run/web/puma.sock")'],
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
    [
      "-b 'ssl://0.0.0.0:443?key=k&cert=c&no_tlsv1_1=true&ssl_cipher_filter=HIGH&low_latency=false'",
      'cert: "c", noTlsv11: true, sslCipherFilter: "HIGH", lowLatency: false })',
    ],
    [
      "-b 'ssl://0.0.0.0:443?key=k&cert=c&verify_mode=peer&ca=a&verification_flags=CRL_CHECK,CRL_CHECK_ALL'",
      'ca: "a", verificationFlags: ["CRL_CHECK", "CRL_CHECK_ALL"] })',
    ],
    ["-b tcp://0.0.0.0:80?low_latency", "binds: [Bind.tcp(80, { lowLatency: true })],"],
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

  test.each(["backlog=64", "low_latency=false", "backlog=64&low_latency=false&reuse=dflt"])(
    "but for what systemd says of the socket: %s",
    (options) => {
      const program = withSocket("ListenStream=443", ` -b 'ssl://[::]:443?key=k&${options}&cert=c'`);
      expect(program).toMatch(
        /binds: \[Bind.ssl\(443, { address: "::", key: "k",( reuse: "dflt",)? cert: "c" }\)\],/,
      );
    },
  );
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

  test("nor is it in a list", () => {
    const texts = {
      "web.service": `[Unit]\nRequires=web.socket\n${SERVICE}`,
      "web.socket": "[Socket]\nListenStream=80\n",
    };
    expect(importTexts(texts).program).not.toContain("Requires");
  });

  test("what the other unit says is", () => {
    const texts = {
      "web.service": `[Unit]\nDescription=a\n${SERVICE}`,
      "web.socket": "[Unit]\nDescription=a\n[Socket]\nListenStream=80\n",
    };
    expect(importTexts(texts).program.match(/Description: "a"/g)).toHaveLength(2);
  });

  test("a list that has to keep what the library writes is added to it", () => {
    const texts = {
      "web.service": `[Unit]\nRequires=db.service\n${SERVICE}`,
      "web.socket": "[Socket]\nListenStream=80\n",
    };
    expect(importTexts(texts).program).toContain('Requires: ["db.service"]');
  });
});
