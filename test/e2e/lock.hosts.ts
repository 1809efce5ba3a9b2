import { Bind, Duration, type PumaServiceProps, PumaSocket } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import {
  eachDayOn,
  eventually,
  everywhere,
  get,
  invocation,
  onEach,
  says,
  waitForOneThatWaits,
} from "./hosts";
import { setUpHosts } from "./set-up";
import { outputOf } from "../../lab/engine/output";
import { type Build, Workspace } from "../../lab/engine/workspace";

/** Two people with a checkout and a state of their own, of the same stack. The oldest systemd tells least of who holds the lock. */
const at = setUpHosts(eachDayOn(["bullseye"], ["bullseye", "trixie"]), { prepare: meet });
const anna = (): Workspace => at.workspace;
let ben: Workspace;

async function meet(): Promise<void> {
  // Puma does not boot as long as this file is there, so that a run lasts as long as a test wants.
  const config = 'sleep 0.1 while File.exist?("/run/hold")\n';
  await onEach(at.hosts, (host) => host.write("/srv/app/current/config/puma.rb", config));
  ben = await Workspace.open();
  await anna().apply(stackWith("at first"));
  await ben.apply(stackWith("at first"));
}

afterEach(letGo);

afterAll(() => ben?.close());

async function letGo(): Promise<void> {
  await onEach(at.hosts, (host) => host.exec("rm -f /run/hold"));
}

const stackWith =
  (edited: string, props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", (host) => ({
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      environment: { EDITED: edited },
      ...props,
    }));

const LOCK = "cdktf-puma-web.service";

const isRunning = async (host: FleetHost): Promise<boolean> =>
  (await says(host, `systemctl is-active ${LOCK}`)) === "active";

/** A run that is begun, and held at its restart on every host until it is let go. */
async function held<T>(run: () => T): Promise<{ run: T }> {
  await onEach(at.hosts, (host) => host.exec("touch /run/hold"));
  const begun = run();
  await onEach(at.hosts, (host) =>
    eventually("a run restarts Puma", async () => {
      const step = await says(host, "cat /run/cdktf-puma/web/step");
      return (await isRunning(host)) && /^(restarting|waiting)/.test(step);
    }),
  );
  return { run: begun };
}

/** Anna's run, killed on the hosts in its middle. */
async function killedInTheMiddle(): Promise<void> {
  const { run } = await held(() => anna().applyInVain(stackWith("never")));
  await onEach(at.hosts, (host) => host.exec(`systemctl kill --signal=KILL ${LOCK}`));
  await run;
  await letGo();
}

/** What comes next is begun, and by the time that this is over it waits for the lock on every host. */
async function meetingTheLock<T>(next: () => Promise<T>): Promise<{ ended: Promise<T> }> {
  const ended = next();
  await onEach(at.hosts, waitForOneThatWaits);
  return { ended };
}

const hasEnded = (): Promise<unknown> =>
  onEach(at.hosts, (host) => eventually("the run ends", async () => !(await isRunning(host))));

const edited = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9292/env?EDITED");

const saidOn = (text: string, host: FleetHost): string =>
  outputOf(text, `null_resource.puma_web_on_${host.name}`);

/** Who holds the lock, what for and since when, in the words of the one who waits. */
const holderOn = (host: FleetHost): string => {
  const subnet = host.address.replace(/\d+$/, "1").replaceAll(".", "\\.");
  const day = "\\w{3} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\w+";
  return `cdktf-puma apply of web on ${host.name} by ops from ${subnet} since ${day}`;
};

/** One apply, and as soon as it is at work on the at.hosts another: the texts of both, and who was done first. */
async function atOnce(first: Build, second: Build): Promise<{ said: [string, string]; order: string[] }> {
  const order: string[] = [];
  const one = await held(() =>
    anna()
      .apply(first)
      .finally(() => order.push("first")),
  );
  const two = await meetingTheLock(() => ben.apply(second).finally(() => order.push("second")));
  await letGo();
  return { said: await Promise.all([one.run, two.ended]), order };
}

test("of two applies of different content one waits, and the later one has the last word", async () => {
  const { said, order } = await atOnce(stackWith("by anna"), stackWith("by ben"));
  expect(order).toEqual(["first", "second"]);
  for (const host of at.hosts) {
    expect(saidOn(said[0], host)).not.toContain("waiting for another run");
    expect(saidOn(said[1], host)).toMatch(
      new RegExp(`^waiting for another run to end: ${holderOn(host)}`, "m"),
    );
    expect(saidOn(said[1], host)).toContain("restarting web.service: web.service changed: Environment");
    expect(await edited(host)).toBe("by ben");
  }
});

