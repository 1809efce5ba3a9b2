/** What who is not root may ask for on the host, by a socket of a group's own, and what he may not. */
import { Bind, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { type Build } from "../../lab/engine/workspace";
import { Load } from "../../lab/load/load";
import { eachDay, eachDayOn, eventually, everywhere, get, invocation, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** An overlap where the release's Puma can do one. */
const web =
  (operators: string[] | undefined): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", (host) => ({
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      restart: host.release === "bullseye" ? Restart.hot() : Restart.overlap(),
      operators,
    }));

// What they differ in is what systemd counts of a unix socket's connections, and how it names them.
const at = setUpHosts(eachDayOn(["trixie"]), {
  prepare: async ({ workspace, hosts }) => {
    for (const host of hosts) await host.exec("groupadd on-call");
    await workspace.apply(web(["deploy", "on-call"]));
  },
});

const SOCKET = "/run/cdktf-puma-web:operators-deploy.sock";
const COMMAND = "/usr/local/sbin/cdktf-puma";

/** What a command prints as another user, and its exit code in the last line. */
const as = (host: FleetHost, user: string, command: string): Promise<string> =>
  says(host, `runuser -u ${user} -- ${command} 2>&1 </dev/null; echo $?`);

/** Connects, and runs lines of Perl with the connection. */
const connected = (lines: string): string =>
  `perl -MIO::Socket::UNIX -e '$SIG{PIPE} = "IGNORE"; $s = IO::Socket::UNIX->new(Peer => "${SOCKET}") or die "$!\\n"; $s->autoflush(1); ${lines}'`;

/** What comes back where these bytes are said, as Perl writes them in quotes. */
const said = (text: string): string => connected(`print $s "${text}"; $s->shutdown(1); print while <$s>`);

/** Moves the link to a release that is like the first, but for what is done in it. */
const release = (host: FleetHost, name: string, change: string): Promise<unknown> =>
  host.exec(
    `cd /srv/app/releases && cp -a 1 ${name} && cd ${name} && ${change} && ln -sfn releases/${name} ../../current`,
  );

/** How many connections are being answered. */
const answering = async (host: FleetHost): Promise<number> =>
  Number(
    await says(
      host,
      "systemctl list-units --no-legend 'cdktf-puma-web:operators-*@*' | grep -c running || :",
    ),
  );

/** A release in which whoever asks the application runs a command as its user, as if it had been taken over. */
const TAKEN_OVER =
  'run ->(env) { [200, { "content-type" => "text/plain" }, [IO.popen(["sh", "-c", env["rack.input"].read], err: [:child, :out], &:read)]] }';

/** What a command prints that the application runs. */
async function byApplication(host: FleetHost, command: string): Promise<string> {
  await host.write("/run/command", command);
  return says(host, "curl -s --max-time 60 --data-binary @/run/command http://127.0.0.1:9292/");
}

/** What an application may do beside asking for one of the words: nothing. */
const ATTACKS = [
  "cat /var/lib/cdktf-puma/web/run.sh",
  "cat /var/lib/cdktf-puma/web/settings",
  "echo >/var/lib/cdktf-puma/web/turn",
  "echo >/usr/local/sbin/cdktf-puma",
  `rm -f ${SOCKET}`,
  `ln -sfn /etc/shadow ${SOCKET}`,
  "touch /run/cdktf-puma-answer.x",
];

const onEachHost = (work: (host: FleetHost) => Promise<unknown>) => async (): Promise<void> => {
  for (const host of at.hosts) await work(host);
};

test(
  "without sudo, a restart takes up what the link leads to now, and no new connection is lost",
  onEachHost(async (host) => {
    await release(host, "2", "echo 2 >VERSION");
    const load = await Load.start({ address: host.address, keepAlive: 0 });
    const told = await as(host, "deploy", `${COMMAND} restart web`);
    const { answers, refused, reset, timedOut, errors } = await load.stop();
    expect(told).toMatch(/^[^]*asked for by deploy\n[^]*\ndone: web.socket web.service\n0$/);
    expect(Object.keys(answers).filter((answer) => !answer.startsWith("200 "))).toEqual([]);
    expect({ refused, reset, timedOut, errors }).toEqual({ refused: 0, reset: 0, timedOut: 0, errors: {} });
    expect(await get(host, "http://127.0.0.1:9292/")).toContain("version 2");
    expect(await says(host, "cat /var/lib/cdktf-puma/web/last")).toContain(
      " by deploy: asked for by deploy; ",
    );
  }),
  600_000,
);

test(
  "who is in another group of them may, and who is in none may not",
  onEachHost(async (host) => {
    await host.exec("useradd --groups on-call nightly");
    expect(await as(host, "nightly", `${COMMAND} status web`)).toMatch(/^web.socket is active [^]*\n0$/);
    expect(await as(host, "nightly", said("status"))).toMatch(/^Permission denied\n/);
    expect(await as(host, "ops", `${COMMAND} status web`)).toBe(
      "cdktf-puma: only root may: sudo cdktf-puma status web\n1",
    );
    expect(await as(host, "nightly", `${COMMAND} restart other`)).toBe(
      "cdktf-puma: only root may: sudo cdktf-puma restart other\n1",
    );
  }),
);

