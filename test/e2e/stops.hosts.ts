import { type TerraformStack } from "cdktf";
import { Bind, PumaSocket, type PumaServiceProps } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { eachDay, eachDayOn, eventually, everywhere, get, NOTIFYING, onEach, property } from "./hosts";
import { setUpHosts } from "./set-up";

const TIMES = eachDay(2, 6);
/** Milliseconds that a stop may take on a quiet machine; one that hangs takes 90 seconds. */
const LIMIT = 2000;
/** As many starts of Ruby may a stop take where that is more, so that a busy machine fails none. */
const RUBIES = 10;
/** Seconds that a service takes to boot, long enough to stop it meanwhile. */
const BOOT = 4;

/** Seconds that a service has to stop. */
const PATIENCE = 4;

/** A configuration file with a control server, which most of the time has nothing to do. */
const CONTROLLED = "/srv/app/current/config/controlled.rb";
const CONTROL = "127.0.0.1:9295";
/** Where the file is, what Puma does of its own before it stops its control server takes a while. */
const SLOW_HOOK = `
if File.exist?("/srv/app/current/slow-hook")
  Puma::Launcher.prepend(Module.new do
    def do_graceful_stop
      sleep 2
      File.write("/tmp/hooked", "done")
      super
    end
  end)
end
`;

/** A configuration file by which a server never ends, in the place where some do not (puma#3677), and with a control server. */
const HANGING = "/srv/app/current/config/hanging.rb";
const HANGING_CONTROL = "127.0.0.1:9299";
const HANGS = `
activate_control_app "tcp://${HANGING_CONTROL}", { no_token: true }
require "puma/server"
Puma::Server.prepend(Module.new do
  def graceful_shutdown
    super
    sleep
  end
end)
`;

/** The oldest Puma, which does not notify, and the newest; that of Debian 13 stops in sandboxes.hosts.ts. */
const at = setUpHosts(eachDayOn(["bullseye", "forky"]), {
  prepare: async ({ hosts, workspace }) => {
    const config = `activate_control_app "tcp://${CONTROL}", { no_token: true }\n${SLOW_HOOK}`;
    await onEach(hosts, (host) => host.write(CONTROLLED, config));
    await onEach(hosts, (host) => host.write(HANGING, HANGS));
    await workspace.apply((stack) => {
      everywhere(stack, hosts, "web", onPort(9292));
      everywhere(stack, hosts, "cluster", onPort(9293, { workers: 2 }));
      everywhere(stack, hosts, "controlled", onPort(9294, { configFile: CONTROLLED }));
      everywhere(
        stack,
        hosts,
        "impatient",
        onPort(9297, { directives: { Service: { TimeoutStopSec: PATIENCE } } }),
      );
      everywhere(stack, hosts, "hanging", onPort(9298, { configFile: HANGING }));
      everywhere(stack, hosts, "slow", onPort(9296, { environment: { BOOT_SECONDS: String(BOOT) } }));
    });
  },
});
const notifying = (): FleetHost[] => at.hosts.filter(({ release }) => NOTIFYING.includes(release));

const onPort =
  (port: number, props: Partial<PumaServiceProps> = {}) =>
  (host: FleetHost, stack: TerraformStack): Partial<PumaServiceProps> => ({
    socket: new PumaSocket(stack, `socket-${port}-${host.name}`, { binds: [Bind.tcp(port)] }),
    ...props,
  });

/** What a stop took, and what it may take on a machine that is as busy, in milliseconds. */
interface Figure {
  readonly took: number;
  readonly limit: number;
}

const NOW = "$(($(date +%s%N) / 1000000))";

/** Prints what each of several rounds took and what a start of Ruby takes beside it, in milliseconds, one a line. */
const timed = (times: number, command: string, between: string): string => `
  set -e
  for round in $(seq ${times}); do
    ${between}
    begin=${NOW}
    ${command}
    end=${NOW}
    ruby -e ''
    echo $((end - begin)) $((${NOW} - end))
  done`;

async function figuresOf(host: FleetHost, script: string): Promise<Figure[]> {
  const lines = (await host.exec(script)).stdout.trim().split("\n");
  return lines.map((line) => {
    const [took = NaN, ruby = NaN] = line.split(" ").map(Number);
    return { took, limit: Math.max(LIMIT, RUBIES * ruby) };
  });
}

const answer = (port: number): string =>
  `curl -s --retry 100 --retry-delay 0 --retry-all-errors --max-time 60 -o /dev/null http://127.0.0.1:${port}/`;

const stopsOf = (name: string, port: number): string =>
  timed(TIMES, `systemctl stop ${name}.service`, `systemctl start ${name}.service && ${answer(port)}`);

/** Two hosts at a time: what is measured is the stop, not how many Pumas boot at once. */
async function inPairs<T>(work: (host: FleetHost) => Promise<T>): Promise<Record<string, T>> {
  return { ...(await onEach(at.hosts.slice(0, 2), work)), ...(await onEach(at.hosts.slice(2), work)) };
}

function expectQuick(
  what: string,
  figures: Record<string, readonly Figure[]>,
  { times = TIMES, stops = 1 } = {},
): void {
  const lines = Object.entries(figures).map(
    ([name, all]) => `  ${name}: ${all.map(({ took, limit }) => `${took} (of ${limit})`).join(", ")}\n`,
  );
  process.stderr.write(`${what}, in milliseconds\n${lines.join("")}`);
  for (const all of Object.values(figures)) {
    expect(all).toHaveLength(times);
    expect(all.filter(({ took, limit }) => !(took < stops * limit))).toEqual([]);
  }
}

