import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type ListenOptions, type Server } from "node:net";
import { join } from "node:path";
import { folderOf, functions, says, scratch, sh, SHELLS, stubs } from "./shell";

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

async function listen(options: ListenOptions): Promise<number> {
  const server = createServer().listen(options);
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** The inodes of the sockets that this very process listens on at a port, from the kernel's own list. */
function inodesAt(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = ["tcp", "tcp6"].flatMap((file) => readFileSync(`/proc/net/${file}`, "utf8").split("\n"));
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields
    .filter((field) => field[1]?.endsWith(suffix) && field[3] === "0A")
    .map((field) => field[9] ?? "");
}

/** Where somebody listens, and the addresses at which he is in the way, and those at which he is not. */
const LISTENERS: readonly [host: string, taken: string[], free: string[]][] = [
  ["127.0.0.1", ["127.0.0.1", "0.0.0.0", "::"], ["127.0.0.2", "192.0.2.1"]],
  ["127.0.0.2", ["127.0.0.2", "0.0.0.0", "::"], ["127.0.0.1", "127.0.0.3"]],
  ["0.0.0.0", ["127.0.0.1", "192.0.2.1", "0.0.0.0", "::"], []],
  ["::1", ["::1", "::"], ["127.0.0.1", "0.0.0.0"]],
  ["::", ["::1", "::", "0.0.0.0", "127.0.0.1"], []],
];

describe.each(SHELLS)("under $name", (shell) => {
  const call = (words: string): Promise<string> => says(shell, `${functions()}\n${words}`);

  test.each([
    ["hex_address 127.0.0.1", "0100007F"],
    ["hex_address 0.0.0.0", "00000000"],
    ["hex_address 192.0.2.10", "0A0200C0"],
    ["hex_address 255.254.253.1", "01FDFEFF"],
  ])("%s is %s", async (words, hex) => {
    expect(await call(words)).toBe(hex);
  });

  describe.each(LISTENERS)("where somebody listens at %s", (host, taken, free) => {
    let port: number;
    beforeAll(async () => {
      port = await listen({ host, port: 0, ipv6Only: false });
    });

    test.each(taken)("%s is taken", async (address) => {
      expect((await call(`tcp_listeners ${address} ${port}`)).trim()).toBe(inodesAt(port).join("\n"));
      expect(inodesAt(port)).toHaveLength(1);
    });

    if (free.length > 0) {
      test.each(free)("%s is free", async (address) => {
        expect(await call(`tcp_listeners ${address} ${port}`)).toBe("");
      });
    }

    test("another port is free", async () => {
      expect(await call(`tcp_listeners ${taken[0]} ${port === 1 ? 2 : port - 1}`)).not.toContain(
        inodesAt(port)[0],
      );
    });
  });

  test("a connection is no listener", async () => {
    const port = await listen({ host: "127.0.0.1", port: 0 });
    const client = connect(port, "127.0.0.1");
    await once(client, "connect");
    const said = await call(`tcp_listeners 127.0.0.1 ${port}`);
    client.destroy();
    expect(said.trim()).toBe(inodesAt(port).join("\n"));
  });

  test("a unix socket is found by its whole path", async () => {
    const path = join(folderOf(), "s.sock");
    await listen({ path });
    expect(await call(`unix_listeners ${path}`)).toMatch(/^\d+\n$/);
    expect(await call(`unix_listeners ${path}x`)).toBe("");
    expect(await call(`unix_listeners ${path.slice(0, -1)}`)).toBe("");
    expect(await call(`unix_listeners ${join(scratch, "none")}`)).toBe("");
  });

  test("a free address belongs to nobody, a taken one to a unit or to somebody unknown", async () => {
    const port = await listen({ host: "127.0.0.1", port: 0 });
    const path = join(folderOf(), "s.sock");
    await listen({ path });
    const unit = await call('unit_of_process self; printf %s "$found"');
    expect(await call(`unit_at '' 127.0.0.1 ${port}`)).toBe(unit || "an unknown process");
    expect(await call(`unit_at '' ${path}`)).toBe(unit);
    expect(await call(`unit_at '' ${path}x`)).toBe("");
    expect(await call(`unit_at '' 127.0.0.2 ${port}`)).toBe("");
    // It looks at the descriptors of every process of this machine.
  });

  test("a socket that closes while it is looked for is in nobody's way", async () => {
    const cwd = folderOf();
    const listens = (times: number): string =>
      `tcp_listeners() { echo x >>asked; [ "$(grep -c x asked)" -gt ${times} ] || echo 1; }`;
    const asked = (times: number): Promise<string> =>
      says(shell, `${functions()}\nrm -f asked; ${listens(times)}\nunit_at '' 127.0.0.1 9`, { cwd });
    expect([await asked(1), await asked(9)]).toEqual(["", "an unknown process"]);
  });

  test("what systemd itself holds belongs to the socket unit that has this address", async () => {
    const table = `cat <<'EOF'
0.0.0.0:80       other.socket  other.service
/run/web.sock    web.socket    web.service
[::]:9292        web.socket    web.service
EOF`;
    const before = stubs({ systemctl: table });
    const at = async (end: string): Promise<string> =>
      (await sh(shell, `${functions()}\nsocket_unit_at ${end}`, { before })).stdout;
    expect([await at("9292"), await at("/run/web.sock"), await at("80"), await at("292")]).toEqual([
      "web.socket\n",
      "web.socket\n",
      "other.socket\n",
      "",
    ]);
  });

  /** Who listens, by its control group, and how a person finds it. */
  const HOLDERS: readonly (readonly [unit: string, group: string, named: string])[] = [
    [
      "other.service",
      "/system.slice/other.service",
      "other.service (process PID of USER: sleep 7): 'systemctl disable --now other.service' ends it",
    ],
    [
      "session-3.scope",
      "/user.slice/user-1000.slice/session-3.scope",
      "process PID of USER: sleep 7, which was started by hand: 'kill PID' ends it",
    ],
    [
      "an unknown process",
      "/",
      "process PID of USER: sleep 7, which was started by hand: 'kill PID' ends it",
    ],
    [
      "user@1000.service",
      "/user.slice/user-1000.slice/user@1000.service/app.slice/web.service",
      "web.service of the systemd of USER (process PID of USER: sleep 7): as USER, 'systemctl --user disable --now web.service' ends it",
    ],
    [
      "user@1000.service",
      "/user.slice/user-1000.slice/user@1000.service/init.scope",
      "a unit of the systemd of USER (process PID of USER: sleep 7): as USER, 'systemctl --user list-sockets' tells which",
    ],
    [
      "user@1000.service",
      "/user.slice/user-1000.slice/user@1000.service/a;b.service",
      "a unit of the systemd of USER (process PID of USER: sleep 7): as USER, 'systemctl --user list-sockets' tells which",
    ],
    ["other.socket", "/init.scope", "other.socket: 'systemctl disable --now other.socket' ends it"],
  ];

  test.each(HOLDERS)("%s in the group %s is named", async (unit, group, named) => {
    const script = `sleep 7 & pid=$!
      group_of() { found=; case "$1$2" in "$pid"*) found=${group.replace(";", "\\;")} ;; esac; found=\${found#/}; }
      listeners_at() { echo 1; }
      holders_of() { printf '1 %s\\n' 1 $pid; }
      sleep 0.1
      named_holder ${unit.includes(" ") ? `'${unit}'` : unit} 0.0.0.0 9292
      user=$(stat -c %U /proc/$pid); kill $pid; printf ' %s' $pid "$user"`;
    const said = await says(shell, `${functions()}\n${script}`);
    const [pid = "", user = ""] = said.split(" ").slice(-2);
    const told = said.slice(0, -(pid.length + user.length + 2));
    expect(told).toBe(named.replaceAll("PID", pid).replaceAll("USER", user));
  });

  test("one of whom no process is seen may be in a container", async () => {
    const script = "holders_of() { :; }; named_holder 'an unknown process' 0.0.0.0 9292";
    expect(await call(script)).toBe("an unknown process, such as one in a container");
  });
});
