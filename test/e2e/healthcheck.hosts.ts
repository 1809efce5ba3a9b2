import { type TerraformStack } from "cdktf";
import {
  Bind,
  Duration,
  HealthCheck,
  type HttpCheckOptions,
  type PumaServiceProps,
  PumaSocket,
} from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, eachDayOn, everywhere, get, invocation, onEach, says } from "./hosts";
import { setUpHosts } from "./set-up";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";

const DIRECTORY = "/srv/picky";

/** Answers 203 only to a request that says all that it should, late where it is told to sleep, and otherwise 421. */
const PICKY = `
  run(lambda do |env|
    sleep 14 if ENV["SLEEPS"]
    right = env["HTTP_HOST"] == "shop.example" && env["HTTP_X_FORWARDED_PROTO"] == "https" &&
      env["HTTP_X_TWO"] == "a: b" && env["PATH_INFO"] == "/health" && env["QUERY_STRING"] == "deep=1&all=[x]"
    next [200, { "content-type" => "text/plain" }, [ENV["EDITED"].to_s]] if env["PATH_INFO"] == "/edited"
    [right ? 203 : 421, { "content-type" => "text/plain" }, ["picky\\n"]]
  end)`;

const BINDS = {
  tcp: Bind.tcp(9292),
  ssl: Bind.ssl(9293, { key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" }),
  unix: Bind.unix("/run/picky.sock"),
};
type Scheme = keyof typeof BINDS;
const SCHEMES = Object.keys(BINDS) as Scheme[];

/** What asks is curl, and what runs a command systemd: the oldest of both. */
const at = setUpHosts(eachDayOn(["bullseye"], ["bullseye", "forky"]), {
  prepare: async () => {
    await onEach(at.hosts, (host) => host.exec(`cp -a /srv/app/current/. ${DIRECTORY}`));
    await onEach(at.hosts, (host) => host.write(`${DIRECTORY}/config.ru`, PICKY));
  },
});

/** A service for each kind of bind, each asked at its own, and what differs from one test to the next. */
function stackWith(edited: string, options: Partial<Record<Scheme, HttpCheckOptions>> = {}): Build {
  return (stack) => {
    for (const scheme of SCHEMES) {
      const bind = BINDS[scheme];
      const healthCheck = HealthCheck.http("/health?deep=1&all=[x]", {
        status: 203,
        host: "shop.example",
        header: { "X-Forwarded-Proto": "https", "X-Two": "a: b" },
        bind,
        settle: false,
        interval: Duration.seconds(0.2),
        retries: 2,
        ...options[scheme],
      });
      picky(stack, scheme, bind, { healthCheck, environment: { EDITED: edited } });
    }
  };
}

function picky(stack: TerraformStack, name: string, bind: Bind, props: Partial<PumaServiceProps>): void {
  everywhere(stack, at.hosts, name, (host) => ({
    socket: new PumaSocket(stack, `socket-${name}-${host.name}`, { binds: [bind] }),
    workingDirectory: DIRECTORY,
    ...props,
  }));
}

const saidOn = (text: string, service: string, host: FleetHost): string =>
  outputOf(text, `null_resource.puma_${service}_on_${host.name}`);

const edited = async (host: FleetHost): Promise<string[]> => {
  const environment = (name: string): string =>
    `tr '\\0' '\\n' </proc/$(systemctl show -p MainPID --value ${name})/environ | sed -n 's/^EDITED=//p'`;
  return Promise.all(SCHEMES.map((name) => says(host, environment(name))));
};

const three = (value: string): string[] => [value, value, value];

const away = "mv /usr/bin/curl /usr/bin/curl.away";
const back = "mv /usr/bin/curl.away /usr/bin/curl";

describe.each([
  ["by curl", "true", "true"],
  ["by Puma's own Ruby, where there is no curl", away, back],
])("over HTTP, asked %s", (way, prepare, restore) => {
  beforeAll(() => onEach(at.hosts, (host) => host.exec(prepare)));
  afterAll(() => onEach(at.hosts, (host) => host.exec(restore)));

  test("passes with the right path, host and headers, on every kind of bind", async () => {
    const said = await at.workspace.apply(stackWith(`well ${way}`));
    for (const host of at.hosts) {
      for (const scheme of SCHEMES) {
        expect(saidOn(said, scheme, host)).toContain("the health check passes");
        expect(saidOn(said, scheme, host)).toMatch(/ answers HTTP 421$/m);
      }
    }
    expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, three(`well ${way}`)));
  });

  const wrong: Record<Scheme, readonly [HttpCheckOptions, answer: string]> = {
    tcp: [{ status: 200 }, "HTTP 203"],
    ssl: [{ host: "other.example" }, "HTTP 421"],
    unix: [{ header: { "X-Two": "a: b" } }, "HTTP 421"],
  };

  test("fails with another status, host or header, says what was answered, and the old version is back", async () => {
    const options = Object.fromEntries(SCHEMES.map((scheme) => [scheme, wrong[scheme][0]]));
    const said = await at.workspace.applyInVain(stackWith(`never ${way}`, options));
    for (const host of at.hosts) {
      for (const scheme of SCHEMES) {
        const sentence = `FAILED on ${host.name}: the health check did not pass: ${wrong[scheme][1]}\n`;
        expect(saidOn(said, scheme, host)).toContain(sentence);
        expect(saidOn(said, scheme, host)).toContain(`${scheme} is back to what it was`);
      }
    }
    expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, three(`well ${way}`)));
  });
});

