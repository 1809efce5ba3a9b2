import { TerraformVariable } from "cdktf";
import { Bind, PumaSocket, type PumaServiceProps } from "../../lib";
import { errorOf, newHost, newService, newStack, synth } from "../stack";

const TCP = Bind.tcp(9292);

test("nothing of the author's has the id that the library keeps for itself in a stack", () => {
  const id = "cdktf-puma";
  expect(errorOf(() => newService(newStack(), {}, id))).toBe(
    "cdktf-puma: 'blog/cdktf-puma' has the id that the library keeps for itself: choose another",
  );
});

describe("two services on one host", () => {
  /** What is said of a second service, 'api', beside 'web'. */
  function meeting(web: Partial<PumaServiceProps>, api: Partial<PumaServiceProps>): string {
    const stack = newStack();
    newService(stack, web);
    return errorOf(() => {
      newService(stack, { binds: [Bind.tcp(1)], ...api }, "api");
      synth(stack);
    });
  }

  test.each<[string, Partial<PumaServiceProps>, Partial<PumaServiceProps>, string]>([
    [
      "of one name",
      {},
      { name: "web" },
      `PumaService 'api' 'hosts': must name no host that another service 'web' is on, got "web1"`,
    ],
    [
      "with one address",
      {},
      { binds: [TCP] },
      `PumaService 'api' 'binds': must not repeat or overlap those of 'web' on 'web1', got "0.0.0.0:9292"`,
    ],
    [
      "with overlapping addresses",
      {},
      { binds: [Bind.tcp(9292, { address: "::" })] },
      `those of 'web' on 'web1', got "[::]:9292"`,
    ],
    [
      "with one path",
      { binds: [Bind.unix("/run/x")] },
      { binds: [Bind.unix("/run/x")] },
      `those of 'web' on 'web1', got "/run/x"`,
    ],
    [
      "of which one has the name of the other's rehearsal",
      {},
      { name: "web-rehearsal" },
      `PumaService 'api' 'name': must not be what a new version of 'web' on 'web1' runs as, got "web-rehearsal"`,
    ],
    [
      "of which one has the name of the other's stand-in",
      { name: "web-standin" },
      { name: "web" },
      `PumaService 'api' 'name': must not be what a new version of 'web' on 'web1' runs as, got "web-standin"`,
    ],
  ])("%s are refused", (_, web, api, message) => {
    expect(meeting(web, api)).toContain(message);
  });

  test("are fine with names and addresses of their own, and on other hosts with the same", () => {
    expect(meeting({}, {})).toBe("no error");
    expect(meeting({}, { name: "web", hosts: [newHost("other")], binds: [TCP] })).toBe("no error");
  });

  test("with one socket unit are refused", () => {
    const stack = newStack();
    const named = (id: string, port: number) =>
      new PumaSocket(stack, id, { name: "shared", binds: [Bind.tcp(port)] });
    newService(stack, { socket: named("one", 1) });
    expect(errorOf(() => newService(stack, { socket: named("two", 2) }, "api"))).toMatch(
      /^PumaService 'api'.*shared\.socket/,
    );
  });

  test("whose names would be one in Terraform are refused", () => {
    const stack = newStack();
    newService(stack);
    expect(errorOf(() => newService(stack, { binds: [Bind.tcp(1)] }, "removals"))).toContain("puma_removals");
  });
});

test("one host is one machine: neither two names for an address nor two addresses for a name", () => {
  const at = (name: string, address: string) => newHost(name, { address });
  const both = { hosts: [at("a", "10.0.0.1"), at("b", "10.0.0.1")] };
  expect(errorOf(() => newService(newStack(), both))).toBe(
    `PumaService 'web' 'hosts': must give 10.0.0.1 one name: 'a', got "b"`,
  );
  const stack = newStack();
  newService(stack, { hosts: [at("a", "10.0.0.1")] });
  const other = { hosts: [at("a", "10.0.0.2")], binds: [Bind.tcp(1)] };
  expect(errorOf(() => newService(stack, other, "api"))).toBe(
    `PumaService 'api' 'hosts': must give 'a' one address: 10.0.0.1, got "10.0.0.2"`,
  );
});

test("an address that only the engine knows is compared with no other", () => {
  const stack = newStack();
  const variable = new TerraformVariable(stack, "address", { type: "string" });
  const host = () => newHost("a", { address: variable.stringValue });
  newService(stack, { hosts: [host(), newHost("b", { address: variable.stringValue })] });
  newService(stack, { hosts: [host()], binds: [Bind.tcp(1)] }, "api");
  expect(synth(stack).locals.puma_services).toEqual({ a: "api web", b: "web" });
});
