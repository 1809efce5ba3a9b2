/** What an application does to keep root waiting, or to get out of its sandbox: a run ends within its limits, and says what is true. */
import { Bind, Duration, HealthCheck, type PumaServiceProps } from "../../../lib";
import { type Build } from "../../../lab/engine/workspace";
import { type FleetHost, RELEASES } from "../../../lab/fleet/fleet";
import { all, everywhere, get, oneOfEach, onEach, says } from "../hosts";
import { setUpHosts } from "../set-up";

const FOLDER = "/srv/limits";
/** Where a host may give a run another limit. */
const LIMITED = "/etc/systemd/system/cdktf-puma-web.service.d";
const NOTES = "/home/deploy/notes";

/** Does what its environment says. */
const HOSTILE = `
  require "socket"
  def extend_time_out
    socket = Socket.new(:UNIX, :DGRAM)
    socket.connect(Socket.pack_sockaddr_un(ENV["NOTIFY_SOCKET"].sub(/^@/, "\\0")))
    socket.send("EXTEND_TIMEOUT_USEC=60000000", 0)
    socket.close
  end
  def go_on_for_ever
    loop { extend_time_out; sleep 0.5 }
  end
  go_on_for_ever if ENV["EXTENDS"] == "start"
  if ENV["EXTENDS"] == "stop"
    Thread.new do
      loop do
        %w[TERM INT].each { |signal| trap(signal, "IGNORE") }
        extend_time_out
        sleep 0.5
      end
    end
  end
  run(->(_) { [200, { "content-type" => "text/plain" }, [ENV["EDITED"].to_s]] })`;

/** Each Ruby that the service's environment reaches notes how free it is, and what it runs. */
const NOTE = `
  free = File.read("/proc/self/status")[/^NoNewPrivs:.*/].split.last
  File.open("${NOTES}", "a") { |file| file.puts "#{Process.euid == 0} #{free} #{[$0, *ARGV].join(" ")}" }`;

const at = setUpHosts(oneOfEach(RELEASES), {
  prepare: async () => {
    await onEach(at.hosts, async (host) => {
      await host.exec(
        `cp -a /srv/app/current/. ${FOLDER}; touch ${NOTES}; chown deploy ${NOTES}; chmod 755 /home/deploy`,
      );
      await host.write(`${FOLDER}/config.ru`, HOSTILE);
      await host.write(`${FOLDER}/note.rb`, NOTE);
    });
  },
});

/** The release whose Puma speaks to systemd. */
const notifying = (): FleetHost => at.fleet.host("trixie");

const web =
  (edited: string, props: Partial<PumaServiceProps> = {}, hosts = at.hosts): Build =>
  (stack) =>
    everywhere(stack, hosts, "web", {
      workingDirectory: FOLDER,
      binds: [Bind.tcp(9292)],
      healthCheck: HealthCheck.answers({ settle: false }),
      ...props,
      environment: { EDITED: edited, ...props.environment },
    });

const checkedBy = (script: string, timeout = 2): HealthCheck =>
  HealthCheck.command(["sh", "-c", script], {
    timeout: Duration.seconds(timeout),
    interval: Duration.seconds(0.2),
    retries: 1,
    settle: false,
  });

/** Fails what hangs, and ends it on the hosts, so that the engine ends as well. */
async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  const begin = Date.now();
  const end = (): Promise<unknown> =>
    onEach(at.hosts, (host) =>
      says(host, "systemctl kill --signal=KILL cdktf-puma-web.service; pkill -KILL -u deploy"),
    );
  const timer = setTimeout(() => void end(), seconds * 1000);
  const result = await work.finally(() => clearTimeout(timer));
  expect((Date.now() - begin) / 1000).toBeLessThan(seconds);
  return result;
}

const version = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9292/");
const left = (host: FleetHost): Promise<string> =>
  says(
    host,
    "systemctl list-units --all --plain --no-legend 'cdktf-puma*'; ls -d /run/cdktf-puma* /run/systemd/system/*; pgrep -fa '[k]eeps on'",
  );

/** Stands for a program for once, whoever calls it. */
async function once(host: FleetHost, program: string, script: string): Promise<void> {
  const file = `/usr/local/bin/${program}`;
  await host.write(file, `#!/bin/sh\nrm -f ${file}\n${script}\n`, 0o755);
}

beforeAll(() => at.workspace.apply(web("first")), 120_000);