test("of two applies of the same content one waits, and then has nothing to do", async () => {
  const { said, order } = await atOnce(stackWith("by both"), stackWith("by both"));
  expect(order).toEqual(["first", "second"]);
  for (const host of at.hosts) {
    expect(saidOn(said[1], host)).toMatch(/^waiting for another run to end: /m);
    expect(saidOn(said[1], host)).toContain("nothing to do: ");
    expect(saidOn(said[1], host)).not.toContain("restarting");
    expect(await edited(host)).toBe("by both");
  }
});

test("who may not wait that long is told who holds the lock, and the holder never notices", async () => {
  const holder = await held(() => anna().apply(stackWith("by anna again")));
  const said = await ben.applyInVain(stackWith("by ben again", { lockTimeout: Duration.seconds(2) }));
  await letGo();
  await holder.run;
  for (const host of at.hosts) {
    const sentence = `^FAILED on ${host.name}: another run did not end within 2s: ${holderOn(host)}`;
    expect(saidOn(said, host)).toMatch(new RegExp(sentence, "m"));
    expect(await edited(host)).toBe("by anna again");
  }
});

test("nor does a removal wait longer than its service says", async () => {
  const impatient = stackWith("by impatient ben", { lockTimeout: Duration.seconds(2) });
  await ben.apply(impatient);
  const holder = await held(() => anna().apply(stackWith("by slow anna")));
  const said = await ben.applyInVain(impatient, ["-destroy"]);
  await letGo();
  await holder.run;
  for (const host of at.hosts) {
    const words = outputOf(said, `terraform_data.puma_removals["web@${host.name}@${host.address}"]`);
    expect(words).toContain(`FAILED on ${host.name}: another run did not end within 2s: `);
    expect(await edited(host)).toBe("by slow anna");
  }
});

test("a run that was killed blocks nobody", async () => {
  await killedInTheMiddle();
  const said = await ben.apply(stackWith("after the kill"));
  for (const host of at.hosts) {
    expect(saidOn(said, host)).not.toContain("waiting for another run");
    expect(saidOn(said, host)).toContain("an earlier run was cut off in the middle");
    expect(await edited(host)).toBe("after the kill");
  }
});

test("nor does it keep a host from leaving the list", async () => {
  await killedInTheMiddle();
  await anna().destroy();
  for (const host of at.hosts) {
    expect(await says(host, "ls /etc/systemd/system/web* /var/lib/cdktf-puma; pgrep -u deploy")).toBe("");
  }
  await ben.apply(stackWith("anew", { release: "v1" }));
});

test("a run whose engine was killed goes on, and the next one waits for it", async () => {
  await anna().synth(stackWith("by a dead engine"));
  const args = ["apply", "-auto-approve", "-input=false"];
  const { run: engine } = await held(() => anna().engine.start(anna().folder, args));
  engine.kill("SIGKILL");
  expect(await engine.ended).toBe("SIGKILL");
  const before = await onEach(at.hosts, (host) => invocation(host, LOCK));
  const { ended } = await meetingTheLock(() => ben.apply(stackWith("by a dead engine")));
  await letGo();
  const said = await ended;
  for (const host of at.hosts) {
    expect(before[host.name]).toMatch(/InvocationID=./);
    expect(saidOn(said, host)).toMatch(new RegExp(`waiting for another run to end: ${holderOn(host)}`));
    expect(saidOn(said, host)).toContain("nothing to do: ");
    expect(await edited(host)).toBe("by a dead engine");
  }
});

describe("the journal", () => {
  const audit = async (host: FleetHost): Promise<string[]> =>
    (await says(host, "journalctl --quiet --output=cat -t cdktf-puma")).split("\n");

  test("tells who changed what from which hash to which, and of which release", async () => {
    await hasEnded();
    await ben.apply(stackWith("released", { release: "v7" }));
    await ben.apply(stackWith("released again", { release: "v8" }));
    for (const host of at.hosts) {
      const [earlier, later] = (await audit(host)).slice(-2);
      const from = `ops from ${host.address.replace(/\d+$/, "1")}`;
      const line = (release: string): RegExp =>
        new RegExp(
          `web by ${from}: web.service changed: Environment; from ([0-9a-f]{12}) to ([0-9a-f]{12}), release ${release}$`,
        );
      const [, , middle] = line("v7").exec(earlier ?? "") ?? [];
      const [, start, end] = line("v8").exec(later ?? "") ?? [];
      expect(middle).toMatch(/^[0-9a-f]{12}$/);
      expect(start).toBe(middle);
      expect(end).not.toBe(start);
      expect(await says(host, "sed -n 's/^hash=//p' /var/lib/cdktf-puma/web/record")).toBe(end);
    }
  });

  test("has the output of each run", async () => {
    for (const host of at.hosts) {
      const output = await says(host, `journalctl --quiet --output=cat -u ${LOCK}`);
      expect(output).toContain(`cdktf-puma apply of web on ${host.name} by ops from`);
    }
  });
});
