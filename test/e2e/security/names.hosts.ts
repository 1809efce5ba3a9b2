/** What another user of the host can name is no line of what is read of /proc. */
import { Bind } from "../../../lib";
import { type FleetHost } from "../../../lab/fleet/fleet";
import { applyBundle, leave, MALLORY } from "../bundles";
import { eventually, get, invocation, listeningInode, onEach, oneOfEach, says } from "../hosts";
import { setUpHosts } from "../set-up";
import { hostScript } from "../../../lib/runtime/parts";

/**
 * Who opens, once he is told of a process and a socket, a file whose name holds a line of `ls -l` for them. He is there
 * before those that he speaks of, so that his processes are listed before theirs.
 */
const FORGER = `
  Thread.new do
    sleep 0.01 until File.exist?("/home/mallory/told")
    pid, inode = File.read("/home/mallory/told").split
    folder = "/home/mallory/a\\n/proc/#{pid}"
    FileUtils.mkdir_p(folder)
    $held = File.open("#{folder}/fd:\\nlrwx------ 1 root root 64 Nov 26 13:00 5 -> socket:[#{inode}]", "w")
    FileUtils.touch("/home/mallory/forged")
  end`;

async function forge(host: FleetHost, pid: string, inode: string): Promise<void> {
  await host.exec(`
    echo ${pid} ${inode} >/home/mallory/telling && mv /home/mallory/telling /home/mallory/told
    until [ -e /home/mallory/forged ]; do sleep 0.05; done`);
}

const forget = (host: FleetHost): Promise<unknown> =>
  host.exec("systemctl stop forger; cd /home/mallory && rm -rf told forged a*");

/** Sockets whose names hold a line of /proc/net/unix: as many as it takes for some to stand before the one that is meant. */
const claimed = (path: string, inode: string): string => `
  $claims = (1..60).map do |i|
    folder = "/tmp/f#{i}\\n1: 2 0 00010000 1 1 ${inode} ${path.slice(0, path.lastIndexOf("/"))}"
    FileUtils.mkdir_p(folder)
    UNIXServer.new("#{folder}/${path.slice(path.lastIndexOf("/") + 1)}")
  end`;

/** From here on numbers of processes have as many digits, so that those that began before are listed before. */
const FOUR_DIGITS = `while [ "$(sh -c 'echo $$')" -lt 1000 ]; do :; done`;

const at = setUpHosts(oneOfEach(["bullseye", "trixie"]), {
  prepare: ({ hosts }) =>
    onEach(hosts, (host) =>
      host.exec(`${MALLORY}; mkdir /run/sock; chown deploy: /run/sock; ${FOUR_DIGITS}`),
    ),
});

const each = (work: (host: FleetHost) => Promise<unknown>) => (): Promise<unknown> => onEach(at.hosts, work);
const pidOf = (host: FleetHost, unit: string): Promise<string> =>
  says(host, `systemctl show --property=MainPID --value ${unit}`);
const stop = (host: FleetHost, ...units: string[]): Promise<unknown> =>
  host.exec(`systemctl stop ${units.join(" ")}`);

const taken = (unit: string): string =>
  `FAILED on a: nothing was changed, because of\n  - 0.0.0.0:9600 is taken by ${unit} (process `;
const more = { binds: [Bind.tcp(9292), Bind.tcp(9600)] };

test(
  "a file's name makes no process another's, and holds up no deploy",
  each(async (host) => {
    await leave(host, "mallory", "forger", FORGER);
    expect(await applyBundle(host, "web", {})).toMatchObject({ code: 0 });
    await forge(host, await pidOf(host, "ssh.service"), await listeningInode(host, 9292));
    const { code, told } = await applyBundle(host, "web", { release: "2" });
    expect([code, told]).toEqual([0, expect.stringContaining("done: web.service")]);
    await forget(host);
  }),
);