/** What one test left is nothing that the next should fail by. */
afterEach(() =>
  onEach(at.hosts, (host) =>
    says(
      host,
      `rm -rf /usr/local/bin/systemctl /usr/local/bin/sync /usr/local/bin/setpriv ${LIMITED}; systemctl daemon-reload
       systemctl kill --signal=KILL 'cdktf-puma*'; pkill -KILL -f '[k]eeps on'; sleep 1`,
    ),
  ),
);

describe("what the application's user stops by SIGSTOP", () => {
  /** What is run as somebody else is stopped as soon as it belongs to that user: nobody is as fast as this. */
  const STOPPED = `while [ "$1" != -- ]; do set -- "$@" "$1"; shift; done
    shift
    for word in "$@"; do
      shift
      case $word in --re?id=* | --groups=* | --no-new-privs) options="$options $word" ;; *) set -- "$@" "$word" ;; esac
    done
    exec /usr/bin/setpriv $options -- /bin/sh -c 'kill -STOP $$; exec "$@"' sh "$@"`;

  test("does not hold the look at what its user may do", async () => {
    await onEach(at.hosts, (host) => once(host, "setpriv", `options=\n${STOPPED}`));
    const said = await within(60, at.workspace.applyInVain(web("stopped")));
    for (const host of at.hosts)
      expect(said).toContain(`FAILED on ${host.name}: nothing was changed, because of`);
    expect(said).toContain("nothing could be run as deploy ('user')");
    expect(await onEach(at.hosts, version)).toEqual(all(at.hosts, "first"));
  }, 120_000);

  test("does not hold the health check", async () => {
    const healthCheck = checkedBy("kill -STOP $PPID; kill -STOP $$; sleep 100000");
    const said = await within(60, at.workspace.applyInVain(web("stopped", { healthCheck })));
    expect(said).toContain("the health check did not pass: it did not end within 2s");
    expect(await onEach(at.hosts, version)).toEqual(all(at.hosts, "first"));
    expect(await onEach(at.hosts, left)).toEqual(all(at.hosts, ""));
  }, 120_000);
});

describe("what is left behind", () => {
  const KEEPS_ON = `setsid sh -c 'trap "" TERM INT HUP; : keeps on; while :; do sleep 1; done' >/dev/null 2>&1 &`;

  test("by a health check that passes, ends with it", async () => {
    const healthCheck = checkedBy(`${KEEPS_ON} exit 0`, 5);
    const said = await within(60, at.workspace.apply(web("left by a check", { healthCheck })));
    expect(said).toContain("the health check passes");
    expect(await onEach(at.hosts, left)).toEqual(all(at.hosts, ""));
    expect(await onEach(at.hosts, version)).toEqual(all(at.hosts, "left by a check"));
  }, 120_000);

  test("by anything else of a run, ends with the run", async () => {
    await onEach(at.hosts, (host) => once(host, "setpriv", `${KEEPS_ON}\nexec /usr/bin/setpriv "$@"`));
    await within(60, at.workspace.apply(web("left by a run")));
    expect(await onEach(at.hosts, left)).toEqual(all(at.hosts, ""));
    expect(await onEach(at.hosts, version)).toEqual(all(at.hosts, "left by a run"));
  }, 120_000);
});

describe("a Puma that extends its own time-outs", () => {
  const EXTENDED = "had all the time that its unit gives it, and asked for more: killing it";
  const directives = { Service: { TimeoutStopSec: "2s" } };
  const extending = (edited: string, EXTENDS: string): Build =>
    web(edited, { directives, startTimeout: Duration.seconds(3), environment: { EXTENDS } }, [notifying()]);
  // A host that leaves the list would lose its service.
  const both =
    (edited: string, EXTENDS: string): Build =>
    (stack) => {
      extending(edited, EXTENDS)(stack);
      const others = at.hosts.filter((host) => host !== notifying());
      web("left by a run", {}, others)(stack);
    };

  test("is ended where it is to stop", async () => {
    await at.workspace.apply(both("will not stop", "stop"));
    const said = await within(90, at.workspace.apply(both("stopped it", "nothing")));
    expect(said).toContain(`web.service ${EXTENDED}`);
    expect(await version(notifying())).toBe("stopped it");
  }, 180_000);

  test("is ended where it is to start, and what ran before is back", async () => {
    const said = await within(90, at.workspace.applyInVain(both("will not start", "start")));
    expect(said).toContain(`web.service ${EXTENDED}`);
    expect(said).toContain("systemd could not start web.service");
    expect(await version(notifying())).toBe("stopped it");
  }, 180_000);
});

