import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FleetHost } from "../../lab/fleet/fleet";
import { buildOnce, cacheFolder } from "../../lab/fleet/rootfs";
import { PumaCommand } from "../../lib";

/** The Ruby of a version manager: the system's own, which tells by whom it was found. */
const ruby = (folder: string, by: string): string =>
  ["ruby", "bundle"]
    .map((name) => {
      const lines = ["#!/bin/sh", `export LAUNCHED_BY=${by}`, `exec /usr/bin/${name} "$@"`];
      const text = lines.map((line) => `'${line}'`).join(" ");
      return `mkdir -p ${folder} && printf '%s\\n' ${text} >${folder}/${name} && chmod 755 ${folder}/${name}`;
    })
    .join("\n");

const program = (path: string, lines: readonly string[]): string => `mkdir -p ${path.replace(/[^/]*$/, "")}
cat >${path} <<'EOT'
${lines.join("\n")}
EOT
chmod 755 ${path}`;

/** Finds the version that the directory's .tool-versions names, and becomes what it is told, as asdf and mise do. */
const byToolVersions = (rubies: string, skipped: number): string[] => [
  "#!/bin/sh",
  `shift ${skipped}`,
  "read -r _ version <.tool-versions",
  `folder=${rubies}/$version/bin`,
  `[ -d "$folder" ] || { echo "ruby $version is not installed" >&2; exit 126; }`,
  'PATH="$folder:$PATH" exec "$@"',
];

/** A way to find a Ruby that systemd does not find. */
export interface Launcher {
  readonly command: PumaCommand;
  /** What is prepared on the host, as root, before its home is given to deploy. */
  readonly prepare: string;
}

const HOME = "/home/deploy";

/** rbenv is Debian's own. Of the others that Debian has no package of, a few lines behave as they do. */
export const LAUNCHERS: Readonly<Record<string, Launcher>> = {
  rbenv: {
    command: PumaCommand.argv(["/usr/bin/rbenv", "exec", "bundle", "exec", "puma"]),
    prepare: ruby(`${HOME}/.rbenv/versions/3.3.1/bin`, "rbenv"),
  },
  rvm: {
    command: PumaCommand.shell(`source ${HOME}/.rvm/scripts/rvm && rvm use 3.3 && exec bundle exec puma`),
    prepare: [
      ruby(`${HOME}/.rvm/rubies/3.3/bin`, "rvm"),
      program(`${HOME}/.rvm/scripts/rvm`, [`function rvm { PATH=${HOME}/.rvm/rubies/$2/bin:$PATH; }`]),
    ].join("\n"),
  },
  chruby: {
    command: PumaCommand.argv(["/opt/chruby-exec", "ruby-3.3", "--", "bundle", "exec", "puma"]),
    prepare: [
      ruby("/opt/rubies/ruby-3.3/bin", "chruby"),
      program("/etc/profile.d/chruby.sh", ["chruby() { PATH=/opt/rubies/$1/bin:$PATH; }"]),
      program("/opt/chruby-exec", [
        "#!/bin/bash",
        "name=$1",
        "shift 2",
        'exec "$SHELL" -l -c "chruby $name && $(printf \'%q \' "$@")"',
      ]),
    ].join("\n"),
  },
  asdf: {
    command: PumaCommand.argv(["/opt/asdf", "exec", "bundle", "exec", "puma"]),
    prepare: [
      ruby(`${HOME}/.asdf/installs/ruby/3.3.1/bin`, "asdf"),
      program("/opt/asdf", byToolVersions(`${HOME}/.asdf/installs/ruby`, 1)),
    ].join("\n"),
  },
  mise: {
    command: PumaCommand.argv(["/opt/mise", "exec", "--", "bundle", "exec", "puma"]),
    prepare: [
      ruby(`${HOME}/.local/share/mise/installs/ruby/3.3.1/bin`, "mise"),
      program("/opt/mise", byToolVersions(`${HOME}/.local/share/mise/installs/ruby`, 2)),
    ].join("\n"),
  },
  login: {
    command: PumaCommand.shell("exec bundle exec puma", { login: true }),
    prepare: [
      ruby(`${HOME}/bin`, "login"),
      program(`${HOME}/.profile`, ["export PATH=$HOME/bin:$PATH"]),
    ].join("\n"),
  },
};

/** The application of a launcher: two releases, the second of which does not boot, and a link to the first. */
const application = (name: string): string => `
  mkdir -p /srv/${name}/releases
  cp -r /srv/app/releases/1 /srv/${name}/releases/1
  cd /srv/${name}/releases && echo 3.3.1 >1/.ruby-version && echo ruby 3.3.1 >1/.tool-versions && cp -r 1 2
  echo 'raise "this version does not boot"' >2/config.ru
  ln -s releases/1 /srv/${name}/current
  chown -R deploy: /srv/${name}`;

/** Puts all launchers onto a host, each with an application. */
export async function installLaunchers(host: FleetHost): Promise<void> {
  await host.exec("base64 -d >/root/rbenv.deb && dpkg --install /root/rbenv.deb", { input: await rbenv() });
  for (const [name, { prepare }] of Object.entries(LAUNCHERS))
    await host.exec(`set -e\n${prepare}\n${application(name)}`);
  await host.exec(`chown -R deploy: ${HOME}`);
}

/** Debian's package, which is the same on all machines, as base64. */
async function rbenv(): Promise<string> {
  const folder = join(cacheFolder(), "deb-rbenv");
  await buildOnce(folder, ["sh", "-c", 'mkdir -p "$0" && cd "$0" && apt-get download rbenv']);
  const [name = ""] = await readdir(folder);
  return (await readFile(join(folder, name))).toString("base64");
}
