/** Files that come with a service: checked before, put back with it, and never another's. */
import { Bind, ManagedFile, PumaConfig, type PumaConfigOptions, Restart } from "../../lib";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { EACH, everything, rendered } from "../puma/configs";
import { all, eachDayOn, everywhere, get, invocation, onEach, PUMA, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** The oldest Puma and systemd know least of what is asked here. */
const at = setUpHosts(eachDayOn(["bullseye"]));

interface Files {
  readonly config?: PumaConfigOptions;
  readonly greeting?: string;
  readonly notes?: string;
  readonly rehearse?: boolean;
  readonly takeOver?: boolean;
  readonly more?: ManagedFile[];
}

const web =
  ({ config, greeting = "hello", notes = "one", rehearse = false, takeOver, more = [] }: Files): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", {
      binds: [Bind.tcp(9292)],
      restart: Restart.hot({ rehearse }),
      takeOver,
      files: [
        ManagedFile.pumaConfig(PumaConfig.of({ workers: 1, ...config })),
        ManagedFile.environment({ GREETING: greeting }),
        ...more,
        ManagedFile.file("/etc/notes/web.txt", { content: notes, effect: "none" }),
      ],
    });

const said = (output: string, { name }: FleetHost): string =>
  outputOf(output, `null_resource.puma_web_on_${name}`);

const onHosts = (script: string): Promise<Record<string, string>> =>
  onEach(at.hosts, (host) => says(host, script));

const starts = (): Promise<Record<string, string>> =>
  onEach(at.hosts, (host) => invocation(host, "web.service"));

/** What there is of the service's files. */
const FILES = "cat /etc/puma/web.rb /etc/puma/web.env /etc/notes/web.txt; ls -A /etc/puma /etc/notes";
const workers = (): Promise<Record<string, string>> => onHosts("pgrep -cf '^puma: cluster worker'");

/** Values that Ruby could take for more than a value. */
const HOSTILE = [
  "#{exit 1} #$0 #@a",
  '"; exit 1; "',
  `'\\ " \\"`,
  "a\nexit 1\r\n\t\u001b",
  "é 🂡 \u2028 \u007f",
];

test("what the library knows of each Puma, that Puma takes", async () => {
  const load = `c = Puma::Configuration.new({ config_files: ["/tmp/a.rb"] }, {}); c.load; c.clamp; puts c.options[:tag]`;
  const takes = async (host: FleetHost): Promise<string> => {
    await host.write("/tmp/a.rb", everything(PUMA[host.release]));
    return says(
      host,
      `cd /srv/app/current && ruby -r puma -r puma/cli -r puma/configuration -e '${load}' 2>&1 | tail -n 1`,
    );
  };
  expect(await onEach(at.hosts, takes)).toEqual(all(at.hosts, String(EACH.tag).trimEnd()));
});

test("a value is that value to Ruby, whatever is in it", async () => {
  const lines = HOSTILE.map((tag) => rendered({ tag }, "6.6").split("\n")[2]);
  const program = `require "json"; def tag(text) puts JSON.generate(text.b.bytes) end\n${lines.join("\n")}\n`;
  await onEach(at.hosts, (host) => host.write("/tmp/b.rb", program));
  expect(await onHosts("env -i /usr/bin/ruby /tmp/b.rb")).toEqual(
    all(at.hosts, HOSTILE.map((text) => JSON.stringify([...Buffer.from(text)])).join("\n")),
  );
});

test("they come with the service, for its group and no one else", async () => {
  await at.workspace.apply(web({ greeting: 'a "b" $c `d` \\ é' }));
  expect(await onHosts("cd /etc && stat -c '%n %a %U:%G' puma/* notes/*")).toEqual(
    all(at.hosts, "puma/web.env 600 root:root\npuma/web.rb 640 root:deploy\nnotes/web.txt 640 root:deploy"),
  );
  expect(await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9292/env?GREETING"))).toEqual(
    all(at.hosts, 'a "b" $c `d` \\ é'),
  );
  expect(await onHosts("find /var/lib/cdktf-puma/web -name '*web.env' ! -perm 600")).toEqual(
    all(at.hosts, ""),
  );
});

