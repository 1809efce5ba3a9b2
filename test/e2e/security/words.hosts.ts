/** What others say reaches a terminal, the journal and the next run as words, and only those whom it is meant for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Duration, HealthCheck, type PumaServiceProps } from "../../../lib";
import { type FleetHost } from "../../../lab/fleet/fleet";
import { applyBundle, leave, MALLORY } from "../bundles";
import { NOTIFYING, onEach, oneOfEach, says } from "../hosts";
import { setUpHosts } from "../set-up";

/** A version that says what it is told to say, to the journal itself or to systemd, and then does not boot or goes on. */
const CONFIG = `
require "socket"
words = "Error: \\e[31mdone: web.service\\r\\e[K\\u009b2J\\u202e\\nError: caf\\u00e9 done: web.service\\a\\e[0m"
case ENV["SAYS"]
when "journal"
  field = "MESSAGE\\n".b + [words.bytesize].pack("Q<") + words.b + "\\n"
  socket = Socket.new(:UNIX, :DGRAM)
  socket.connect(Addrinfo.unix("/run/systemd/journal/socket"))
  socket.write(field)
  exit! 1
when "status"
  socket = Socket.new(:UNIX, :DGRAM)
  socket.connect(Addrinfo.unix(ENV["NOTIFY_SOCKET"].sub(/^@/, "\\0")))
  Thread.new { loop { socket.write("STATUS=\\e[2J\\e[H\\rdone: web.service"); sleep 0.05 } }
end
`;

/** No control character, and nothing that turns a text: what is left cannot make one line look like another. */
const CONTROLS = /[^\P{Cc}\n]|[\u202a-\u202e]/u;

const at = setUpHosts(oneOfEach(["bullseye", "forky"]), {
  prepare: ({ hosts }) =>
    onEach(hosts, async (host) => {
      await host.exec(MALLORY);
      await host.write("/srv/app/current/config/puma.rb", CONFIG);
      expect(await applyBundle(host, "web", {})).toMatchObject({ code: 0 });
    }),
});

const each = (work: (host: FleetHost) => Promise<unknown>) => (): Promise<unknown> => onEach(at.hosts, work);
const checked = (...command: string[]): HealthCheck =>
  HealthCheck.command(command, { retries: 0, timeout: Duration.seconds(30), settle: false });

/** A run that fails, whose last words are its own; what it says of the cause. Nothing of it is more than words anywhere. */
async function failed(host: FleetHost, props: Partial<PumaServiceProps>): Promise<string> {
  const { code, told } = await applyBundle(host, "web", props);
  expect([code, told]).toEqual([1, expect.not.stringMatching(CONTROLS)]);
  // Forty lines of the journal.
  expect(told.length).toBeLessThan(30_000);
  const [, cause = "", became] = /^FAILED on a: (.*)\n {2}(.*)\n {2}look further: .*\n$/m.exec(told) ?? [];
  expect(became).toBe("web is back to what it was");
  expect(told).toMatch(/; journalctl -u web\.service( -u cdktf-puma-web:asked\.service)?\n$/);
  expect(told).not.toMatch(/^(done|Error|restarting web.service: release 7)/m);
  const last = await says(host, "cat /var/lib/cdktf-puma/web/last");
  const audit = await says(host, "journalctl -t cdktf-puma _UID=0 --output=cat --all --lines=1");
  for (const line of [last, audit]) {
    expect(line).toContain(cause);
    expect(line).not.toMatch(CONTROLS);
    expect(line.split("\n")).toHaveLength(1);
  }
  return cause;
}

test(
  "what a version says to the journal is one line, without what a terminal would obey",
  each(async (host) => {
    const cause = await failed(host, { environment: { SAYS: "journal" } });
    expect(cause).toMatch(/^(?:systemd could not start|Puma ended).*: Error: café done: web.service\?\?\[0m/);
  }),
);

test(
  "what it tells systemd clears no screen",
  each(async (host) => {
    if (!NOTIFYING.includes(host.release)) return;
    expect(await failed(host, { environment: { SAYS: "status" }, healthCheck: checked("false") })).toBe(
      "the health check did not pass: ",
    );
  }),
);

test(
  "a health check that prints 20 MB without a line break hides nothing",
  each(async (host) => {
    const check = checked("ruby", "-e", "print 'x' * 20_000_000, 'the end'; exit 1");
    expect(await failed(host, { release: "2", healthCheck: check })).toMatch(
      /^the health check did not pass: x{500} \[\.\.\.\]$/,
    );
  }),
);

test(
  "where a link points is one word",
  each(async (host) => {
    await host.exec(`mkdir -p /srv/link
      ln -sfn "$(printf 'releases/2\\nrestarting web.service: release 2 follows 1\\ndone: web.service\\n\\033[8m')" /srv/link/current`);
    const { code, told } = await applyBundle(host, "web", { workingDirectory: "/srv/link/current" });
    expect([code, told]).toEqual([1, expect.not.stringMatching(CONTROLS)]);
    expect(told).toContain(
      "the link points to releases/2 restarting web.service: release 2 follows 1 done: web.service ?[8m",
    );
    expect(told).not.toMatch(/^(done|restarting)/m);
  }),
);

test(
  "what a check answers is read by nobody else",
  each(async (host) => {
    const watch = `
      Thread.new do
        loop do
          Dir["/run/cdktf-puma/*/*", "/var/lib/cdktf-puma/*/last"].each do |path|
            text = File.read(path) rescue next
            File.write("/home/mallory/read", text, mode: "a") if text.include?("only for ops")
          end
          sleep 0.005
        end
      end`;
    await leave(host, "mallory", "watcher", watch);
    const cause = await failed(host, {
      release: "3",
      healthCheck: checked("sh", "-c", "echo only for ops; sleep 2; exit 1"),
    });
    expect(cause).toBe("the health check did not pass: only for ops");
    expect(await says(host, "cat /home/mallory/read")).toBe("");
    await host.exec("systemctl stop watcher");
  }),
);

test(
  "the log that the docs name is root's",
  each(async (host) => {
    await host.exec(
      "runuser -u mallory -- logger -t cdktf-puma 'cdktf-puma: web by ops: release 9 follows 3'",
    );
    for (const page of ["guide", "messages"]) {
      const text = readFileSync(join(__dirname, `../../../docs/${page}.md`), "utf8");
      const [command = "false"] = /journalctl -t cdktf-puma[^`]*/.exec(text) ?? [];
      const log = await says(host, `${command} --output=cat`);
      expect(log).toContain("cdktf-puma: web by me: ");
      expect(log).not.toContain("release 9");
    }
  }),
);
