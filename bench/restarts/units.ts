/** Units as others tell their users to write them, for the same application. */

/** What a restart of these has in common. */
export interface Units {
  /** By their names. */
  readonly units: Readonly<Record<string, string>>;
  /** Puma's configuration file, where the unit leaves it all to that. */
  readonly config?: string;
  /** The command that the manual names, and all that comes before another one may be given. */
  readonly restart: string;
}

/** The port at which all of them listen, one after the other. */
export const PORT = 9292;
/** The seconds that the application takes to boot. */
export const BOOT_SECONDS = 2;
/** Where it is. Capistrano's plugin leaves all to a configuration file, which nobody else shall find. */
export const DIRECTORY = { others: "/srv/app/current", capistrano: "/srv/capistrano/current" };

const ANSWERS = `until curl --fail --silent --output /dev/null http://127.0.0.1:${PORT}/; do sleep 0.1; done`;

/** Puma's own guide, docs/systemd.md: the sample unit, whose socket is a choice. */
const guide = (before: string): string => `[Unit]
Description=Puma HTTP Server
After=network.target
${before}
[Service]
Type=notify
WatchdogSec=10
User=deploy
WorkingDirectory=${DIRECTORY.others}
Environment=RACK_ENV=production BOOT_SECONDS=${BOOT_SECONDS}
ExecStart=${DIRECTORY.others}/sbin/puma -b tcp://0.0.0.0:${PORT}
Restart=always

[Install]
WantedBy=multi-user.target
`;

const GUIDE_SOCKET = `[Unit]
Description=Puma HTTP Server Accept Sockets

[Socket]
ListenStream=0.0.0.0:${PORT}
ReusePort=true
Backlog=1024

[Install]
WantedBy=sockets.target
`;

/** What capistrano3-puma 6 writes with its defaults, as a unit of the system. */
const CAPISTRANO = `[Unit]
Description=Puma HTTP Server for blog (production)
After=syslog.target network.target

[Service]
Type=notify
WatchdogSec=10
User=deploy
WorkingDirectory=${DIRECTORY.capistrano}
ExecStart=/usr/bin/bundle exec puma -e production
ExecReload=/bin/kill -USR1 $MAINPID
Environment="BOOT_SECONDS=${BOOT_SECONDS}"
RestartSec=1
Restart=on-failure
SyslogIdentifier=blog_puma_production

[Install]
WantedBy=multi-user.target
`;

const BIND = `bind "tcp://0.0.0.0:${PORT}"\n`;

/** Both workers of the next phase are there, as Puma's log has it. */
const PHASED = `
  phase=$(journalctl -u puma --output=cat | sed -n 's/.*booted in .*phase: //p' | sort -n | tail -n 1)
  systemctl reload puma
  until [ "$(journalctl -u puma --output=cat | grep -c "booted in .*phase: $((phase + 1))$")" = 2 ]; do sleep 0.2; done`;

/** By what the page calls them. */
export const OTHERS: Readonly<Record<string, Units>> = {
  "Puma's guide": { units: { "puma.service": guide("") }, restart: `systemctl restart puma\n${ANSWERS}` },
  "Puma's guide, with its socket": {
    units: { "puma.service": guide("Requires=puma.socket\n"), "puma.socket": GUIDE_SOCKET },
    restart: `systemctl restart puma\n${ANSWERS}`,
  },
  "Capistrano's plugin": {
    units: { "puma.service": CAPISTRANO },
    config: BIND,
    restart: `systemctl restart puma\n${ANSWERS}`,
  },
  "Capistrano's plugin, phased": {
    units: { "puma.service": CAPISTRANO },
    config: `${BIND}workers 2\n`,
    restart: PHASED,
  },
};