test(
  "a word that is none of the list starts nothing, whatever is in it",
  onEachHost(async (host) => {
    const before = await invocation(host, "web.service");
    const words = [
      "restart web",
      "restart;id",
      "$(id)",
      "restart\\0x",
      "restart\\nrestart",
      "apply",
      "../web",
      "-h",
      "x".repeat(100_000),
    ];
    for (const word of words)
      expect([word, await as(host, "deploy", said(word))]).toEqual([
        word,
        "cdktf-puma: this takes one of these words: restart rollback status history\nexit 2\n0",
      ]);
    expect(await invocation(host, "web.service")).toBe(before);
  }),
  120_000,
);

// The rest takes its time.
if (eachDay(false, true)) {
  test(
    "one to a release that does not boot changes nothing, and says why",
    onEachHost(async (host) => {
      const before = await invocation(host, "web.service");
      await release(host, "3", "echo 'raise %q(no such release)' >config.ru");
      const told = await as(host, "deploy", `${COMMAND} restart web`);
      expect(told).toMatch(/no such release[^]*\nFAILED on [^]*\n1$/);
      if (host.release !== "bullseye") expect(await invocation(host, "web.service")).toBe(before);
      expect(await get(host, "http://127.0.0.1:9292/")).toContain("version 2");
      await host.exec("ln -sfn releases/2 /srv/app/current");
      expect(await as(host, "deploy", `${COMMAND} status web`)).toMatch(
        /last run: \S+ \S+ by deploy: failed: [^]*\n0$/,
      );
    }),
    600_000,
  );

  test(
    "who says nothing, and who does not read, hold nothing for long",
    onEachHost(async (host) => {
      const starts = (): Promise<string> => says(host, "cat /var/lib/cdktf-puma/web/last");
      const before = await starts();
      await host.exec(
        `for n in 1 2 3; do runuser -u deploy -- ${connected("sleep 600")} >/dev/null 2>&1 & done`,
      );
      await host.exec(
        `runuser -u deploy -- ${connected('print $s "restart\\n"; sleep 600')} >/dev/null 2>&1 &`,
      );
      await eventually("the run of who does not read", async () => {
        const last = await starts();
        return last !== before && !last.includes("began, and did not end");
      });
      await eventually("that all are gone", async () => (await answering(host)) === 0);
      expect(await says(host, "ls /run/cdktf-puma-answer.* 2>/dev/null || echo none")).toBe("none");
      expect(await as(host, "deploy", `${COMMAND} status web`)).toMatch(/ by deploy: [^]*\n0$/);
      await host.exec("pkill -u deploy -x perl");
    }),
    240_000,
  );

  test(
    "an application that has been taken over gets no further than its words",
    onEachHost(async (host) => {
      await release(host, "4", `printf %s '${TAKEN_OVER}' >config.ru`);
      expect(await as(host, "deploy", `${COMMAND} restart web`)).toMatch(/\n0$/);
      expect(await byApplication(host, "id -un")).toBe("deploy");
      for (const attack of ATTACKS)
        expect([attack, await byApplication(host, `${attack} && echo done`)]).toEqual([
          attack,
          expect.stringMatching(/denied|not permitted/),
        ]);
      expect(await byApplication(host, said("restart web;id"))).toMatch(/^cdktf-puma: this takes one of /);
      expect(await byApplication(host, `${COMMAND} restart other`)).toMatch(/only root may/);
      expect(await byApplication(host, `${COMMAND} status web`)).toMatch(/^web.socket is active /);
      await host.exec("ln -sfn releases/1 /srv/app/current");
      expect(await as(host, "deploy", `${COMMAND} restart web`)).toMatch(/\n0$/);
    }),
    600_000,
  );

  test("who asks again and again keeps no apply away, and leaves nothing", async () => {
    const free = (host: FleetHost): Promise<string> =>
      says(host, "df -Pk /run /var/lib | awk '{ print $6 }'");
    for (const host of at.hosts) {
      await host.write(
        "/run/again",
        `while [ -e /run/again ]; do ${COMMAND} restart web; done >/dev/null 2>&1 </dev/null`,
        0o755,
      );
      await host.exec("for n in 1 2 3 4 5 6; do runuser -u deploy -- sh /run/again & done >/dev/null 2>&1");
      await eventually("several that ask", async () => (await answering(host)) >= 3);
    }
    const before = await Promise.all(at.hosts.map(free));
    await at.workspace.apply(web(["deploy"]));
    for (const host of at.hosts) await host.exec("rm /run/again");
    for (const host of at.hosts)
      await eventually("that all have ended", async () => (await answering(host)) === 0, 300);
    expect(await Promise.all(at.hosts.map(free))).toEqual(before);
    for (const host of at.hosts) expect(await says(host, "systemctl --failed --no-legend")).toBe("");
  }, 600_000);

  test("they go with the prop, and Puma runs on", async () => {
    const pids = await Promise.all(at.hosts.map((host) => invocation(host, "web.service")));
    await at.workspace.apply(web(undefined));
    for (const [i, host] of at.hosts.entries()) {
      expect(await invocation(host, "web.service")).toBe(pids[i]);
      expect(
        await says(
          host,
          "ls -d /run/cdktf-puma-web:* /etc/systemd/system/*operators* /etc/systemd/system/*/*operators* 2>/dev/null || echo none",
        ),
      ).toBe("none");
      expect(await as(host, "deploy", `${COMMAND} status web`)).toMatch(/only root may/);
    }
  });
}
