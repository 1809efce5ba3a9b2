/** What is opened as root, where the application could put a link: refused, and the safe form of each passes. */
import { Bind, Duration, type PumaServiceProps, PumaSocket } from "../../../lib";
import { outputOf } from "../../../lab/engine/output";
import { type Build } from "../../../lab/engine/workspace";
import { type FleetHost } from "../../../lab/fleet/fleet";
import { all, eachDayOn, everywhere, get, onEach, says } from "../hosts";
import { setUpHosts } from "../set-up";
import { attack, endAttacks } from "./attackers";

const SHARED = "/srv/app/shared";
const CANARY = "only-for-root";

/** Files of root's, and links to them in the application's folder. */
const PREPARE = `
  for name in log owned secret; do echo 'CANARY=${CANARY}' >/etc/canary-$name; done
  chmod 600 /etc/canary-owned /etc/canary-secret
  mkdir -p ${SHARED}/sockets /etc/safe
  for name in log secret; do ln -s /etc/canary-$name ${SHARED}/$name; done
  chown -Rh deploy: /srv/app
  printf '#!/bin/sh\\nexit 0\\n' >/srv/app/setup && chmod 755 /srv/app/setup
  mkfifo /etc/fifo.env
  echo 'SAFE=yes' >/etc/safe/env
  echo 'SAFE=yes' >/etc/writable.env && chown deploy: /etc/writable.env
  chmod 640 /etc/safe/env && chgrp deploy /etc/safe/env`;

/** What is refused here is asked of coreutils and systemd: the oldest. */
const at = setUpHosts(eachDayOn(["bullseye"]), {
  prepare: async ({ hosts }) => {
    await onEach(hosts, (host) => host.exec(PREPARE));
  },
});

interface Unsafe {
  readonly props: (socket: (props: object) => PumaSocket) => Partial<PumaServiceProps>;
  readonly says: string;
}

const reads = (path: string): string => `systemd reads ${path} as root, wherever a link there leads; put it`;
const DIRECTIVES = "directives.Service";

const UNSAFE: Record<string, Unsafe> = {
  "a-log": {
    props: () => ({ directives: { Service: { StandardOutput: `append:${SHARED}/log` } } }),
    says: `/srv/app belongs to deploy: systemd writes ${SHARED}/log as root, wherever a link there leads; leave it to the journal, use /var/log/a-log.log, or let Puma open it by --redirect-stdout ('${DIRECTIVES}.StandardOutput')`,
  },
  "a-credential": {
    props: () => ({ directives: { Service: { LoadCredential: `key:${SHARED}/secret` } } }),
    says: `/srv/app belongs to deploy: ${reads(`${SHARED}/secret`)} where only root writes, below /etc ('${DIRECTIVES}.LoadCredential')`,
  },
  "a-command": {
    props: () => ({ directives: { Service: { ExecStartPre: "+/srv/app/setup" } } }),
    says: `/srv/app belongs to deploy: systemd runs /srv/app/setup as root; put it where only root writes, such as /usr/local/sbin ('${DIRECTIVES}.ExecStartPre')`,
  },
  "an-environment": {
    props: () => ({ environmentFiles: [`${SHARED}/secret`] }),
    says: `/srv/app belongs to deploy: ${reads(`${SHARED}/secret`)} where only root writes, below /etc ('environmentFiles')`,
  },
  "a-missing-environment": {
    props: () => ({ environmentFiles: [`-${SHARED}/none/of/these`] }),
    says: `/srv/app belongs to deploy: ${reads(`${SHARED}/none/of/these`)}`,
  },
  "a-fifo": {
    props: () => ({ environmentFiles: ["/etc/fifo.env"] }),
    says: `/etc/fifo.env is a FIFO: ${reads("/etc/fifo.env")}`,
  },
  "a-writable-environment": {
    props: () => ({ environmentFiles: ["/etc/writable.env"] }),
    says: `/etc/writable.env belongs to deploy: ${reads("/etc/writable.env")}`,
  },
  "a-socket": {
    props: (socket) => ({ socket: socket({ user: "deploy", mode: "0660" }) }),
    says: `/srv/app belongs to deploy: systemd gives ${SHARED}/sockets/puma.sock to its owner as root, wherever a link there leads; use /run/a-socket/puma.sock, or a socket without 'user' and 'group' ('binds')`,
  },
};

const unsafe: Build = (stack) =>
  Object.entries(UNSAFE).forEach(([name, { props }], i) =>
    everywhere(stack, at.hosts, name, (host) => ({
      binds: name === "a-socket" ? undefined : [Bind.tcp(9400 + i)],
      ...props(
        (options) =>
          new PumaSocket(stack, `socket-${name}-${host.name}`, {
            binds: [Bind.unix(`${SHARED}/sockets/puma.sock`)],
            ...options,
          }),
      ),
    })),
  );

describe("in the application's folder", () => {
  let output: string;
  const canaries = (host: FleetHost): Promise<string> =>
    says(
      host,
      `cd /etc && stat -c '%a %U:%G' canary-* && cat canary-* && grep -ls '${CANARY}' /proc/[0-9]*/environ`,
    );
  let before: Record<string, string>;

  beforeAll(async () => {
    before = await onEach(at.hosts, canaries);
    await onEach(at.hosts, (host) =>
      attack(host, "turn-aside", `${SHARED}/sockets/puma.sock`, "/etc/canary-owned"),
    );
    output = await at.workspace.applyInVain(unsafe);
    await onEach(at.hosts, endAttacks);
  });

  test.each(Object.keys(UNSAFE))("%s is refused, with what to do", (name) => {
    for (const host of at.hosts) {
      expect(outputOf(output, `null_resource.puma_${name}_on_${host.name}`)).toContain(UNSAFE[name]?.says);
    }
  });

  test("no file of root's is read, written, or given away", async () => {
    expect(await onEach(at.hosts, canaries)).toEqual(before);
  });
});

