import { type TerraformStack } from "cdktf";
import { Bind, ManagedFile, PumaService, type PumaServiceProps, PumaSocket } from "../../lib";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import {
  APP,
  declared,
  eachDayOn,
  eventually,
  get,
  invocation,
  listeningInode,
  logins,
  PUMA,
  says,
} from "./hosts";
import { callOn, reachByCommandLine } from "./commands";
import { setUpHosts } from "./set-up";

const PORT = 9292;

/** What a run asks systemd and the record is the same on all: the newest stable one. */
const at = setUpHosts(eachDayOn(["trixie"]));

const host = (): FleetHost => at.hosts[0] as FleetHost;

const service = (stack: TerraformStack, props: Partial<PumaServiceProps> = {}): PumaService =>
  new PumaService(stack, "web", {
    hosts: at.hosts.map((one) => declared(one)),
    ...APP,
    pumaVersion: PUMA[host().release],
    socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] }),
    files: [ManagedFile.file("/etc/blog/tuning.yml", { content: "cache: 64" })],
    ...props,
  });

const stackWith =
  (props: Partial<PumaServiceProps> = {}): Build =>
  (stack) => {
    service(stack, props);
  };

const units = "web.socket web.service";
const state = (): Promise<string> =>
  says(host(), `systemctl is-active ${units}; systemctl is-enabled ${units}`);
const greeting = (): Promise<string> => get(host(), `http://127.0.0.1:${PORT}/`);
const GREETING = /^hello from /;

const STOPPED = "inactive\ninactive\ndisabled\ndisabled";
const RUNNING = "active\nactive\nenabled\nenabled";

describe("a service that is kept stopped", () => {
  const wait = async (): Promise<void> =>
    eventually("an answer", async () => GREETING.test(await greeting()));

  test("is stopped and disabled with its socket, and the plan and the output say so", async () => {
    await at.workspace.apply(stackWith());
    await wait();
    const plan = await at.workspace.plan(stackWith({ ensure: "stopped" }));
    expect(JSON.stringify(plan)).toContain("ensure: stops Puma and its sockets (stopped)");
    const text = await at.workspace.apply(stackWith({ ensure: "stopped" }));
    expect(text).toContain("stopping web.socket web.service: 'ensure' is stopped");
    expect(text).not.toContain("answers HTTP");
    expect(await state()).toBe(STOPPED);
    expect(await greeting()).toBe("");
    expect(await listeningInode(host(), PORT)).toBe("");
    expect(await says(host(), "cdktf-puma restart web; echo $?; cdktf-puma status web; echo $?")).toMatch(
      new RegExp(
        `^FAILED on ${host().name}: web is kept stopped, so nothing was changed: .*\\n1\\n[^]*\\nit is kept stopped \\('ensure'\\)\\n[^]*\\n3$`,
      ),
    );
    expect(await state()).toBe(STOPPED);
  });

  test("has its changes installed without a start, its application being gone and its port taken", async () => {
    const other = `ruby -rsocket -e 'TCPServer.new(${PORT}); sleep'`;
    await host().exec(`mv /srv/app /srv/gone; systemd-run --quiet --unit=other -- ${other}`);
    await eventually("a listener", async () => (await listeningInode(host(), PORT)) !== "");
    const text = await at.workspace.apply(stackWith({ ensure: "stopped", environment: { EDITED: "once" } }));
    await host().exec("mv /srv/gone /srv/app; systemctl stop other");
    expect(text).toContain("web.service: installing");
    expect(await state()).toBe(STOPPED);
    expect(await says(host(), "grep EDITED /etc/systemd/system/web.service")).toBe("Environment=EDITED=once");
    expect(
      await at.workspace.apply(stackWith({ ensure: "stopped", environment: { EDITED: "once" } })),
    ).toContain("No changes.");
  });

  test("stays so at a boot, and is started again where that is wanted", async () => {
    await host().reboot();
    expect(await state()).toBe(STOPPED);
    await at.workspace.apply(stackWith({ environment: { EDITED: "once" } }));
    expect(await state()).toBe(RUNNING);
    expect(await get(host(), `http://127.0.0.1:${PORT}/env?EDITED`)).toBe("once");
  });

  test("runs on as it did where the run fails", async () => {
    const before = await invocation(host(), "web.service");
    const record = "/var/lib/cdktf-puma/web/record";
    await host().exec(`mount --bind ${record} ${record}`);
    const text = await at.workspace.applyInVain(stackWith({ ensure: "stopped" }));
    await host().exec(`umount ${record}`);
    expect(text).toContain("FAILED on");
    expect(await state()).toBe(RUNNING);
    expect(await invocation(host(), "web.service")).not.toBe(before);
    await wait();
  });
});

