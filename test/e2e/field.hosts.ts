/** What went wrong on hosts in the field: each stands for a kind. */
import { type TerraformStack } from "cdktf";
import {
  Bind,
  Duration,
  HealthCheck,
  PumaCommand,
  type PumaServiceProps,
  PumaSocket,
  Restart,
  type SettleOptions,
} from "../../lib";
import { type Build } from "../../lab/engine/workspace";
import { outputOf } from "../../lab/engine/output";
import { eachDay, everywhere, get, oneOfEach, property, says } from "./hosts";
import { setUpHosts } from "./set-up";

const at = setUpHosts(oneOfEach(["trixie"]));
const saidOf = (text: string, name: string): string => outputOf(text, `null_resource.puma_${name}_on_trixie`);
const host = (): (typeof at.hosts)[number] => at.fleet.host("trixie");

describe("a Puma that dies while it is checked, and waits for RestartSec=", () => {
  const SETTLE = 6;
  const settle: SettleOptions = { settle: Duration.seconds(SETTLE) };
  const CHECKS: Record<string, HealthCheck> = {
    none: HealthCheck.none(settle),
    tcp: HealthCheck.tcp(settle),
    answers: HealthCheck.answers(settle),
    http: HealthCheck.http("/", settle),
    command: HealthCheck.command(["true"], settle),
  };
  /** Seconds after its process begins, which is where the settling of a Puma begins that tells nobody when it is ready. */
  const MOMENTS: Record<string, string> = { once: "0", soon: "1", late: String(SETTLE / 2) };
  const CASES = eachDay(
    [
      ["none", "late"],
      ["tcp", "soon"],
      ["answers", "once"],
      ["http", "late"],
      ["command", "soon"],
    ],
    Object.keys(CHECKS).flatMap((check) => Object.keys(MOMENTS).map((moment) => [check, moment])),
  );
  /** Ends it from beside it: a boot takes the longer, the busier the machine is. */
  const DIES = `[ "$1" = --version ] || { sleep "$DIES_AFTER"; kill -KILL $$; } & exec /srv/app/current/sbin/puma "$@"`;
  let said: string;

  beforeAll(async () => {
    said = await at.workspace.applyInVain((stack) =>
      CASES.forEach(([check = "", moment = ""], i) =>
        everywhere(stack, at.hosts, `${check}-${moment}`, {
          binds: [Bind.tcp(9300 + i)],
          command: PumaCommand.shell(DIES),
          environment: { DIES_AFTER: MOMENTS[moment] as string },
          // Where it does not notify, nothing waits for its boot.
          ...(i % 2 === 0 && { notify: false }),
          healthCheck: CHECKS[check] as HealthCheck,
          directives: { Service: { RestartSec: 60 } },
        }),
      ),
    );
  });

  test.each(CASES)("%s, %s: is no success", (check = "", moment = "") => {
    const output = saidOf(said, `${check}-${moment}`);
    expect(output).toMatch(/^FAILED on trixie: (Puma ended: signal|systemd could not start)/m);
    expect(output).not.toMatch(/^done/m);
  });
});

/** An application below /srv/NAME: release 1, `current`, which points to it, and a folder that all releases share. */
const releases = (name: string): string => `
  mkdir -p /srv/${name}/releases /srv/${name}/shared/sockets
  cp -r /srv/app/releases/1 /srv/${name}/releases/1
  cd /srv/${name}/releases/1 && mkdir -p tmp log bin && ln -s ../../../shared/sockets tmp/sockets
  printf '#!/bin/sh\\necho prepared\\n' >bin/prepare && chmod +x bin/prepare
  ln -s releases/1 /srv/${name}/current && chown -Rh deploy: /srv/${name}`;

const moveTo = (name: string, release: string, change: string): string => `
  cp -a /srv/${name}/releases/1 /srv/${name}/releases/${release} && cd /srv/${name}/releases/${release}
  ${change}
  ln -sfn releases/${release} /srv/${name}/current`;

const HOT: [string, Restart] = ["hot", Restart.hot()];

describe.each(eachDay([HOT], [HOT, ["full", Restart.full()]]))(
  "a unit that names the link in many lines, in %s",
  (name, restart) => {
    const current = `/srv/${name}/current`;
    const bind = `${current}/tmp/sockets/puma.sock`;
    const version = (): Promise<string> => get(host(), "http://web/", `--unix-socket ${bind}`);
    const web =
      (release: string): Build =>
      (stack) =>
        everywhere(stack, at.hosts, name, {
          socket: new PumaSocket(stack, `${name}-socket`, { binds: [Bind.unix(bind)] }),
          workingDirectory: current,
          environment: { BOOTED_IN: `${current}/tmp` },
          restart,
          release,
          directives: {
            Unit: { ConditionPathExists: `${current}/bin/prepare` },
            Service: {
              ExecStartPre: [`${current}/bin/prepare`],
              ReadWritePaths: [`${current}/log`, "/var/tmp"],
              ProtectSystem: "strict",
            },
          },
        });

    test("goes on with a good release", async () => {
      await host().exec(releases(name));
      await at.workspace.apply(web("1"));
      await host().exec(moveTo(name, "2", "echo 2 >VERSION"));
      await at.workspace.apply(web("2"));
      expect(await version()).toBe("hello from trixie version 2\n");
    });

    test("runs the old release in its own world where the new one does not boot", async () => {
      await host().exec(moveTo(name, "3", "rm -r log; printf '#!/bin/sh\\nexit 1\\n' >bin/prepare"));
      const said = saidOf(await at.workspace.applyInVain(web("3")), name);
      expect(said).toContain(`${name} is back to what it was`);
      expect(await version()).toBe("hello from trixie version 2\n");
      expect(await property(host(), `${name}.service`, "ActiveState")).toBe("active");
    });

    test("and the next release that is good ends that", async () => {
      await host().exec(moveTo(name, "4", "echo 4 >VERSION"));
      await at.workspace.apply(web("4"));
      expect(await version()).toBe("hello from trixie version 4\n");
      expect(await says(host(), `ls /etc/systemd/system/${name}.service.d | grep last`)).toBe("");
      await at.workspace.apply(() => undefined);
    });
  },
);

