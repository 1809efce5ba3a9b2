import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetHost } from "../../../lab/fleet/fleet";
import { says } from "../../e2e/hosts";

/** Where the programs are, which are root's and can be read by all. */
export const PROGRAMS = "/opt/hostile";

/** Who runs which of them, all the time. */
const ATTACKS: Readonly<Record<string, readonly string[]>> = {
  deploy: ["stop", "fill", "links", "peek"],
  mallory: ["forge", "words", "peek"],
  eve: ["forge", "words", "peek"],
};

const USERS = Object.keys(ATTACKS);

/** What no program of theirs may end up with. */
const SECRET = "only-for-root";

const PREPARE = `
  useradd --create-home mallory; useradd --create-home eve
  chmod 755 ${PROGRAMS}; chmod 644 ${PROGRAMS}/*
  mkdir -p /srv/app/releases/1/config /srv/app/shared/sockets /srv/hostile /srv/hostile/releases
  rm -f /srv/app/releases/1/config.ru; cp ${PROGRAMS}/app.ru /srv/app/releases/1/config.ru
  cp -a /srv/app/releases/1 /srv/app/releases/2
  ln -sfn /srv/app/releases/1 /srv/app/current; ln -sfn releases /srv/hostile/current
  echo 'CANARY=${SECRET}' >/etc/canary-log; echo 'CANARY=${SECRET}' >/etc/canary-secret; chmod 600 /etc/canary-*
  chown -Rh deploy: /srv/app /srv/hostile; mkdir -p /home/deploy; chown deploy: /home/deploy`;

/** Each file of root's that nobody but root, or the service's own run, has a reason to change. */
const FILES = `
  find /etc /root /usr/local /opt /var/backups -xdev ! -path '*/web.service*' ! -path '*/web.socket*' \\
    ! -path '/etc/systemd/system' ! -path '/etc/systemd/system/*.wants' ! -path '/var/backups/cdktf-puma*' \\
    ! -path /etc ! -path /var/backups \\( -type f -exec sha256sum {} + -o -true \\) -printf '%p %m %u:%g %l\\n'
  find /usr /boot -xdev -printf '%p %m %u:%g %T@ %l\\n'`;

/** One host, on which two users and the application are hostile. */
export class HostileHost {
  private files = "";

  constructor(readonly host: FleetHost) {}

  async prepare(): Promise<void> {
    const names = [
      "attack.rb",
      "stop.rb",
      "fill.rb",
      "links.rb",
      "forge.rb",
      "words.rb",
      "peek.rb",
      "check.rb",
    ];
    for (const name of [...names, "app.ru"])
      await this.host.write(`${PROGRAMS}/${name}`, readFileSync(join(__dirname, name), "utf8"));
    await this.host.exec(PREPARE);
  }

  /** Lets all of them begin. */
  async attack(): Promise<void> {
    this.files = await this.filesOfRoot();
    const limits = ["Delegate=yes", "TasksMax=50", "CPUQuota=60%"].map((limit) => `--property=${limit}`);
    for (const [user, names] of Object.entries(ATTACKS))
      for (const name of names)
        await this.host.exec(
          `systemd-run --quiet --uid=${user} --unit=attack-${user}-${name} ${limits.join(" ")} ruby ${PROGRAMS}/${name}.rb`,
        );
  }

  /** The attacks that came to an end by themselves. */
  async ended(): Promise<string[]> {
    return lines(
      await says(
        this.host,
        `for unit in ${unitsOf().join(" ")}; do systemctl is-active --quiet $unit || echo "$unit ended"; done`,
      ),
    );
  }

  async endAttacks(): Promise<void> {
    await says(
      this.host,
      `systemctl kill --signal=KILL 'attack-*'; systemctl stop 'attack-*'; systemctl reset-failed 'attack-*'`,
    );
  }

  /** What they did, and how often. */
  async deeds(): Promise<Map<string, number>> {
    const notes = await says(
      this.host,
      `cat /home/*/did | awk '{ times = $1; $1 = ""; did[$0] += times } END { for (what in did) print did[what] what }' | sort -k2`,
    );
    return new Map(lines(notes).map((line) => [line.replace(/^\d+ /, ""), parseInt(line, 10)]));
  }

  /** The version that answers, whoever was stopped; what it answers otherwise, where it is not one and the same. */
  async version(): Promise<string> {
    for (let tries = 0; tries < 5; tries++) {
      const answers = await says(
        this.host,
        `pkill -CONT -u deploy; for _ in 1 2 3 4 5; do curl -s --max-time 4 http://127.0.0.1:9292/version || echo nothing; done | sort -u`,
      );
      if (/^version \S+$/.test(answers)) return answers.replace("version ", "");
      if (tries === 4) return answers;
      await sleep(500);
    }
    return "";
  }

  /** What is not as it should be once all is over, a line each. */
  async damage(): Promise<string[]> {
    const changed = changes(this.files, await this.filesOfRoot());
    const users = USERS.map((user) => `-user ${user}`).join(" -o ");
    const left = await says(
      this.host,
      `cat /home/*/got 2>/dev/null | sort -u | sed 's/^/they /'
       grep -rlsF '${SECRET}' /home /srv /tmp /var/tmp /dev/shm /proc/[0-9]*/environ | sed 's/$/ has a secret of root'"'s/"
       journalctl --quiet --output=cat | grep -F '${SECRET}'
       journalctl --quiet -t cdktf-puma _UID=0 --output=cat --all | grep -v '^cdktf-puma: web by ' | sed 's/^/in the log of runs: /'
       find /run /var/lib /var/backups /etc /root -xdev \\( ${users} \\) -not -path '/run/user/*' -printf '%p is of %u\\n'
       find /run/cdktf-puma* /var/lib/cdktf-puma /var/backups/cdktf-puma -not -user root -printf '%p is of %u\\n' 2>/dev/null
       find /run/cdktf-puma* -printf '%p is left\\n' 2>/dev/null
       systemctl list-units --all --plain --no-legend 'cdktf-puma*' 'web-*'
       systemctl list-units --plain --no-legend --state=failed
       for _ in $(seq 30); do ls /home/ops/.ssh | grep -q cdktf-puma || break; sleep 1; done
       ls /home/ops/.ssh | grep cdktf-puma
       for pid in $(pgrep -u deploy); do
         grep -q '/web.service$' /proc/$pid/cgroup || echo "left: $(tr '\\0' ' ' </proc/$pid/cmdline) in $(grep ^0:: /proc/$pid/cgroup)"
       done`,
    );
    return [...changed, ...lines(left)];
  }

  private filesOfRoot(): Promise<string> {
    return says(this.host, FILES);
  }
}

function unitsOf(): string[] {
  return Object.entries(ATTACKS).flatMap(([user, names]) => names.map((name) => `attack-${user}-${name}`));
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function changes(before: string, after: string): string[] {
  const [old, now] = [new Set(lines(before)), new Set(lines(after))];
  return [
    ...[...now].filter((line) => !old.has(line)).map((line) => `changed: ${line}`),
    ...[...old].filter((line) => !now.has(line)).map((line) => `was before: ${line}`),
  ];
}
