import { type Directives } from "../../lib";
import { type FleetHost, RELEASES } from "../../lab/fleet/fleet";
import { refusal } from "../puma/rules/refused";
import { all, oneOfEach, onEach, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** Folders of an application in which everybody may read and write. */
const FOLDERS = "/home/x/app /srv/b/current /tmp/x";

const at = setUpHosts(oneOfEach(RELEASES), {
  prepare: ({ hosts }) =>
    onEach(hosts, (host) => says(host, `mkdir -p ${FOLDERS}; chmod -R a+rwX ${FOLDERS} /home/x /srv/b`)),
});

/** Lines of a unit, what is done in a folder, and whether it is done there. */
type Row = readonly [lines: Record<string, string>, does: "read" | "write", folder: string, works: boolean];

const ROWS: readonly Row[] = [
  [{}, "write", "/home/x/app", true],
  [{ ProtectHome: "yes" }, "read", "/home/x/app", false],
  [{ ProtectHome: "yes", BindPaths: "/home/x/app" }, "read", "/home/x/app", false],
  [{ ProtectHome: "yes", BindPaths: "/home" }, "read", "/home/x/app", false],
  [{ ProtectHome: "tmpfs" }, "read", "/home/x/app", false],
  [{ ProtectHome: "tmpfs", BindPaths: "/home/x" }, "write", "/home/x/app", true],
  [{ ProtectHome: "tmpfs", BindReadOnlyPaths: "/home/x/app" }, "read", "/home/x/app", true],
  [{ ProtectHome: "tmpfs", BindReadOnlyPaths: "/home/x/app" }, "write", "/home/x/app", false],
  [{ ProtectHome: "read-only" }, "read", "/home/x/app", true],
  [{ ProtectHome: "read-only" }, "write", "/home/x/app", false],
  [{ ProtectHome: "read-only", ReadWritePaths: "/home/x" }, "write", "/home/x/app", true],
  [{ InaccessiblePaths: "/srv", BindPaths: "/srv/b/current" }, "read", "/srv/b/current", false],
  [{ InaccessiblePaths: "/srv", ReadWritePaths: "/srv" }, "read", "/srv/b/current", false],
  [{ TemporaryFileSystem: "/srv" }, "read", "/srv/b/current", false],
  [{ TemporaryFileSystem: "/srv", BindPaths: "/srv/b" }, "write", "/srv/b/current", true],
  [{ ReadOnlyPaths: "/srv" }, "write", "/srv/b/current", false],
  [{ ReadWritePaths: "/srv", ReadOnlyPaths: "/srv/b" }, "write", "/srv/b/current", false],
  [{ ReadOnlyPaths: "/srv", ReadWritePaths: "/srv/b" }, "write", "/srv/b/current", true],
  [{ ProtectSystem: "strict" }, "read", "/srv/b/current", true],
  [{ ProtectSystem: "strict" }, "write", "/srv/b/current", false],
  [{ ProtectSystem: "strict", ReadWritePaths: "/srv/b" }, "write", "/srv/b/current", true],
  [{ ProtectSystem: "strict" }, "write", "/home/x/app", true],
  [{ ProtectSystem: "strict", ProtectHome: "read-only" }, "write", "/home/x/app", false],
  [{ ProtectSystem: "full" }, "write", "/srv/b/current", true],
  [{ PrivateTmp: "yes" }, "read", "/tmp/x", false],
  [{ PrivateTmp: "yes" }, "write", "/tmp", true],
];

const optionsOf = (lines: Record<string, string>): string =>
  Object.entries(lines)
    .map(([name, value]) => `-p '${name}=${value}'`)
    .join(" ");

/** Whether systemd lets a process do it. */
async function isDone(host: FleetHost, [lines, does, folder]: Row): Promise<boolean> {
  const work = does === "read" ? `cd '${folder}'` : `: >'${folder}/file'`;
  const run = `systemd-run --quiet --wait --collect ${optionsOf(lines)} /bin/sh -c "${work}"`;
  return (await says(host, `${run} 2>/dev/null && echo done`)) === "done";
}

/** Whether synth takes a service that does the same. */
function isTaken([lines, does, folder]: Row): boolean {
  const directives: Directives = { Service: lines };
  // Of what Puma writes into its application nobody knows at synth where a link leads.
  const workingDirectory = does === "write" ? "/usr/share" : folder;
  const args = does === "read" ? [] : ["-S", `${folder}/file`];
  return refusal({ service: { workingDirectory, args, directives } }) === "no error";
}

test.each(ROWS)("%j: %s in %s: %s, on each systemd as at synth", async (...row) => {
  expect(await onEach(at.hosts, (host) => isDone(host, row))).toEqual(all(at.hosts, row[3]));
  expect(isTaken(row)).toBe(row[3]);
});

test("what systemd makes in an empty /run is the host's own, where others find a socket", async () => {
  const run =
    "systemd-run --quiet --unit=made --collect -p TemporaryFileSystem=/run -p RuntimeDirectory=made";
  const look =
    "for try in $(seq 50); do [ ! -e /run/made/file ] || break; sleep 0.1; done; ls /run/made/file";
  expect(
    await onEach(at.hosts, (host) =>
      says(host, `${run} sh -c ': >/run/made/file; sleep 20'; ${look}; systemctl stop made`),
    ),
  ).toEqual(all(at.hosts, "/run/made/file"));
});

const FAMILIES: readonly (readonly [lines: readonly string[], works: boolean])[] = [
  [["AF_UNIX AF_INET"], true],
  [["AF_INET AF_INET6"], false],
  [["~AF_UNIX"], false],
  [["AF_INET AF_UNIX", "~AF_UNIX"], false],
  [["~AF_UNIX AF_NETLINK", "AF_UNIX"], true],
  [["AF_INET", "AF_UNIX"], true],
  [["AF_INET", "", "AF_UNIX"], true],
];

test.each(FAMILIES)(
  "RestrictAddressFamilies=%j leaves AF_UNIX: %s, on each systemd as at synth",
  async (lines, works) => {
    const options = lines.map((line) => `-p 'RestrictAddressFamilies=${line}'`).join(" ");
    const bind = `ruby -rsocket -e 'File.delete("/tmp/bound") rescue 0; UNIXServer.new("/tmp/bound")'`;
    const run = (host: FleetHost) =>
      says(
        host,
        `systemd-run --quiet --wait --collect ${options} ${bind} 2>/dev/null && echo bound || echo not`,
      );
    expect(await onEach(at.hosts, run)).toEqual(all(at.hosts, works ? "bound" : "not"));
    const directives: Directives = { Service: { RestrictAddressFamilies: [...lines] } };
    expect(refusal({ socket: {}, service: { pumaVersion: "6.6", directives } }) === "no error").toBe(works);
  },
);