describe("a run that reaches its limit", () => {
  const limit = (seconds: number): Promise<unknown> =>
    onEach(at.hosts, (host) =>
      host.write(`${LIMITED}/limit.conf`, `[Service]\nRuntimeMaxSec=${seconds}\nTimeoutStopSec=${seconds}\n`),
    );
  /** Something that nobody thought of: the disk takes for ever from the change on. */
  const HANGS = "exec sleep 1000";

  test("says so, and what ran before goes on", async () => {
    await at.workspace.apply(web("before"));
    await limit(15);
    await onEach(at.hosts, (host) => once(host, "sync", HANGS));
    const said = await within(90, at.workspace.applyInVain(web("too long")));
    expect(said).toContain(
      "the run was asked to stop, or has reached its limit, at this step: keeping what is there",
    );
    for (const { name } of at.hosts)
      expect(said).toContain(`FAILED on ${name}: this run did not end within `);
    expect(await onEach(at.hosts, version)).toEqual(all(at.hosts, "before"));
    expect(await onEach(at.hosts, left)).toEqual(all(at.hosts, ""));
  }, 180_000);

  test("is taken up by the next, where it could not even put back what was there", async () => {
    await limit(15);
    await onEach(at.hosts, (host) =>
      host.write(
        "/usr/local/bin/systemctl",
        `#!/bin/sh\ncase $* in *restart*) ${HANGS} ;; esac\nexec /bin/systemctl "$@"\n`,
        0o755,
      ),
    );
    const said = await within(120, at.workspace.applyInVain(web("too long")));
    for (const { name } of at.hosts)
      expect(said).toContain(`FAILED on ${name}: this run did not end within `);
    await onEach(at.hosts, (host) => host.exec(`rm /usr/local/bin/systemctl; rm -rf ${LIMITED}`));
    const next = await at.workspace.apply(web("after"));
    expect(next).toContain("an earlier run was cut off in the middle");
    expect(await onEach(at.hosts, version)).toEqual(all(at.hosts, "after"));
  }, 240_000);
});

describe("what is run for the application", () => {
  const directives = {
    Service: { NoNewPrivileges: true, CapabilityBoundingSet: "", ProtectKernelModules: true },
  };
  const environment = { RUBYOPT: `-r${FOLDER}/note.rb` };
  const healthCheck = checkedBy(
    `echo "$(id -u | grep -c '^0$') $(sed -n 's/^NoNewPrivs:.//p' /proc/self/status) health $EDITED" >>${NOTES}`,
    10,
  );

  test("has the service's sandbox and environment: version command, health check and Puma's own Ruby", async () => {
    await onEach(at.hosts, (host) => host.exec("mv /usr/bin/curl /usr/bin/curl.away"));
    const said = await at.workspace
      .apply(web("boxed", { directives, environment, healthCheck, release: "2" }))
      .finally(() => onEach(at.hosts, (host) => host.exec("mv /usr/bin/curl.away /usr/bin/curl")));
    expect(said).toContain("the health check passes");
    for (const host of at.hosts) {
      const notes = (await says(host, `cat ${NOTES}`)).split("\n");
      expect(notes).toContain("0 1 health boxed");
      expect(notes).toContainEqual(expect.stringMatching(/^false 1 .*--version/));
      expect(notes).toContainEqual(expect.stringMatching(/^false 1 -e .*127\.0\.0\.1 9292/));
      expect(notes.filter((line) => !/^(false|0) 1 /.test(line))).toEqual([]);
    }
  }, 120_000);

  test("is not root's where a drop-in of the host gives the service a user of its own", async () => {
    await onEach(at.hosts, async (host) => {
      await host.exec(`chmod 666 ${NOTES}; : >${NOTES}`);
      await host.write("/etc/systemd/system/own.service.d/own.conf", "[Service]\nDynamicUser=yes\n");
      await host.exec("systemctl daemon-reload");
    });
    await at.workspace.apply((stack) => {
      web("boxed", { directives, environment, healthCheck, release: "2" })(stack);
      everywhere(stack, at.hosts, "own", {
        workingDirectory: FOLDER,
        user: undefined,
        binds: [Bind.tcp(9300)],
        environment: { EDITED: "own" },
        healthCheck: checkedBy("test $(id -u) != 0", 10),
      });
    });
  }, 120_000);
});
