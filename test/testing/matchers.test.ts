import { TerraformVariable } from "cdktf";
import * as fork from "cdktn";
import { Bind, PumaDropIn, PumaSocket } from "../../lib";
import { type ExpectedUnit, matchers } from "../../lib/testing";
import { cdktn, newHost, newService, newStack, synth } from "../stack";
import { newWeb, said } from "./web";

expect.extend(matchers);

const web = newWeb();
const { root } = web.node;

describe("passes for a unit with these lines", () => {
  test.each([
    ["of a stack", web.node.scope],
    ["of a whole app", root],
    ["of a service", web],
    ["of a synthesized stack", JSON.stringify(synth(newWeb().node.scope as never))],
  ])("%s", (_, source) => {
    expect(source).toHaveUnit("web.service");
    expect(source).toHaveUnit("web.socket", { Socket: { ListenStream: "0.0.0.0:9292" } });
    expect(source).toHaveUnit("web.service", {
      Unit: { StartLimitIntervalSec: 0 },
      Service: { User: "deploy", NoNewPrivileges: true },
    });
    expect(source).not.toHaveUnit("web.service", { Service: { User: "root" } });
    expect(source).not.toHaveUnit("api.service");
  });

  test("of a socket: only its own", () => {
    const stack = newStack();
    const binds = [Bind.tcp(9292), Bind.tcp(9393)];
    const sockets = binds.map((bind, i) => new PumaSocket(stack, `s${i}`, { binds: [bind], name: `s${i}` }));
    newService(stack, { sockets });
    expect(sockets[1]).toHaveUnit("s1.socket", { Socket: { ListenStream: "0.0.0.0:9393" } });
    expect(sockets[1]).not.toHaveUnit("s0.socket");
    expect(new PumaSocket(stack, "free", { binds })).not.toHaveUnit("free.socket");
  });

  test("of a drop-in, and of a synthesized one", () => {
    const stack = newStack();
    const props = { hosts: [newHost()], unit: "mastodon-web.service" };
    const dropIn = new PumaDropIn(stack, "tuning", {
      ...props,
      directives: { Service: { LimitNOFILE: 65536 } },
    });
    for (const source of [dropIn, JSON.stringify(synth(stack))])
      expect(source).toHaveUnit("mastodon-web.service.d/60-tuning.conf", { Service: { LimitNOFILE: 65536 } });
  });

  test("of a stack of cdktn", () => {
    const stack = newStack("blog", cdktn);
    newService(stack);
    expect(stack).toBeInstanceOf(fork.TerraformStack);
    expect(stack).toHaveUnit("web.service", { Service: { User: "deploy" } });
    expect(JSON.stringify(synth(stack, cdktn))).toHaveUnit("web.service", { Service: { User: "deploy" } });
  });
});

describe("a directive", () => {
  const environment = ["RACK_ENV=production", "QUEUE=default"];

  test.each([
    ["in several lines is a list, in their order", { Environment: environment }],
    ["may be some of a list", { Environment: expect.arrayContaining(["QUEUE=default"]) }],
    ["in one line may be expected as a list", { User: ["deploy"] }],
    ["in one line may be some of a list", { User: expect.arrayContaining(["deploy"]) }],
    ["may be like something", { ExecStart: expect.stringMatching(/puma -b/) }],
    [
      "may be like something in a list",
      { Environment: [expect.any(String), expect.stringContaining("QUEUE")] },
    ],
    ["may be there at all", { User: expect.anything() }],
    ["may be missing", { Group: undefined }],
    ["may have no lines", { Group: [] }],
  ])("%s", (_, Service) => {
    expect(web).toHaveUnit("web.service", { Service });
  });

  test.each([
    ["in several lines is no single one of them", { Environment: "QUEUE=default" }],
    ["in another order is not the same", { Environment: [...environment].reverse() }],
    ["is not a part of the list", { Environment: ["QUEUE=default"] }],
    ["is not unlike what it is", { User: expect.not.stringContaining("deploy") }],
    ["is not missing", { User: undefined }],
    ["is not there", { Group: expect.anything() }],
  ])("%s", (_, Service) => {
    expect(web).not.toHaveUnit("web.service", { Service });
  });

  test("that only the engine knows is as the engine's language has it", () => {
    const stack = newStack();
    const { stringValue, numberValue } = new TerraformVariable(stack, "given", {});
    newService(stack, { environment: { SECRET: `a-${stringValue}`, SIZE: `${numberValue}` } });
    expect(stack).toHaveUnit("web.service", {
      Service: { Environment: ["RACK_ENV=production", '"SECRET=a-${var.given}"', '"SIZE=${var.given}"'] },
    });
  });

  test("is what the engine makes of it in a synthesized stack", () => {
    const stack = newStack();
    newService(stack, { environment: { DOLLAR: "${", PERCENT: "%{x" } });
    const Service = { Environment: ["RACK_ENV=production", "DOLLAR=${", "PERCENT=%%{x"] };
    for (const source of [stack, JSON.stringify(synth(stack))])
      expect(source).toHaveUnit("web.service", { Service });
  });
});

const SOURCES = "toHaveUnit: must be asked of a stack, a construct in it, or the JSON of a synthesized stack";
const JSON_OF =
  "toHaveUnit: must be asked of the JSON of one synthesized stack, as Testing.synth() returns it";
const VALUES = "must be a string, a number, a boolean, a list of them, or an asymmetric matcher";

test.each<[string, unknown, unknown, string]>([
  ["what holds no units", 42, {}, `${SOURCES}, got 42`],
  ["null", null, {}, `${SOURCES}, got null`],
  ["what is no JSON", "web", {}, `${JSON_OF}, got "web"`],
  ["JSON that is no stack", "{}", {}, `${JSON_OF}, got "{}"`],
  ["no sections", web, "User=deploy", `toHaveUnit: must be an object, got "User=deploy"`],
  [
    "no directives",
    web,
    { Service: "User=deploy" },
    `toHaveUnit 'Service': must be an object, got "User=deploy"`,
  ],
  ["no value", web, { Service: { User: null } }, `toHaveUnit 'Service.User': ${VALUES}, got null`],
  [
    "no value in a list",
    web,
    { Service: { User: [{}] } },
    `toHaveUnit 'Service.User[0]': ${VALUES}, got an object of Object`,
  ],
])("refuses %s", (_, source, expected, message) => {
  expect(said(() => expect(source).toHaveUnit("web.service", expected as ExpectedUnit))).toBe(message);
  expect(said(() => expect(source).not.toHaveUnit("web.service", expected as ExpectedUnit))).toBe(message);
});