const record = (key: string): Promise<string> =>
  says(host(), `sed -n 's/^${key}=//p' /var/lib/cdktf-puma/web/record`);

const call = (...words: string[]): ReturnType<typeof callOn> => callOn(host(), ...words);

describe("a service that is handed over", () => {
  let shop: Workspace;
  beforeAll(async () => (shop = await Workspace.open(undefined, "shop")), 900_000);
  afterAll(() => shop.close());

  let before = "";

  test("is told so without a connection, and runs on as it was where it is destroyed", async () => {
    await at.workspace.apply(stackWith());
    before = await invocation(host(), "web.service");
    const known = await logins(host());
    await at.workspace.apply(stackWith({ retain: true }));
    expect(await logins(host())).toBe(known);
    const text = await at.workspace.destroy();
    expect(text).toContain(
      "web.socket web.service: handed over as they are: they belong to no stack any more",
    );
    expect(await state()).toBe(RUNNING);
    expect(await invocation(host(), "web.service")).toBe(before);
    expect(await says(host(), "ls /var/lib/cdktf-puma/web")).toBe(
      "ended.sh\nhanded-over\non-call.txt\nreload.sh\nstop.sh",
    );
    expect(await says(host(), "ls /usr/local/sbin/cdktf-puma")).toBe("");
  });

  test("is nobody's: another stack that does not take it over leaves it and its helpers alone", async () => {
    const text = await shop.applyInVain(stackWith());
    expect(text).toContain("web.service was not written by this stack; 'takeOver: true' replaces it");
    expect(await says(host(), "ls /var/lib/cdktf-puma/web/stop.sh")).not.toBe("");
    expect(await invocation(host(), "web.service")).toBe(before);
    await shop.destroy();
    expect(await says(host(), "ls /var/lib/cdktf-puma/web/stop.sh")).not.toBe("");
    expect(await state()).toBe(RUNNING);
  });

  test("is taken over by another one without a restart", async () => {
    await shop.apply(stackWith({ takeOver: true }));
    expect(await record("owner")).toBe("shop");
    expect(await says(host(), "ls /var/lib/cdktf-puma/web/handed-over")).toBe("");
    expect(await invocation(host(), "web.service")).toBe(before);
  });
});

describe("what a lost stack has left", () => {
  reachByCommandLine(host);

  test("is listed, without root", async () => {
    const { code, out } = await call("list");
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `^SERVICE +OWNER +HOST +SINCE +STATE\\nweb +shop +${host().name} +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +active\\n$`,
      ),
    );
  });

  test("is left alone where another owner is named, or another service", async () => {
    const where = `cdktf-puma: ops@${host().address}`;
    const said = `${where}: 'web' belongs to the stack 'shop', and not to 'blog': left alone\n`;
    expect(await call("remove", "web", "--owner", "blog")).toEqual({ code: 1, out: "", err: said });
    expect((await call("remove", "api", "--owner", "shop")).err).toBe(
      `${where}: this library has no service 'api' there\n`,
    );
    expect(await state()).toBe(RUNNING);
  });

  test("is removed under the lock, and nothing of it is left", async () => {
    const { code, out } = await call("remove", "web", "--owner", "shop");
    expect(out).toContain("web.socket web.service: stopped, disabled and removed");
    expect(code).toBe(0);
    expect(await says(host(), "ls -d /etc/systemd/system/web.* /var/lib/cdktf-puma 2>/dev/null")).toBe("");
    expect(await says(host(), "journalctl -t cdktf-puma -o cat _UID=0 | tail -n 1")).toMatch(
      /^cdktf-puma: web removed by ops from /,
    );
    expect((await call("list")).out).toBe("SERVICE  OWNER  HOST  SINCE  STATE\n");
  });

  test("secrets of what was never installed are listed and removed, too", async () => {
    await host().exec("install -d -m 700 /var/lib/cdktf-puma/api/secrets/1");
    expect((await call("list")).out).toMatch(/^api +\(nobody knows\) .* never installed\n$/m);
    expect((await call("remove", "api", "--owner", "shop")).code).toBe(0);
    expect(await says(host(), "ls -d /var/lib/cdktf-puma 2>/dev/null")).toBe("");
  });
});