test("a socket in the release itself is refused, and one that Puma makes there is advised against", async () => {
  await host().exec(releases("plain"));
  const own = Bind.unix("/srv/plain/current/tmp/puma.sock");
  const held = Bind.unix("/srv/plain/current/tmp/held.sock");
  const workingDirectory = "/srv/plain/current";
  const said = await at.workspace.applyInVain((stack) => {
    everywhere(stack, at.hosts, "own", { workingDirectory, binds: [own] });
    const socket = new PumaSocket(stack, "held-socket", { binds: [held] });
    everywhere(stack, at.hosts, "held", { workingDirectory, socket });
  });
  const place = "is in the release that /srv/plain/current points to";
  expect(saidOf(said, "own")).toContain(
    `note: /srv/plain/current/tmp/puma.sock ${place}: when the link moves`,
  );
  expect(saidOf(said, "own")).toMatch(/^done: /m);
  expect(saidOf(said, "held")).toContain("FAILED on trixie: nothing was changed, because of");
  expect(saidOf(said, "held")).toContain(`/srv/plain/current/tmp/held.sock ${place}, and would stay there`);
  await at.workspace.apply(() => undefined);
});

/** What systemd makes of a file of variables, by which the preflight judges it. */
test("files of variables are read as systemd reads them", async () => {
  const lines = [
    "export A=1",
    "B=$HOME/x",
    "C='$HOME'",
    "MY-VAR=1",
    "D",
    'E="a',
    "export F=1",
    'b"',
    "G=1\\",
    "H=2",
    "I=it's",
  ];
  await host().write("/etc/field.env", `${lines.join("\n")}\n`);
  const sets = await says(
    host(),
    "systemd-run -q --wait --pipe -p EnvironmentFile=/etc/field.env env -0 | tr '\\n\\0' '|\\n' | grep -E '^(.*[A-Z]|MY.*)='",
  );
  const given = sets.split("\n").filter((line) => /^(export )?([A-I]|MY-VAR)=/.test(line));
  expect(given.sort()).toEqual(["B=$HOME/x", "C=$HOME", "E=a|export F=1|b", "G=1H=2", "I=it's"]);
  const said = saidOf(await at.workspace.apply(files), "files");
  expect(said).toContain("systemd knows no 'export' in /etc/field.env, line 1: A is not set");
  for (const line of [4, 5]) expect(said).toContain(`note: systemd ignores line ${line} of /etc/field.env`);
  expect(said).toContain(
    "note: systemd expands no variables in /etc/field.env, line 2: B is what stands there",
  );
  expect(said.match(/field\.env/g)).toHaveLength(4);
  expect(said).not.toContain("HOME");
  await at.workspace.apply(() => undefined);
});

const files = (stack: TerraformStack): void => {
  const props: Partial<PumaServiceProps> = { binds: [Bind.tcp(9290)], environmentFiles: ["/etc/field.env"] };
  everywhere(stack, at.hosts, "files", props);
};

test("start scripts that do not heed what they are told, or want what systemd passes, are no hindrance", async () => {
  const SCRIPTS: Readonly<Record<string, string>> = {
    heedless: "exec /srv/app/current/sbin/puma -b tcp://0.0.0.0:9441 /srv/app/current/config.ru",
    silent:
      "exec >/dev/null 2>&1; exec /srv/app/current/sbin/puma -b tcp://0.0.0.0:9442 /srv/app/current/config.ru",
    activated:
      '[ -n "$LISTEN_FDS" ] || { echo "start me by systemd"; exit 1; }; exec /srv/app/current/sbin/puma "$@"',
    strict:
      'case $* in *--version*) echo "strict: unknown option --version"; exit 64 ;; esac; exec /srv/app/current/sbin/puma "$@"',
  };
  for (const [name, script] of Object.entries(SCRIPTS))
    await host().write(`/usr/local/bin/start-${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  const output = await at.workspace.apply((stack) =>
    Object.keys(SCRIPTS).forEach((name, i) =>
      everywhere(stack, at.hosts, name, {
        command: PumaCommand.executable(`/usr/local/bin/start-${name}`),
        socket: new PumaSocket(stack, `${name}-socket`, { binds: [Bind.tcp(9441 + i)] }),
      }),
    ),
  );
  for (const name of Object.keys(SCRIPTS))
    expect(saidOf(output, name)).toContain(`done: ${name}.socket ${name}.service`);
  expect(saidOf(output, "strict")).toContain(
    "note: the command does not tell which Puma it starts: strict: unknown option --version ('command')",
  );
  // What Puma does as it is asked ends long before its time is up.
  const asked = Object.keys(SCRIPTS).map((name) => `-u cdktf-puma-${name}:asked`);
  expect(await says(host(), `journalctl --quiet ${asked.join(" ")} | grep -c 'time limit'`)).toBe("0");
});
