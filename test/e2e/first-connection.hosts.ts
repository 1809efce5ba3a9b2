import { type TerraformStack } from "cdktf";
import { Bind, type PumaServiceProps, PumaSocket } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, eachDayOn, everywhere, get, invocation, onEach, property, says } from "./hosts";
import { setUpHosts } from "./set-up";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";

const PORT = 9292;

/** It is systemd that starts Puma then: the oldest. */
const at = setUpHosts(eachDayOn(["bullseye"]));

const stackWith =
  (value: string): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", (host) => onFirstConnection(stack, host, value));

const onFirstConnection = (
  stack: TerraformStack,
  host: FleetHost,
  value: string,
): Partial<PumaServiceProps> => ({
  startOn: "firstConnection",
  socket: new PumaSocket(stack, `socket-${host.name}`, {
    binds: [Bind.tcp(PORT), Bind.unix("/run/web.sock")],
  }),
  environment: { EDITED: value },
});

/** Of socket and service: whether they are enabled, and whether they run. */
const state = (host: FleetHost): Promise<string> =>
  says(host, "systemctl is-enabled web.socket web.service; systemctl is-active web.socket web.service");

const WAITING = "enabled\ndisabled\nactive\ninactive";
const SERVING = "enabled\ndisabled\nactive\nactive";

const value = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/env?EDITED`);

test("an apply starts the socket, and not Puma", async () => {
  const text = await at.workspace.apply(stackWith("once"));
  expect(await onEach(at.hosts, state)).toEqual(all(at.hosts, WAITING));
  expect(
    await onEach(at.hosts, (host) => property(host, "web.service", "ExecMainStartTimestampMonotonic")),
  ).toEqual(all(at.hosts, "0"));
  for (const { name } of at.hosts)
    expect(outputOf(text, `null_resource.puma_web_on_${name}`)).toContain("the first connection starts Puma");
});

test("an edit before the first request starts nothing either", async () => {
  const sockets = await onEach(at.hosts, (host) => invocation(host, "web.socket"));
  await at.workspace.apply(stackWith("twice"));
  expect(await onEach(at.hosts, state)).toEqual(all(at.hosts, WAITING));
  expect(await onEach(at.hosts, (host) => invocation(host, "web.socket"))).toEqual(sockets);
});

test("the first request starts Puma, with what was edited, and is answered", async () => {
  expect(await onEach(at.hosts, value)).toEqual(all(at.hosts, "twice"));
  expect(await onEach(at.hosts, state)).toEqual(all(at.hosts, SERVING));
});

test("an edit restarts a Puma that runs, behind the same socket", async () => {
  const before = await onEach(at.hosts, (host) => invocation(host, "web.service"));
  const sockets = await onEach(at.hosts, (host) => invocation(host, "web.socket"));
  await at.workspace.apply(stackWith("three times"));
  expect(await onEach(at.hosts, state)).toEqual(all(at.hosts, SERVING));
  expect(await onEach(at.hosts, value)).toEqual(all(at.hosts, "three times"));
  const after = await onEach(at.hosts, (host) => invocation(host, "web.service"));
  for (const { name } of at.hosts) expect(after[name]).not.toBe(before[name]);
  expect(await onEach(at.hosts, (host) => invocation(host, "web.socket"))).toEqual(sockets);
});

test("after a reboot the first request starts it again", async () => {
  await Promise.all(at.hosts.map((host) => host.reboot()));
  expect(await onEach(at.hosts, state)).toEqual(all(at.hosts, WAITING));
  expect(
    await onEach(at.hosts, (host) => get(host, "http://web/env?EDITED", "--unix-socket /run/web.sock")),
  ).toEqual(all(at.hosts, "three times"));
  expect(await onEach(at.hosts, state)).toEqual(all(at.hosts, SERVING));
});

test("a destroy leaves nothing that a request could start", async () => {
  await at.workspace.destroy();
  expect(await onEach(at.hosts, value)).toEqual(all(at.hosts, ""));
  expect(
    await onEach(at.hosts, (host) =>
      says(host, "systemctl is-active web.socket web.service; pgrep -u deploy"),
    ),
  ).toEqual(all(at.hosts, "inactive\ninactive"));
});