test("a changed configuration restarts Puma, another file does not", async () => {
  const output = await at.workspace.apply(web({ config: { workers: 2 } }));
  for (const host of at.hosts)
    expect(said(output, host)).toContain("restarting web.service: /etc/puma/web.rb changed");
  expect(await workers()).toEqual(all(at.hosts, "2"));
  const restarted = await starts();
  await at.workspace.apply(web({ config: { workers: 2 }, notes: "two" }));
  expect(await starts()).toEqual(restarted);
  expect(await onHosts("cat /etc/notes/web.txt")).toEqual(all(at.hosts, "two"));
});

test("one that Puma does not load is refused, with its own words", async () => {
  const before = [await starts(), await onHosts(FILES)];
  const output = await at.workspace.applyInVain(web({ config: { lines: ["", "no_such_method 1"] } }));
  for (const host of at.hosts) {
    expect(said(output, host)).toMatch(
      /Puma does not load \/etc\/puma\/web\.rb: line 5: undefined method ['`]no_such_method' .*\(NoMethodError\) \('files'\)/,
    );
    expect(said(output, host)).toContain("nothing was changed");
  }
  expect([await starts(), await onHosts(FILES)]).toEqual(before);
  const syntax = await at.workspace.applyInVain(web({ config: { lines: ["before_fork {"] } }));
  for (const host of at.hosts) expect(said(syntax, host)).toMatch(/web\.rb: .*syntax.*\(SyntaxError\)/);
});

/** It loads, and ends Puma as it boots. */
const BROKEN = { workers: 2, lines: ["before_fork { exit! 1 }"] };

test.each([false, true])("one that does not boot leaves the old one (rehearsed: %s)", async (rehearse) => {
  const before = await onHosts(FILES);
  const started = await starts();
  const output = await at.workspace.applyInVain(web({ config: BROKEN, notes: "four", rehearse }));
  for (const host of at.hosts) {
    expect(said(output, host)).toContain("FAILED on");
    expect(said(output, host).includes("in a rehearsal that no request of a user met")).toBe(rehearse);
  }
  expect(await onHosts(FILES)).toEqual(before);
  expect(await workers()).toEqual(all(at.hosts, "2"));
  if (rehearse) expect(await starts()).toEqual(started);
});

test("files that are declared no more go", async () => {
  await at.workspace.apply((stack) =>
    everywhere(stack, at.hosts, "web", { binds: [Bind.tcp(9292)], configFile: false }),
  );
  expect(await onHosts("ls -d /etc/puma /etc/notes/* 2>&1 | grep -v 'No such'")).toEqual(all(at.hosts, ""));
});

test("a file of others is not overwritten", async () => {
  await onHosts("echo theirs >/etc/notes/web.txt");
  const more = [ManagedFile.file("/srv/app/shared.yml", { content: "" })];
  const output = await at.workspace.applyInVain(web({ more }));
  for (const host of at.hosts) {
    expect(said(output, host)).toContain("/etc/notes/web.txt was not written by this service");
    expect(said(output, host)).toContain(
      "/srv/app belongs to deploy: root puts /srv/app/shared.yml there, wherever a link leads",
    );
  }
  expect(await onHosts("cat /etc/notes/web.txt")).toEqual(all(at.hosts, "theirs"));
});

test("unless that is asked for; a rehearsal has files in their places that are not there yet", async () => {
  const output = await at.workspace.apply(web({ takeOver: true, rehearse: true }));
  for (const host of at.hosts) expect(said(output, host)).toContain("rehearsing the new version");
  expect(await workers()).toEqual(all(at.hosts, "1"));
  expect(await onHosts("cat /etc/notes/web.txt /var/backups/cdktf-puma/web.txt")).toEqual(
    all(at.hosts, "one\ntheirs"),
  );
});

test("they go with the service", async () => {
  await at.workspace.destroy();
  expect(await onHosts("ls -d /etc/puma /etc/notes/* 2>&1 | grep -v 'No such'")).toEqual(all(at.hosts, ""));
});
