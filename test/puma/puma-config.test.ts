import { Duration, ManagedFile, PumaConfig, type PumaConfigOptions } from "../../lib";
import { errorOf, newService, newStack } from "../stack";
import { EACH, everything, kept, rendered, VERSIONS } from "./configs";

test.each(VERSIONS)("what Puma %s has stands in the file", (version) => {
  expect(everything(version)).toBe(kept(version, everything(version)));
});

test("each option is in the file of one version at least", () => {
  const lines = new Set(VERSIONS.flatMap((version) => everything(version).split("\n")));
  const own = Object.keys(EACH).filter((name) => name !== "lines");
  for (const name of own) {
    const [line = ""] = rendered({ [name]: EACH[name as keyof PumaConfigOptions] }, versionFor(name))
      .split("\n")
      .slice(2);
    expect(lines).toContain(line);
  }
});

/** A version that has an option. */
const versionFor = (name: string): string => {
  if (name === "nakayoshiFork" || name === "maxFastInline") return "5.6";
  return name === "cleanThreadLocals" ? "6.6" : "8.0";
};

test.each<[string, PumaConfigOptions, version: string]>([
  [
    "'workerCheckInterval': must be left away before Puma 5.6, which has no worker_check_interval ('pumaVersion')",
    { workerCheckInterval: Duration.seconds(6) },
    "5.5",
  ],
  ["'maxIoThreads': must be left away before Puma 8.0", { maxIoThreads: 1 }, "7.2"],
  [
    "'maxFastInline': must be left away from Puma 7.0 on ('pumaVersion'): use 'maxKeepAlive'",
    { maxFastInline: 1 },
    "7.0",
  ],
  ["'maxFastInline': must be left away before Puma 5.1", { maxFastInline: 1 }, "5.0"],
  ["'nakayoshiFork': must be left away from Puma 6.0 on", { nakayoshiFork: true }, "6.0"],
  [
    "'remoteAddress.proxyProtocol': must be left away before Puma 5.5",
    { remoteAddress: { proxyProtocol: "v1" } },
    "5.4",
  ],
  [
    `'forceShutdownAfter': must be a whole number of seconds, got "1500ms"`,
    { forceShutdownAfter: Duration.milliseconds(1500) },
    "4.3",
  ],
])("%s", (message, options, version) => {
  const make = (): unknown =>
    newService(newStack(), {
      pumaVersion: version,
      files: [ManagedFile.pumaConfig(PumaConfig.of(options))],
    });
  expect(errorOf(make)).toContain(`PumaConfig.of ${message}`);
});

test("of a version that is not known, the host's own Puma tells", () => {
  const config = PumaConfig.of({ maxIoThreads: 1, nakayoshiFork: true });
  expect(config._render("web", undefined)).toContain("nakayoshi_fork true\nmax_io_threads 1\n");
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const any = (value: unknown): any => value;

test.each<[string, unknown]>([
  ["'workers': must be a whole number between 0 and 1024, got -1", { workers: -1 }],
  ["'threads.min': must be a whole number between 0 and 4, got 5", { threads: { min: 5, max: 4 } }],
  ["'preloadApp': must be one of true, false, got \"yes\"", { preloadApp: "yes" }],
  ["'tag': must be a string, got 5", { tag: 5 }],
  ["'tag': must not contain NUL", { tag: "a\0" }],
  ["'plugins[1]': must be a string, got 5", { plugins: ["a", 5] }],
  ["'workerTimeout': must be of the class Duration, got 60", { workerTimeout: 60 }],
  [
    `'workerTimeout': must be a whole number of seconds, got "1500ms"`,
    { workerTimeout: Duration.milliseconds(1500) },
  ],
  [`'workerCullingStrategy': must be one of youngest, oldest, got "all"`, { workerCullingStrategy: "all" }],
  ["'supportedHttpMethods': must name at least one method, each once", { supportedHttpMethods: ["A", "A"] }],
  ["'remoteAddress': must say one of 'header', 'proxyProtocol' and 'address'", { remoteAddress: {} }],
  ["'worker': must be left away, as nobody reads it; did you mean 'workers'?", { worker: 2 }],
  ["'lines': must be a list", { lines: "x" }],
  ["'lines[0]': must not contain a line break", { lines: ["a\nb"] }],
  [
    `'lines[0]': must be without bind: use 'socket' or 'binds' of the service, got " bind \\"tcp://0.0.0.0:1\\""`,
    { lines: [' bind "tcp://0.0.0.0:1"'] },
  ],
  ["'lines[0]': must be without port: use 'socket' or 'binds'", { lines: ["port ENV.fetch('PORT')"] }],
  ["'lines[0]': must be without clear_binds!: use 'socket'", { lines: ["clear_binds!"] }],
  ["'lines[0]': must be without environment: use 'rackEnv'", { lines: ['environment "production"'] }],
  ["'lines[0]': must be without directory: use 'workingDirectory'", { lines: ["directory('/srv')"] }],
  ["'lines[0]': must be without daemonize: use 'daemon'", { lines: ["daemonize true"] }],
  ["'lines[0]': must be without pidfile: use --pidfile in 'args'", { lines: ['pidfile "a"'] }],
  ["'lines[0]': must be without state_path: use --state in 'args'", { lines: ['state_path "a"'] }],
  ["'lines[0]': must be without stdout_redirect: use 'logs'", { lines: ['stdout_redirect "a"'] }],
  ["'lines[0]': must be without workers, as 'workers' says it", { workers: 2, lines: ["workers 3"] }],
])("%s", (message, options) => {
  expect(errorOf(() => PumaConfig.of(any(options)))).toContain(`PumaConfig.of ${message}`);
});

test.each([
  "port = 3000",
  "# port 3000",
  "workers ENV.fetch('WEB_CONCURRENCY')",
  "plugin :x",
  "environment_of_mine 1",
])("the line %p is taken", (line) => {
  expect(rendered({ lines: [line] }, "6.6")).toContain(`\n${line}\n`);
});

const HOSTILE = [
  `#{exit 1} #$0 #@a`,
  `"; exit 1; "`,
  "'\\' \\\" \\\\",
  "a\nexit 1\r\n\t\x00".replace("\0", ""),
  "é 🂡 \u2028 \u0085 \x7f \x1b",
  "=begin\n__END__\n%q(",
];

test("it is one line of ASCII that no string ends early", () => {
  for (const text of HOSTILE) {
    const [, , line = ""] = rendered({ tag: text }, "6.6").split("\n");
    expect(line).toMatch(/^tag "(?:[^"\\#\P{ASCII}\p{Cc}]|\\(?:["\\#nrt]|u\{[0-9a-f]+\}))*"$/u);
  }
});
