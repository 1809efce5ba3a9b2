/** What docs/on-call.md shows, on a real host: `WRITE_GOLDEN=true` writes it there anew. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bind, HealthCheck, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { changesOf, outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { eventually, everywhere, says } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";

const PAGE = join(__dirname, "../../docs/on-call.md");
const PAGER = "[Service]\nType=oneshot\nExecStart=/bin/true\n";
const CONFIG = `raise KeyError, 'key not found: "DATABASE_URL"' if File.exist?("/srv/app/broken")\n`;

/** Certificates that have expired, and that have not. */
const certificate = (until: string): string =>
  `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=blog.example.org -keyout /etc/app/key.pem -out /etc/app/cert.pem \\
    -not_before 20200101000000Z -not_after ${until} 2>/dev/null && chown deploy /etc/app/*.pem`;

const at = setUpHosts([{ name: "web1", release: "trixie" }], {
  prepare: async ({ workspace }) => {
    await host().write("/etc/systemd/system/page.service", PAGER);
    await host().write("/srv/app/current/config/puma.rb", CONFIG);
    await host().exec(certificate("20261101000000Z"));
    await workspace.apply(web());
  },
});

const web =
  (props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", {
      ...(props.binds ? {} : { socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }) }),
      restart: Restart.overlap(),
      healthCheck: HealthCheck.http("/", { settle: false }),
      alarm: "page.service",
      release: "41",
      deployedBy: "ada, 3f2c1ab9",
      ...props,
    });

const host = (): FleetHost => at.hosts[0] as FleetHost;

/** What differs from run to run. */
function withoutChance(text: string): string {
  return text
    .replace(/\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\b/g, "DATE")
    .replace(/^\w{3} \d\d \d\d:\d\d:\d\d /gm, "DATE ")
    .replace(/\b10\.\d+\.\d+\.\d+\b/g, "ADDRESS")
    .replace(/\b[0-9a-f]{12}\b/g, "HASH")
    .replace(/\[\d+\]/g, "[PID]")
    .replace(/\b\d+ (times|s|KB|MB)\b/g, "N $1")
    .replace(/Mon|Tue|Wed|Thu|Fri|Sat|Sun/g, "DAY");
}

/** As the page has it: the name of the host's engineer for the address of this machine. */
const forPeople = (text: string): string =>
  text.replace(/ from 10\.\d+\.\d+\.\d+/g, " from 10.0.0.5").trimEnd();

/** A row of evidence: what is wrong, and the line of what is said that tells it. */
function note(what: string, said: string, line: RegExp): void {
  const [told = ""] = line.exec(said) ?? [];
  expect(told).not.toBe("");
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${what} | \`${told}\` |\n`);
}

/** Holds what is seen against a block of the page, which stands behind a comment with its name. */
function expectShown(name: string, text: string): void {
  const seen = forPeople(text);
  const page = readFileSync(PAGE, "utf8");
  const block = new RegExp(`(<!-- shown: ${name} -->\n\n\`\`\`text\n)([^]*?)(\`\`\`\n)`);
  if (process.env.WRITE_GOLDEN === "true")
    writeFileSync(
      PAGE,
      page.replace(block, (_, before: string, __, after: string) => `${before}${seen}\n${after}`),
    );
  const [, , shown = ""] = block.exec(readFileSync(PAGE, "utf8")) ?? [];
  expect(withoutChance(shown)).toBe(`${withoutChance(seen)}\n`);
}

const asked = (command: string): Promise<string> => says(host(), `sudo -u ops ${command} 2>&1`);
const status = (): Promise<string> => asked("sudo cdktf-puma status web");

/** The end of what is printed, from the line that begins so. */
const from = (text: string, beginning: string): string => text.slice(text.indexOf(beginning));

test("all is well", async () => {
  await eventually("that Puma has said how it is", async () => (await status()).includes("threads busy"));
  expectShown("well", await status());
  expect(await says(host(), "systemctl status --no-pager web")).toMatch(
    /cdktf-puma\[\d+\]: cdktf-puma: web by ada, 3f2c1ab9 \(ops from \S+\): web.socket is new; from nothing to /,
  );
});

test("who deploys is nothing that a plan sees", async () => {
  expect(changesOf(await at.workspace.plan(web({ deployedBy: "ben, 77aa01bc" })))).toEqual([]);
});

test("a deploy failed", async () => {
  await host().exec(
    "cd /srv/app && cp -a releases/1 releases/42 && echo 'raise %q(no such table: users)' >releases/42/config.ru",
  );
  await host().exec("ln -sfn releases/42 /srv/app/current");
  const said = await at.workspace.applyInVain(web({ release: "42" }));
  expectShown("failed-apply", from(outputOf(said, "null_resource.puma_web_on_web1"), "FAILED on"));
  const seen = await status();
  expectShown("failed-status", seen);
  note("a deploy failed", seen, /failed: the new version .*: ! .*(?=; nothing)/);
});

