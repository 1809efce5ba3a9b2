/** Puma by version managers and by shells: all of them as services of the same hosts. */
import { Bind, PumaCommand, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { type Build } from "../../lab/engine/workspace";
import { outputOf } from "../../lab/engine/output";
import {
  all,
  eachDay,
  eachDayOn,
  eventually,
  everywhere,
  get,
  NOTIFYING,
  onEach,
  property,
  says,
  traces,
} from "./hosts";
import { installLaunchers, LAUNCHERS } from "./launchers";
import { setUpHosts } from "./set-up";

/** What asdf and mise do is the same, and so is what rvm and chruby do: each day the one stands for both. */
const NAMES = Object.keys(LAUNCHERS).filter((name) => eachDay(!["chruby", "mise"].includes(name), true));
/** Behind a stand-in each is what it is in a service: each day a shell. */
const STANDS_IN = eachDay(["rvm"], NAMES);
const edition = (name: string): string => (STANDS_IN.includes(name) ? "overlap" : "once");
const overlapping = (name: string): Partial<PumaServiceProps> => ({
  environment: { EDITED: edition(name) },
  ...(STANDS_IN.includes(name) && { restart: Restart.overlap() }),
});

const PORTS = NAMES.map((_, i) => 9401 + i);

/** What a launcher does is its own: only whether Puma is to tell that it is ready differs, which a service can say as well. */
const at = setUpHosts(eachDayOn(["trixie"], ["bookworm", "trixie"]), {
  prepare: async ({ hosts }) => onEach(hosts, installLaunchers),
});

/** Each launcher as a service, whose application is told what differs. */
const launched =
  (
    edited: string,
    props: Partial<PumaServiceProps> | ((name: string) => Partial<PumaServiceProps>) = {},
  ): Build =>
  (stack) => {
    for (const [i, name] of NAMES.entries())
      everywhere(stack, at.hosts, name, (host) => ({
        command: LAUNCHERS[name]?.command,
        socket: new PumaSocket(stack, `socket-${name}-${host.name}`, { binds: [Bind.tcp(9401 + i)] }),
        workingDirectory: `/srv/${name}/current`,
        environment: { EDITED: edited },
        ...(typeof props === "function" ? props(name) : props),
      }));
  };

/** What each service answers, behind its name. */
const answers = async (path: string): Promise<Record<string, string[]>> =>
  onEach(at.hosts, (host) =>
    Promise.all(
      PORTS.map(
        async (port, i) => `${NAMES[i]} ${(await get(host, `http://127.0.0.1:${port}${path}`)).trim()}`,
      ),
    ),
  );

const isEach = (text: (name: string) => string): Record<string, string[]> =>
  all(
    at.hosts,
    NAMES.map((name) => `${name} ${text(name)}`),
  );

const mainProcesses = async (host: FleetHost): Promise<string[]> =>
  Promise.all(
    NAMES.map(async (name) =>
      says(
        host,
        `cut -c-5 /proc/${await property(host, `${name}.service`, "MainPID")}/cmdline | tr -d '\\0'`,
      ),
    ),
  );

const link = async (release: number): Promise<unknown> =>
  onEach(at.hosts, (host) =>
    host.exec(NAMES.map((name) => `ln -sfn releases/${release} /srv/${name}/current`).join("\n")),
  );

test("each finds its Ruby, and becomes Puma", async () => {
  await at.workspace.apply(launched("once"));
  expect(await answers("/env?LAUNCHED_BY")).toEqual(isEach((name) => name));
  expect(await onEach(at.hosts, mainProcesses)).toEqual(
    all(
      at.hosts,
      NAMES.map(() => "puma"),
    ),
  );
});

test("a stand-in is launched in the same way", async () => {
  await at.workspace.apply(launched("overlap", overlapping));
  expect(await answers("/env?EDITED")).toEqual(isEach(edition));
}, 600_000);

test("a Ruby that is missing is told before anything is touched", async () => {
  await onEach(at.hosts, (host) =>
    host.exec(
      "cd /srv && echo 9 >rbenv/current/.ruby-version && echo ruby 9 | tee asdf/current/.tool-versions",
    ),
  );
  const restarted = (name: string): Partial<PumaServiceProps> => ({
    ...overlapping(name),
    ...(["rbenv", "asdf", "login"].includes(name) && { release: "without Ruby" }),
  });
  const output = await at.workspace.applyInVain(launched("overlap", restarted));
  for (const { name } of at.hosts) {
    const said = (service: string): string => outputOf(output, `null_resource.puma_${service}_on_${name}`);
    expect(said("rbenv")).toContain(
      "the command fails, with --version alone: rbenv: version `9' is not installed",
    );
    expect(said("asdf")).toContain(
      "the command fails, with --version alone: ruby 9 is not installed ('command')",
    );
    expect(said("login")).toContain("done: login.socket login.service");
  }
  await onEach(at.hosts, (host) =>
    host.exec(
      "cd /srv && echo 3.3.1 >rbenv/current/.ruby-version && echo ruby 3.3.1 >asdf/current/.tool-versions",
    ),
  );
  expect(await answers("/env?EDITED")).toEqual(isEach(edition));
});

test("each is restarted hot; where the link moved on to a release that does not boot, the one before comes back", async () => {
  await link(2);
  const output = await at.workspace.applyInVain(launched("bad", { release: "2" }));
  for (const service of NAMES)
    for (const { name } of at.hosts)
      expect(outputOf(output, `null_resource.puma_${service}_on_${name}`)).toMatch(
        /FAILED on .*this version does not boot.*is back to what it was/s,
      );
  expect(await answers("/env?EDITED")).toEqual(isEach(edition));
  expect(await answers("/env?LAUNCHED_BY")).toEqual(isEach((name) => name));
  await link(1);
  await at.workspace.apply(launched("good", { release: "3" }));
  expect(await answers("/env?EDITED")).toEqual(isEach(() => "good"));
}, 600_000);

if (eachDay(false, true))
  test("each serves again after a reboot", async () => {
    await Promise.all(at.hosts.map((host) => host.reboot()));
    expect(await answers("/env?LAUNCHED_BY")).toEqual(isEach((name) => name));
  });

/** Start scripts that stay there as Puma's parents, and what cannot run at all. */
const FAILING: Readonly<Record<string, { script: string; says: RegExp }>> = {
  stays: {
    script: '#!/bin/sh\n/srv/app/current/sbin/puma "$@"',
    says: /FAILED on \w+: the main process of stays\.service is not Puma, but what started it: let that end with 'exec' \('command'\)/,
  },
  unknown: {
    script: "#!/usr/bin/env ruby-of-rbenv",
    says: /the command fails, with --version alone: .*env: .?ruby-of-rbenv.?: No such file or directory \('command'\)/,
  },
  gemless: {
    script: '#!/bin/sh\ncd /srv/gemless && exec /usr/bin/bundle exec puma "$@"',
    says: /the command fails, with --version alone: .*no-such-gem.* \('command'\)/,
  },
  "no-gemfile": {
    script: '#!/bin/sh\ncd /tmp && exec /usr/bin/bundle exec puma "$@"',
    says: /the command fails, with --version alone: Could not locate Gemfile or \.bundle\/ directory \('command'\)/,
  },
};

test("a script that does not exec, or finds nothing, is named as the cause, and soon", async () => {
  await onEach(at.hosts, async (host) => {
    await host.write("/srv/gemless/Gemfile", 'gem "puma"\ngem "no-such-gem"\n');
    for (const [name, { script }] of Object.entries(FAILING))
      await host.write(`/usr/local/bin/start-${name}`, `${script}\n`, 0o755);
  });
  const output = await at.workspace.applyInVain((stack) => {
    launched("good", { release: "3" })(stack);
    for (const [i, name] of Object.keys(FAILING).entries())
      everywhere(stack, at.hosts, name, (host) => ({
        command: PumaCommand.executable(`/usr/local/bin/start-${name}`),
        socket: new PumaSocket(stack, `socket-${name}-${host.name}`, { binds: [Bind.tcp(9421 + i)] }),
      }));
    // Without a socket it is only where Puma is to tell that it is ready that it has to be the main process.
    const command = PumaCommand.executable("/usr/local/bin/start-stays");
    everywhere(stack, at.hosts, "binds", { command, binds: [Bind.tcp(9431)] });
    everywhere(stack, at.hosts, "untold", { command, binds: [Bind.tcp(9432)], notify: false });
  });
  expect(output).not.toContain("('startTimeout')");
  for (const [service, { says }] of Object.entries(FAILING))
    for (const { name } of at.hosts)
      expect(outputOf(output, `null_resource.puma_${service}_on_${name}`)).toMatch(says);
  for (const { name, release } of at.hosts) {
    expect(outputOf(output, `null_resource.puma_binds_on_${name}`)).toContain(
      NOTIFYING.includes(release)
        ? `FAILED on ${name}: the main process of binds.service is not Puma, but what started it`
        : "done: binds.service",
    );
    expect(outputOf(output, `null_resource.puma_untold_on_${name}`)).toContain("done: untold.service");
  }
});

test("nothing is left of any", async () => {
  await at.workspace.destroy();
  for (const host of at.hosts) {
    // The engine's script is emptied, and then removed, a moment later.
    await eventually("an end of all traces", async () => {
      return (await traces(host, [...NAMES, ...Object.keys(FAILING), "binds", "untold"], PORTS)).length === 0;
    });
  }
});