test(
  "nor does it make a port one's own that is another's",
  each(async (host) => {
    await leave(host, "mallory", "forger", FORGER);
    await leave(host, "mallory", "listener", "$server = TCPServer.new(9600)");
    await forge(host, await pidOf(host, "web.service"), await listeningInode(host, 9600));
    const runs = await invocation(host, "web.service");
    const { code, told } = await applyBundle(host, "web", more);
    expect([code, told]).toEqual([1, expect.stringContaining(taken("listener.service"))]);
    expect(await invocation(host, "web.service")).toBe(runs);
    await forget(host);
    await stop(host, "listener");
  }),
);

test(
  "nor does a control group with the name of a service",
  each(async (host) => {
    const program = `
      $server = TCPServer.new(9600)
      own = "/sys/fs/cgroup" + File.read("/proc/self/cgroup")[/^0::(.*)$/, 1]
      Dir.mkdir("#{own}/web.service")
      File.write("#{own}/web.service/cgroup.procs", Process.pid.to_s)`;
    await leave(host, "mallory", "delegate", program);
    const { code, told } = await applyBundle(host, "web", more);
    expect([code, told]).toEqual([1, expect.stringContaining(taken("delegate.service"))]);
    await stop(host, "delegate");
  }),
);

describe("the names of sockets", () => {
  const UNIX = "/run/sock/puma.sock";
  const binds = [Bind.unix(UNIX)];

  test(
    "make no unix socket another's, and hold up no deploy",
    each(async (host) => {
      expect(await applyBundle(host, "sock", { binds })).toMatchObject({ code: 0 });
      const inodes = [
        "99999901",
        await listeningInode(host, 22),
        await inodeAt(host, "/run/dbus/system_bus_socket"),
      ];
      for (const [i, inode] of inodes.entries())
        await leave(host, "mallory", `claim${i}`, claimed(UNIX, inode));
      const { code, told } = await applyBundle(host, "sock", { binds, release: "2" });
      expect([code, told]).toEqual([0, expect.stringContaining("done: sock.service")]);
      expect(await get(host, "http://x/", `--unix-socket ${UNIX}`)).toContain("hello");
    }),
  );

  test(
    "nor where only the socket's file is left",
    each(async (host) => {
      await host.exec("systemctl kill -s KILL sock; systemctl stop sock");
      await eventually("the end of sock", async () => (await pidOf(host, "sock.service")) === "0");
      expect(await says(host, `ls ${UNIX}`)).toBe(UNIX);
      const { code, told } = await applyBundle(host, "sock", { binds, release: "3" });
      expect([code, told]).toEqual([0, expect.stringContaining("done: sock.service")]);
      await stop(host, "claim0", "claim1", "claim2");
    }),
  );

  test(
    "make Puma listen nowhere else",
    each(async (host) => {
      expect(await applyBundle(host, "sock", { binds, release: "4" })).toMatchObject({ code: 0 });
      const inode = await inodeAt(host, UNIX);
      await leave(host, "mallory", "claimer", claimed("/run/nowhere.sock", inode));
      const functions = hostScript().replace(/main <.*\n$/, "");
      const script = `PUMA_SERVICE=sock; set -- a 192.0.2.1 apply me sock\n${functions}
        main_pid=${await pidOf(host, "sock.service")}; listening_binds`;
      // Longer than an argument may be.
      await host.write("/root/asks.sh", script);
      expect(await says(host, "sh /root/asks.sh")).toBe(`unix ${UNIX}`);
      await stop(host, "claimer");
    }),
  );

  test(
    "and a unix socket that is another's is told as ever",
    each(async (host) => {
      await host.exec(
        "systemd-run --quiet --unit=other ruby -rsocket -e 'UNIXServer.new(\"/run/other.sock\"); sleep'",
      );
      await eventually("a socket", async () => (await says(host, "ls /run/other.sock")) !== "");
      const { code, told } = await applyBundle(host, "sock", { binds: [Bind.unix("/run/other.sock")] });
      expect([code, told]).toEqual([
        1,
        expect.stringContaining("/run/other.sock is taken by other.service (process "),
      ]);
      await stop(host, "other");
    }),
  );
});

/** The inode of the socket that listens at a path. */
async function inodeAt(host: FleetHost, path: string): Promise<string> {
  return says(host, `awk '$4 == "00010000" && $8 == "${path}" { print $7 }' /proc/net/unix`);
}
