/** Upgrades of Debian's package, made on the host out of what is installed there, with a higher version. */
import { type FleetHost } from "../../lab/fleet/fleet";

/** What a package is made from, and edited in. */
const TREE = "/root/redmine";

/** Debian's own files and scripts, as they are installed. */
const COPY = `mkdir -p ${TREE}/DEBIAN
dpkg --listfiles redmine | while read -r path; do
  if [ -d "$path" ] && [ ! -L "$path" ]; then mkdir -p "${TREE}$path"; else cp -a "$path" "${TREE}$path"; fi
done
for script in conffiles config postinst postrm prerm templates triggers; do
  cp -a "/var/lib/dpkg/info/redmine.$script" ${TREE}/DEBIAN/$script
done
dpkg-query --status redmine | sed '/^Status: /d; /^Conffiles:/,/^[^ ]/ { /^Conffiles:/d; /^ /d }' >${TREE}/DEBIAN/control`;

/** Begins with the package as it is installed. */
export async function copyPackage(host: FleetHost): Promise<void> {
  await host.exec(COPY);
}

/** Names the build where each page says what it is powered by, in a file that a process reads as it boots. */
const build = (number: number): string =>
  `sed -i "s/def app_name.*/def app_name; 'Redmine build ${number}' end/" ${TREE}/usr/share/redmine/lib/redmine/info.rb`;

/** A migration, which later builds have too, as `db:migrate` finds it. */
export function migration(number: number, body: string): string {
  const name = `AddBuild${number}`;
  const text = `class ${name} < ActiveRecord::Migration[6.1]\n  def up\n    ${body}\n  end\nend\n`;
  return `printf '%s' '${text}' >${TREE}/usr/share/redmine/db/migrate/209901010000${String(number).padStart(2, "0")}_add_build${number}.rb`;
}

/** Builds a package with these edits, by shell, which those that follow have as well unless `only` this one is to have them. */
export async function buildPackage(
  host: FleetHost,
  number: number,
  edit = "true",
  only = false,
): Promise<void> {
  const version = `sed -i '/^Version: /s/\\(+build[0-9]*\\)\\?$/+build${number}/' ${TREE}/DEBIAN/control`;
  const keep = only ? `cp -a ${TREE} ${TREE}.kept` : "true";
  const back = only ? `rm -r ${TREE} && mv ${TREE}.kept ${TREE}` : "true";
  const make = `dpkg-deb --root-owner-group -Znone --build ${TREE} /root/redmine-${number}.deb`;
  await host.exec([keep, build(number), version, edit, make, back].join(" &&\n"));
}

/** Installs it as an administrator does, upgrade or downgrade. */
export async function installPackage(host: FleetHost, number: number): Promise<void> {
  await host.exec(`DEBIAN_FRONTEND=noninteractive dpkg --install /root/redmine-${number}.deb`);
}
