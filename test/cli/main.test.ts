import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../lib/cli/main";

const SERVICE = "[Service]\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Calls the command line. */
async function call(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await main(words, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

function write(name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test.each([
  ["nobody reads", "| true", ""],
  ["the disk is full", ">/dev/full", "cdktf-puma: ENOSPC: no space left on device, write\n"],
])("it ends quietly where %s", (_, goesTo, told) => {
  const command = join(__dirname, "cdktf-puma.ts");
  const { stderr, error } = spawnSync("sh", ["-c", `npx tsx ${command} import --help ${goesTo}`], {
    encoding: "utf8",
  });
  expect({ stderr, error }).toEqual({ stderr: told, error: undefined });
});

test.each(["status", "restart"])("'%s' of a word says how services are named", async (command) => {
  const { code, err } = await call(command, "web");
  expect({ code, err }).toMatchObject({
    code: 2,
    err: expect.stringMatching(/too many arguments/) as string,
  });
  expect(err).toMatch(
    new RegExp(`\\nservices are named by --services, hosts by --hosts: see ${command} --help\\n$`),
  );
});

describe("files", () => {
  test("a program goes to standard output, and what was read to standard error", async () => {
    const file = write("a/web.service", `${SERVICE}PIDFile=/run/a.pid\nEnvironment=RACK_ENV=a\n`);
    const { code, out, err } = await call("import", file);
    expect(code).toBe(0);
    expect(out).toMatch(/^\/\/ Made from web.service .*\nimport .*\n/);
    expect(out).toContain('new PumaService(stack, "web", {');
    expect(err).toBe(
      `cdktf-puma: read ${file}: 1 left away, 0 said otherwise; the reasons are in the program\n`,
    );
  });

  test("its socket and the drop-ins of both are read beside it", async () => {
    const file = write("b/web.service", SERVICE);
    const others = [
      write("b/web.socket", "[Socket]\nListenStream=80\n"),
      write("b/web.service.d/a.conf", "[Service]\nUser=app\n"),
      write("b/web.socket.d/b.conf", "[Socket]\nBacklog=64\n"),
    ];
    write("b/web.service.d/README", "no unit");
    const { out, err } = await call("import", file);
    for (const text of ['user: "app"', "backlog: 64", "new PumaSocket("]) expect(out).toContain(text);
    for (const path of [file, ...others]) expect(err).toContain(path);
    expect((await call("import", others[0] ?? "")).out).toBe(out);
  });

  test.each([
    ["none.service", undefined, "none.service: no such file"],
    [
      "web.target",
      "[Unit]\n",
      "web.target: is neither a .service nor a .socket, nor a drop-in of one (.conf)",
    ],
    ["lone.socket", "[Socket]\n", "no .service is among the files: import it together with its .socket"],
    [
      "bad.service",
      `${SERVICE}Restar=no\n`,
      "bad.service:4: systemd knows no Restar= in [Service]; did you mean Restart=?",
    ],
  ])("%s is refused", async (name, text, message) => {
    const path = text === undefined ? join(folder, name) : write(name, text);
    const { code, out, err } = await call("import", path);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toBe(
      `cdktf-puma: ${message.startsWith(name) && !/:\d/.test(message) ? `${folder}/` : ""}${message}\n`,
    );
  });
});

describe("a wrong call", () => {
  test.each([
    [[], "Usage: cdktf-puma"],
    [["import"], "error: missing required argument 'file'"],
    [["export", "a"], "error: unknown command 'export'"],
    [["import", "--hots", "a", "b"], "error: unknown option '--hots'"],
    [
      ["import", "--host", "-oProxyCommand=id", "web"],
      "error: --host has to be [USER@]ADDRESS, got '-oProxyCommand=id'",
    ],
    [["import", "--host", "a b", "web"], "error: --host has to be [USER@]ADDRESS"],
    [["import", "--host", "a", "web';id;'"], "error: with --host, name one unit, got 'web';id;''"],
    [["import", "--host", "a", "--", "-web"], "error: with --host, name one unit, got '-web'"],
    [["import", "--host", "a", "web", "api"], "error: with --host, name one unit, got 'web api'"],
    [["list", "--host", "a b"], "error: --host has to be [USER@]ADDRESS, got 'a b'"],
    [["remove", "web"], "error: required option '--owner <stack>' not specified"],
    [["remove", "--owner", "blog"], "error: missing required argument 'service'"],
    [["import", "--instance", "a b", "web@.service"], "error: --instance has to be a name, got 'a b'"],
  ])("%j is told, and ends with 2", async (words, message) => {
    const { code, out, err } = await call(...words);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });

  test("help is none", async () => {
    const { code, out, err } = await call("import", "--help");
    expect([code, err]).toEqual([0, ""]);
    for (const text of ["--host <login>", "--instance <name>", "Exit codes: 0, 1"])
      expect(out).toContain(text);
  });
});

describe("a host", () => {
  const { PATH } = process.env;
  beforeAll(() => {
    // Instead of a connection: what sshd does with the last word.
    write(
      "bin/ssh",
      `#!/bin/sh\nprintf '%s\\n' "$@" >${folder}/asked\nfor word; do :; done\nexec sh -c "$word"\n`,
      0o755,
    );
    process.env.PATH = `${join(folder, "bin")}:${PATH}`;
  });
  afterAll(() => (process.env.PATH = PATH));

  const systemctl = (script: string): string => write("bin/systemctl", `#!/bin/sh\n${script}\n`, 0o755);
  const cat = (name: string, output: string): string =>
    `[ "$4" != ${name} ] || { cat <<'E'\n${output}\nE\nexit 0\n}`;

  test("tells its units, with their drop-ins", async () => {
    const service = `# /etc/systemd/system/web.service\n${SERVICE}\n# /run/systemd/system/service.d/x.conf\n[Service]\nUser=app\n# /etc/puma/a.conf\n`;
    const socket =
      "# /usr/lib/systemd/system/web.socket\n[Socket]\nListenStream=80\n\n# /etc/systemd/system/web.socket.d/b.conf\n[Socket]\nBacklog=64";
    systemctl(`${cat("web.service", service)}\n${cat("web.socket", socket)}\nexit 1`);
    const { code, out, err } = await call("import", "--host", "ops@10.0.1.11", "web");
    expect([code, err]).toEqual([0, expect.stringContaining("/run/systemd/system/service.d/x.conf")]);
    for (const text of ['user: "app"', "backlog: 64", 'new Host("web1", { address: "10.0.1.11", user: "ops"'])
      expect(out).toContain(text);
    expect(readFileSync(join(folder, "asked"), "utf8").split("\n").slice(0, 9)).toEqual([
      ...["-T", "-o", "ConnectTimeout=15"],
      ...["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=8", "--", "ops@10.0.1.11"],
    ]);
  });

  test("tells all sockets that start a service", async () => {
    const file = (name: string, port: number): string =>
      `# /etc/systemd/system/${name}.socket\n[Socket]\nListenStream=${port}\nService=web.service`;
    systemctl(`[ "$1" != show ] || { echo "web.socket admin.socket web.path"; exit 0; }
      ${cat("web.service", `# /etc/systemd/system/web.service\n${SERVICE}`)}
      ${cat("web.socket", file("web", 80))}\n${cat("admin.socket", file("admin", 81))}\nexit 1`);
    const { code, out } = await call("import", "--host", "web1", "web");
    expect(code).toBe(0);
    for (const text of ['Bind.tcp(80, { address: "::" })', 'Bind.tcp(81, { address: "::" })', "  sockets,"])
      expect(out).toContain(text);
  });

  test("whose files begin with their own paths tells them all the same", async () => {
    const service = `# /etc/systemd/system/web.service\n# /etc/systemd/system/web.service\n${SERVICE}\n# /etc/systemd/system/web.service.d/a.conf\n# /etc/systemd/system/web.service.d/a.conf\n[Service]\nUser=app\nLimitNofile=1`;
    systemctl(`${cat("web.service", service)}\nexit 1`);
    const { err } = await call("import", "--host", "web1", "web");
    expect(err).toContain("a.conf:4: systemd knows no LimitNofile=");
    systemctl(`${cat("web.service", service.replace("LimitNofile", "LimitNOFILE"))}\nexit 1`);
    expect((await call("import", "--host", "web1", "web")).out).toContain("LimitNOFILE: 1");
  });

  test("tells the instance of a template, which has no socket", async () => {
    const service = `# /etc/systemd/system/web@.service\n${SERVICE}SyslogIdentifier=%i\n\n# /etc/systemd/system/web@.service.d/a.conf\n[Service]\nUser=app`;
    systemctl(`${cat("web@blog.service", service)}\necho "No files found for $4." >&2\nexit 1`);
    const { out, err } = await call("import", "--host", "10.0.1.11", "web@blog.service");
    expect(err).toContain("read /etc/systemd/system/web@blog.service");
    for (const text of ['PumaService(stack, "web-blog"', 'SyslogIdentifier: "blog"', 'user: "app"'])
      expect(out).toContain(text);
    expect(out).toContain('{ address: "10.0.1.11", key: SshKey.agent() }');
  });

  test.each([
    ['echo "No files found for $4." >&2; exit 1', "No files found for web.service."],
    ["echo 'a\x1b[31m' >&2; exit 3", "a [31m"],
    ["exit 5", "ssh ended with 5"],
    ["exit 0", "systemctl cat web.service printed no file"],
  ])("that fails is named with the cause: %s", async (script, cause) => {
    systemctl(script);
    expect(await call("import", "--host", "ops@web1", "web")).toEqual({
      code: 1,
      out: "",
      err: `cdktf-puma: ops@web1: ${cause}\n`,
    });
  });

  test("without OpenSSH", async () => {
    const path = process.env.PATH;
    process.env.PATH = join(folder, "empty");
    const { code, err } = await call("import", "--host", "web1", "web");
    process.env.PATH = path;
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^cdktf-puma: web1: ssh could not be started: .*ENOENT/),
    ]);
  });
});