/** Checks of the other kinds, each with an edition that it lets pass and one that it does not. */
describe("other kinds of checks", () => {
  const command = HealthCheck.command(
    ["sh", "-c", 'echo "not $1 as $(id -un) in $PWD"; test "$(cat /run/well)" = "$1"', "sh", "it's well"],
    { interval: Duration.seconds(0.2), retries: 2, settle: false },
  );
  const others =
    (value: string): Build =>
    (stack) => {
      const environment = { EDITED: value };
      picky(stack, "command", Bind.tcp(9301), { healthCheck: command, environment });
      const sleeping = { environment: { ...environment, SLEEPS: "1" } };
      picky(stack, "held", Bind.tcp(9302), { healthCheck: HealthCheck.tcp({ settle: false }), ...sleeping });
      picky(stack, "none", Bind.tcp(9303), { healthCheck: HealthCheck.none({ settle: false }), ...sleeping });
    };

  const edition = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9301/edited");

  test("a command passes as the service's user; neither tcp nor none wants an answer", async () => {
    await onEach(at.hosts, (host) => host.exec(`printf "it's well" >/run/well`));
    const said = await at.workspace.apply(others("once"));
    for (const host of at.hosts) {
      expect(saidOn(said, "command", host)).toContain("the health check passes");
      expect(saidOn(said, "held", host)).toContain("somebody listens at 0.0.0.0:9302");
      for (const port of [9302, 9303]) expect(await get(host, `http://127.0.0.1:${port}/`, "-m 1")).toBe("");
    }
    expect(await onEach(at.hosts, edition)).toEqual(all(at.hosts, "once"));
  });

  test("a command that fails is quoted, and the old version is back", async () => {
    await onEach(at.hosts, (host) => host.exec(`printf ill >/run/well`));
    const healthy = await onEach(at.hosts, (host) => invocation(host, "none.service"));
    const said = await at.workspace.applyInVain(others("twice"));
    for (const host of at.hosts) {
      expect(saidOn(said, "command", host)).toContain(
        `FAILED on ${host.name}: the health check did not pass: not it's well as deploy in ${DIRECTORY}`,
      );
      expect(await invocation(host, "none.service")).not.toBe(healthy[host.name]);
    }
    expect(await onEach(at.hosts, edition)).toEqual(all(at.hosts, "once"));
  });

  test("a version that never answers is refused where answers are wanted", async () => {
    const start: Partial<PumaServiceProps> = { startTimeout: Duration.seconds(12) };
    const said = await at.workspace.applyInVain((stack) =>
      picky(stack, "mute", Bind.tcp(9304), { ...start, environment: { SLEEPS: "1" } }),
    );
    for (const host of at.hosts) {
      expect(saidOn(said, "mute", host)).toContain(
        `FAILED on ${host.name}: http://0.0.0.0:9304 did not answer within 12s ('startTimeout'): curl: (28) `,
      );
      expect(await says(host, "systemctl is-active mute.socket; ls /etc/systemd/system/mute*")).toBe(
        "inactive",
      );
    }
  });
});
