import { PumaCommand, Restart } from "../../../lib";
import { refusal, warnings } from "./refused";

const AT = "PumaService 'web' ";
const THRUST = { command: PumaCommand.executable("/usr/local/bin/thrust") };

test("Thruster in front takes systemd's sockets and notifications away", () => {
  expect(refusal({ service: THRUST, socket: {} })).toBe(
    `${AT}'command': must not be Thruster, behind which Puma gets no socket of systemd's: start Puma itself behind a proxy, ` +
      `or bind a port without a 'socket', got "/usr/local/bin/thrust"`,
  );
  expect(refusal({ service: { ...THRUST, pumaVersion: "6.6" } })).toContain(
    "behind which Puma gets nothing of Type=notify",
  );
  expect(refusal({ service: THRUST })).toBe("no error");
  const inShell = { command: PumaCommand.shell("cd /srv && exec bundle exec thrust bin/puma") };
  expect(refusal({ service: inShell, socket: {} })).toContain(
    "must not be Thruster, behind which Puma gets no socket",
  );
  expect(refusal({ service: { command: PumaCommand.executable("/opt/thrusters/puma") }, socket: {} })).toBe(
    "no error",
  );
});

const deny = (environment: Record<string, string>, MemoryDenyWriteExecute: string | boolean = true) => ({
  service: { environment, directives: { Service: { MemoryDenyWriteExecute } } },
});

test.each([
  ["RUBY_YJIT_ENABLE", "1"],
  ["RUBYOPT", "-W0 --yjit"],
  ["RUBYOPT", "--yjit-exec-mem-size=64"],
])("MemoryDenyWriteExecute= and %s=%s", (name, value) => {
  expect(refusal(deny({ [name]: value }))).toBe(
    `${AT}'directives.Service.MemoryDenyWriteExecute': must not stand beside 'environment.${name}': a Ruby that compiles as it ` +
      "runs is ended by it; leave one of the two away, got true",
  );
  expect(refusal(deny({ [name]: value }, "no"))).toBe("no error");
});

test("MemoryDenyWriteExecute= alone is warned of, as Rails turns YJIT on", () => {
  expect(warnings(deny({}))).toEqual([expect.stringContaining("Rails 7.2 and newer turn YJIT on unless")]);
  expect(warnings(deny({ RUBY_YJIT_ENABLE: "0" }))).toEqual([]);
  expect(warnings(deny({ RUBYOPT: "-W0" }, false))).toEqual([]);
});

test("a Puma that ends when nobody asks is started again for nothing", () => {
  const idle = (Restart = "always", args = ["--idle-timeout", "60"]) => ({
    service: { args, directives: { Service: { Restart } } },
  });
  expect(warnings(idle())).toEqual([
    `${AT}'args[0]': ends Puma when nobody asks, and Restart=always starts it again for nothing; say Restart=on-failure in ` +
      "'directives', with a 'socket'",
  ]);
  expect(warnings(idle("always", ["-q", "--idle-timeout=60"]))).toHaveLength(1);
  expect(warnings(idle("on-failure"))).toEqual([]);
});

test("jobs inside Puma run in candidates, and are not replaced one by one", () => {
  const environment = { SOLID_QUEUE_IN_PUMA: "1" };
  const path = `${AT}'environment.SOLID_QUEUE_IN_PUMA'`;
  expect(warnings({ service: { environment } })).toEqual([]);
  expect(warnings({ service: { environment, restart: Restart.hot({ rehearse: true }) } })).toEqual([
    `${path}: lets candidates run jobs, too, unless Puma's configuration file says plugin :solid_queue if ` +
      `ENV["SOLID_QUEUE_IN_PUMA"] && !ENV["CDKTF_PUMA_ROLE"]`,
  ]);
  expect(warnings({ service: { environment, workers: 2, restart: Restart.phased() } })).toEqual([
    `${path}: lets jobs run on with the old code in a phased restart, which replaces Puma's workers alone`,
  ]);
});
