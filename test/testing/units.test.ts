import { TerraformVariable } from "cdktf";
import { Bind, Connection, PumaDropIn, PumaSocket } from "../../lib";
import { hostsOf, unitsOf } from "../../lib/testing";
import { errorOf, newHost, newService, newStack, synth } from "../stack";

const hosts = ["web1", "web2"].map((name) => newHost(name));

test("units by the names of their files: a value, or a list where a directive stands in several lines", () => {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292), Bind.tcp(9393)] });
  newService(stack, { hosts, socket });
  for (const source of [stack, JSON.stringify(synth(stack))]) {
    const units = unitsOf(source);
    expect(Object.keys(units).sort()).toEqual(["web.service", "web.socket"]);
    expect(units["web.service"].Service.User).toBe("deploy");
    expect(units["web.socket"].Socket.ListenStream).toEqual(["0.0.0.0:9292", "0.0.0.0:9393"]);
  }
});

test("which hosts each unit is on, however they are reached and known", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "given", {});
  newService(stack, { hosts });
  newService(
    stack,
    { hosts: [newHost("api1", { address: stringValue })], binds: [Bind.tcp(9393)] },
    "api.v2",
  );
  const remote = newHost("far1", { connection: Connection.openssh(), identity: stringValue, key: undefined });
  newService(stack, { hosts: [remote] }, "far");
  new PumaDropIn(stack, "tuning", {
    hosts,
    unit: "mastodon-web.service",
    directives: { Service: { LimitNOFILE: 65536 } },
  });
  for (const source of [stack, JSON.stringify(synth(stack))])
    expect(hostsOf(source)).toEqual({
      "web.service": ["web1", "web2"],
      "api.v2.service": ["api1"],
      "far.service": ["far1"],
      "mastodon-web.service.d/60-tuning.conf": ["web1", "web2"],
    });
});

test("the hosts of all units of a name, and a word on which of them has what is asked for", () => {
  const stack = newStack();
  newService(stack, { hosts });
  const directives = { Service: { MemoryMax: "8G" } };
  const big = newService(stack, { name: "web", hosts: [newHost("big1")], directives }, "big");
  const small = newService(stack, { name: "web", hosts: [newHost("small1")] }, "small");
  expect(hostsOf(stack)["web.service"].sort()).toEqual(["big1", "small1", "web1", "web2"]);
  expect(unitsOf(big)["web.service"].Service.MemoryMax).toBe("8G");
  expect(unitsOf(small)["web.service"].Service.MemoryMax).toBeUndefined();
  expect(errorOf(() => unitsOf(stack))).toBe(
    "unitsOf: must be asked of one service: web.service is one on web1, web2, small1, and another one on big1",
  );
});

test.each([
  ["unitsOf", unitsOf],
  ["hostsOf", hostsOf],
])("%s refuses what holds no units", (name, ask) => {
  expect(errorOf(() => ask(42 as never))).toBe(
    `${name}: must be asked of a stack, a construct in it, or the JSON of a synthesized stack, got 42`,
  );
});