test("an idle service stops at once", async () => {
  const figures = await inPairs((host) => figuresOf(host, stopsOf("web", 9292)));
  expectQuick(`${TIMES} stops`, figures);
  for (const host of at.hosts) expect(await property(host, "web.service", "Result")).toBe("success");
});

/** A control server that has answered has a thread that waits for its next request. */
test("an idle service with a control server stops at once", async () => {
  const ask = `systemctl start controlled.service && ${answer(9294)} && curl -s -o /dev/null http://${CONTROL}/stats`;
  const script = timed(TIMES, "systemctl stop controlled.service", ask);
  const figures = await inPairs((host) => figuresOf(host, script));
  expectQuick(`${TIMES} stops with a control server`, figures);
  for (const host of at.hosts) {
    expect(await property(host, "controlled.service", "Result")).toBe("success");
    await host.exec("systemctl start controlled.service");
    const stats = (): Promise<string> => get(host, `http://${CONTROL}/stats`);
    await eventually("the control server answers", async () => (await stats()).includes('"running"'));
  }
});

test("a service that hangs stops at once, though a thread of its control server waits for requests", async () => {
  const ask = `systemctl start hanging.service && ${answer(9298)} && curl -s -o /dev/null http://${HANGING_CONTROL}/stats`;
  const figures = await onEach(notifying(), (host) =>
    figuresOf(host, timed(1, "systemctl stop hanging.service", ask)),
  );
  expectQuick("a stop that hangs, with a control server", figures, { times: 1 });
});

test("with a control server, what Puma does at its end is waited for, and no longer", async () => {
  const restartAndStop = `
    touch /srv/app/current/slow-hook; systemctl restart controlled.service; ${answer(9294)}
    systemctl stop controlled.service; rm /srv/app/current/slow-hook`;
  const figures = await onEach(notifying(), (host) => figuresOf(host, timed(1, restartAndStop, "")));
  for (const host of notifying()) expect(await host.read("/tmp/hooked")).toBe("done");
  // A restart, the hook's own two seconds and a stop.
  expectQuick("a restart, and a stop with a hook", figures, { stops: 3, times: 1 });
});

test("a service that still boots stops at once", async () => {
  const boots = `
    systemctl stop slow.service; systemctl start --no-block slow.service
    until grep -qs ruby /proc/$(systemctl show -p MainPID --value slow)/maps; do sleep 0.1; done
    sleep 1`;
  const figures = await onEach(at.hosts, (host) =>
    figuresOf(host, timed(1, "systemctl stop slow.service", boots)),
  );
  expectQuick("stops in the middle of a boot", figures, { times: 1 });
});

test("an idle service in cluster mode stops at once where Puma notifies", async () => {
  const figures = await onEach(notifying(), (host) => figuresOf(host, stopsOf("cluster", 9293)));
  expectQuick(`${TIMES} stops in cluster mode`, figures);
  for (const host of notifying()) expect(await property(host, "cluster.service", "Result")).toBe("success");
});

test("an idle service restarts at once, and answers", async () => {
  const restart = `systemctl restart web.service && ${answer(9292)}`;
  const figures = await inPairs((host) => figuresOf(host, timed(TIMES, restart, answer(9292))));
  expectQuick(`${TIMES} restarts, until it answers`, figures);
  for (const host of at.hosts) expect(await property(host, "web.service", "Result")).toBe("success");
});

test("a request that takes longer than TimeoutStopSec= allows delays a restart for that long, once", async () => {
  const script = `
    systemctl start impatient.service && ${answer(9297)}
    curl -s --max-time 60 -o /tmp/impatient 'http://127.0.0.1:9297/slow?60' &
    ${untilAsked(9297)}
    systemctl restart impatient.service
    show() { systemctl show --property="$1" --value impatient.service; }
    echo $((($(show InactiveExitTimestampMonotonic) - $(show ActiveExitTimestampMonotonic)) / 1000)) 0`;
  const figures = await onEach(notifying(), (host) => figuresOf(host, script));
  for (const [{ took } = { took: NaN }] of Object.values(figures)) {
    expect(took).toBeGreaterThan(PATIENCE * 1000 - 500);
    expect(took).toBeLessThan(2 * PATIENCE * 1000 - 500);
  }
});

/** Waits until Puma has a request. */
function untilAsked(port: number): string {
  const hex = port.toString(16).toUpperCase();
  return `until grep -q ' 0100007F:${hex} 0100007F:[0-9A-F]* 01 ' /proc/net/tcp; do sleep 0.05; done
    sleep 1`;
}

/** Stops a service in the middle of a request; what took place from the answer to the end of the stop, and the answer. */
const stopWhileBusy = (name: string, port: number): string => {
  return `
    systemctl start ${name}.service && ${answer(port)}
    { curl -s --max-time 60 -o /tmp/body 'http://127.0.0.1:${port}/slow?4'; echo ${NOW} >/tmp/answered; } &
    ${untilAsked(port)}
    systemctl stop ${name}.service
    end=${NOW}
    wait
    ruby -e ''
    echo $((end - $(cat /tmp/answered))) $((${NOW} - end))`;
};

describe.each([
  ["single mode", "web", 9292],
  ["single mode with a control server", "controlled", 9294],
  ["cluster mode", "cluster", 9293],
])("a busy service in %s", (_, name, port) => {
  test("answers what it has begun, and then stops at once", async () => {
    const figures = await onEach(at.hosts, (host) => figuresOf(host, stopWhileBusy(name, port)));
    for (const host of at.hosts) expect(await host.read("/tmp/body")).toBe("slept 4\n");
    expectQuick(`from the last answer of ${name} to the end of its stop`, figures, { times: 1 });
  });
});
