import { type TerraformStack } from "cdktf";
import { Bind, PumaService, type PumaServiceProps, PumaSocket } from "../../lib";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { APP, declared, eachDayOn, eventually, get, invocation, listeningInode, PUMA, says } from "./hosts";
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
