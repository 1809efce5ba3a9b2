/** Hosts on which sudo is sudo-rs, and every command of coreutils is that of uutils. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Bind, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { buildOnce, cacheFolder, debianMirror } from "../../lab/fleet/rootfs";
import { run } from "../../lab/fleet/run";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { all, eachDayOn, eventually, everywhere, get, onEach, says, traces } from "./hosts";
import { setUpHosts } from "./set-up";

const SUDOERS = "ops ALL=(root) NOPASSWD: ALL\n";

const at = setUpHosts(eachDayOn(["forky"], ["trixie", "forky"]), {
  prepare: ({ hosts }) => onEach(hosts, replaceCommands),
});

/** Debian's packages, as they are unpacked: only what is in this folder of theirs is taken. */
async function replaceCommands(host: FleetHost): Promise<void> {
  const target = join(cacheFolder(), `rust-${host.release}`);
  await mkdir(cacheFolder(), { recursive: true });
  await buildOnce(target, [
    "sh",
    "-c",
    'mmdebstrap --quiet --variant=extract --include=sudo-rs,rust-coreutils --aptopt=\'Acquire::Check-Valid-Until "false"\' "$0" "$2" "$1"',
    host.release,
    await debianMirror(),
  ]);
  const { stdout } = await run("sh", [
    "-c",
    'tar -C "$0" -c usr/lib/cargo usr/bin/coreutils | base64',
    target,
  ]);
  await host.write("/root/rust.tar.base64", stdout);
  await host.exec(`set -e
    base64 -d /root/rust.tar.base64 >/root/rust.tar
    tar -C / -xf /root/rust.tar
    chmod 4755 /usr/lib/cargo/bin/sudo
    printf '${SUDOERS.trim()}\\n' >/etc/sudoers.d/ops
    /usr/lib/cargo/bin/visudo -c
    for program in /usr/lib/cargo/bin/coreutils/*; do
      name=\${program##*/}
      [ ! -e "/usr/bin/$name" ] || /usr/lib/cargo/bin/coreutils/ln -sf "$program" "/usr/bin/$name"
    done
    ln -sf /usr/lib/cargo/bin/sudo /usr/bin/sudo`);
}

const web =
  (edited: string, restart: Restart, release = "1"): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", (host) => ({
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      environment: { EDITED: edited },
      restart,
      release,
    }));

const answers = (path: string): Promise<Record<string, string>> =>
  onEach(at.hosts, async (host) => (await get(host, `http://127.0.0.1:9292${path}`)).trim());

test("they are what runs there", async () => {
  for (const host of at.hosts) {
    expect(await says(host, "sudo --version 2>&1")).toMatch(/^sudo-rs /);
    expect(
      await says(host, "for command in cp mv ln stat timeout sha256sum; do $command --version; done"),
    ).not.toContain("GNU");
  }
});

test.each<[string, Restart]>([
  ["installed", Restart.hot()],
  ["edited", Restart.hot()],
  ["behind a stand-in", Restart.overlap()],
])("a service is %s", async (edited, restart) => {
  const output = await at.workspace.apply(web(edited.replaceAll(" ", "-"), restart));
  for (const { name } of at.hosts)
    expect(outputOf(output, `null_resource.puma_web_on_${name}`)).toMatch(
      /\ndone: web\.socket web\.service$/,
    );
  expect(await answers("/env?EDITED")).toEqual(all(at.hosts, edited.replaceAll(" ", "-")));
});

test("a version that does not boot is taken back, where the link has moved on too", async () => {
  await onEach(at.hosts, (host) =>
    host.exec(`cd /srv/app/releases && cp -a 1 2 && echo 'raise "this version does not boot"' >2/config.ru
      cd .. && rm current && ln -s releases/2 current`),
  );
  const output = await at.workspace.applyInVain(web("bad", Restart.hot(), "2"));
  for (const { name } of at.hosts)
    expect(outputOf(output, `null_resource.puma_web_on_${name}`)).toMatch(
      /FAILED on .*this version does not boot.*web is back to what it was/s,
    );
  expect(await answers("/env?EDITED")).toEqual(all(at.hosts, "behind-a-stand-in"));
  await onEach(at.hosts, (host) => host.exec("cd /srv/app && rm current && ln -s releases/1 current"));
});

test("nothing is left of it", async () => {
  await at.workspace.destroy();
  for (const host of at.hosts)
    await eventually("an end of all traces", async () => (await traces(host, ["web"], [9292])).length === 0);
});