describe("where only root writes", () => {
  const safe: Build = (stack) =>
    everywhere(stack, at.hosts, "safe", (host) => ({
      environmentFiles: ["/etc/safe/env", "-/etc/safe/none"],
      socket: new PumaSocket(stack, `socket-safe-${host.name}`, {
        binds: [Bind.tcp(9500), Bind.unix("/run/safe/puma.sock")],
        user: "deploy",
        group: "www-data",
        mode: "0660",
      }),
      directives: {
        Service: {
          StandardOutput: "append:/var/log/%p.log",
          LoadCredential: "key:/etc/canary-secret",
          ExecStartPre: "+/bin/true",
        },
      },
    }));

  test("each of them passes, and again where nothing is to do", async () => {
    await at.workspace.apply(safe);
    const answers = await onEach(at.hosts, (host) =>
      get(host, "http://web/", "--unix-socket /run/safe/puma.sock"),
    );
    expect(answers).toEqual(
      Object.fromEntries(at.hosts.map(({ name }) => [name, `hello from ${name} version 1\n`])),
    );
    expect(await onEach(at.hosts, (host) => says(host, "stat -c '%U %F' /var/log/safe.log"))).toEqual(
      all(at.hosts, "root regular file"),
    );
    const again = at.hosts.map(({ name }) => `-replace=null_resource.puma_safe_on_${name}`);
    expect(await at.workspace.apply(safe, again)).toContain("nothing to do");
  });

  test("a drop-in by hand is looked at, too", async () => {
    const dropIn = "/etc/systemd/system/safe.service.d/log.conf";
    const host = at.hosts[0] as FleetHost;
    await host.exec(`mkdir -p ${dropIn.replace(/\/[^/]*$/, "")} && systemctl daemon-reload`);
    await host.write(dropIn, `[Service]\nStandardError=append:${SHARED}/log\n`);
    await host.exec("systemctl daemon-reload");
    const again = [`-replace=null_resource.puma_safe_on_${host.name}`];
    expect(await at.workspace.applyInVain(safe, again)).toContain(
      `/srv/app belongs to deploy: systemd writes ${SHARED}/log as root`,
    );
    await host.exec(`rm ${dropIn} && systemctl daemon-reload`);
    await at.workspace.destroy();
  });
});

describe("a socket without an owner, in the application's folder", () => {
  const path = `${SHARED}/sockets/puma.sock`;

  test("is noted, and works", async () => {
    const output = await at.workspace.apply((stack) =>
      everywhere(stack, at.hosts, "plain", (host) => ({
        socket: new PumaSocket(stack, `socket-plain-${host.name}`, { binds: [Bind.unix(path)] }),
      })),
    );
    for (const { name } of at.hosts) {
      const said = outputOf(output, `null_resource.puma_plain_on_${name}`);
      expect(said).toContain(`note: /srv/app belongs to deploy: systemd listens at ${path} as root`);
      expect(said).toContain("done: plain.socket plain.service");
    }
    await at.workspace.destroy();
  });

  test("does not make root ask another's socket", async () => {
    const log = "/run/asked";
    const LISTENER = `require "socket"
      File.umask(0177)
      UNIXServer.open("/run/rootonly.sock") { |server| loop { io = server.accept; File.write("${log}", io.gets, mode: "a"); io.write("HTTP/1.1 200 OK\\r\\n\\r\\n"); io.close } }`;
    await onEach(at.hosts, async (host) => {
      await host.write("/root/listener.rb", LISTENER);
      await host.exec(`: >${log}; systemd-run --quiet --unit=rootonly ruby /root/listener.rb`);
      await attack(host, "turn-aside", path, "/run/rootonly.sock");
    });
    const output = await at.workspace.applyInVain((stack) =>
      everywhere(stack, at.hosts, "own", { binds: [Bind.unix(path)], startTimeout: Duration.seconds(8) }),
    );
    await onEach(at.hosts, endAttacks);
    expect(output).toContain(`unix:${path} did not answer within 8s`);
    expect(await onEach(at.hosts, (host) => says(host, `cat ${log}`))).toEqual(all(at.hosts, ""));
    await onEach(at.hosts, (host) => host.exec("systemctl stop rootonly; rm -f /run/rootonly.sock"));
  });
});

test("a folder for the engine's script that is another's, or in another's, is refused", async () => {
  const folder = "/home/deploy/scripts";
  await onEach(at.hosts, (host) =>
    host.exec(`install -d -m 700 -o deploy ${folder}; install -d -m 700 ${folder}/of-root
      cp -r /home/ops/.ssh /root/; chown -R root: /root/.ssh`),
  );
  for (const place of [folder, `${folder}/of-root`]) {
    const options = { user: "root", scriptPath: `${place}/cdktf-puma-%RAND%.sh` };
    const output = await at.workspace.applyInVain((stack) =>
      everywhere(stack, at.hosts, "script", { binds: [Bind.tcp(9600)] }, options),
    );
    for (const { name } of at.hosts)
      expect(outputOf(output, `null_resource.puma_script_on_${name}`)).toContain(
        `others than root could put another folder in the place of ${place}, where the engine puts its script: deploy (`,
      );
  }
});