test("a bad release was linked", async () => {
  expectShown("bad-link", from(await asked("sudo cdktf-puma restart web"), "FAILED on"));
  const [leads = ""] = /^.* leads to .*$/m.exec(await status()) ?? [];
  expectShown("linked", leads);
  await host().exec("systemctl restart --no-block web.service");
  await eventually("that it crashes", async () => /^it crashed/m.test(await status()));
  expect(await status()).toContain(`\nrelease 41, last healthy in /srv/app/releases/1\n`);
  expect(await status()).toContain(`\n${leads}\n`);
  note("a bad release is linked", leads, /leads to .* by now/);
  await host().exec("ln -sfn releases/1 /srv/app/current");
  await asked("sudo cdktf-puma restart web");
  expect(await status()).not.toContain("leads to");
  expectShown("good-link", await asked("sudo cdktf-puma restart web"));
});

test("Puma crashes again and again", async () => {
  await host().exec("touch /srv/app/broken; systemctl restart --no-block web.service");
  let seen = "";
  await eventually("that it waits, and somebody is told", async () => {
    seen = await status();
    return /crashed [4-9] times[^]*starts it again[^]*page.service was started/.test(seen);
  });
  expectShown("crashes", seen);
  note("Puma crashes again and again", seen, /crashed \d+ times in a row/);
  expect(await says(host(), "journalctl -q --no-pager -u web")).toContain(
    "times in a row: 'sudo cdktf-puma status web' says why, /var/lib/cdktf-puma/web/on-call.txt what to do",
  );
  await host().exec("rm /srv/app/broken; systemctl restart web.service");
  expect(await status()).toMatch(/^asked now, .* is healthy/m);
  expect(await status()).not.toContain("crashed");
});

test("the disk is full", async () => {
  const state = "/var/lib/cdktf-puma";
  await host()
    .exec(`cp -a ${state} /root/kept && mount -t tmpfs -o size=2m tmpfs ${state} && cp -a /root/kept/. ${state}/
    dd if=/dev/zero of=${state}/.full bs=4k 2>/dev/null || :`);
  const said = await at.workspace.applyInVain(web({ release: "43" }));
  expectShown("full", from(outputOf(said, "null_resource.puma_web_on_web1"), "FAILED on"));
  note("the disk is full", said, /there is no room left in .*/);
  expect(await status()).toMatch(/^asked now, .* is healthy/m);
  await host().exec(`umount ${state}`);
  await at.workspace.apply(web({ release: "43", environment: { RAILS_LOG_LEVEL: "debug" } }));
});

test("one goes back", async () => {
  expectShown("history", await asked("sudo cdktf-puma history web"));
  expectShown("rollback", await asked("sudo cdktf-puma rollback web"));
  const [told = ""] = /^it was rolled back .*$/m.exec(await status()) ?? [];
  expectShown("rolled-back", told);
  note("a deploy was bad", told, /it was rolled back to the generation/);
});

test("somebody has locked it", async () => {
  const lock =
    "by=anna, as ops from 10.0.0.5\\nsince=2026-11-27 09:12:33\\nwhy=the database moves until noon\\n";
  await host().exec(`printf '${lock}' >/var/lib/cdktf-puma/web/locked`);
  expect(await status()).toMatch(/^locked by anna/m);
  const said = await asked("sudo cdktf-puma restart web");
  expectShown("locked", said);
  note("somebody has locked it", said, /is locked here by anna/);
  await asked("sudo rm /var/lib/cdktf-puma/web/locked");
  expect(await asked("sudo cdktf-puma restart web")).toMatch(/^done: /m);
});

test("a certificate has expired", async () => {
  const ssl = {
    binds: [Bind.ssl(9292, { key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" })],
  };
  await at.workspace.apply(web({ ...ssl, restart: Restart.hot() }));
  const until = "echo | openssl s_client -connect localhost:9292 2>/dev/null | openssl x509 -noout -enddate";
  const expired = await says(host(), until);
  expectShown("expired", expired);
  note("a certificate has expired", expired, /notAfter=.*/);
  await host().exec(certificate("20361101000000Z"));
  expect(await says(host(), until)).toContain("2026 GMT");
  await asked("sudo cdktf-puma restart web");
  expectShown("renewed", await says(host(), until));
  await at.workspace.apply(web());
});

test("a host was reinstalled", async () => {
  await host().exec(`systemctl disable --now web.socket web.service
    rm -rf /etc/systemd/system/web.* /var/lib/cdktf-puma /usr/local/sbin/cdktf-puma; systemctl daemon-reload`);
  note("a host was reinstalled", await status(), /cdktf-puma: command not found/);
  expect(await at.workspace.apply(web())).toMatch(/No changes/);
  const said = await at.workspace.apply(web(), ["-replace=null_resource.puma_web_on_web1"]);
  expectShown("reinstalled", from(outputOf(said, "null_resource.puma_web_on_web1"), "web.socket"));
  expect(await status()).toMatch(/^asked now, .* is healthy/m);
});
