import { matchers } from "../../lib/testing";
import { newHost, newService, newStack, synth } from "../stack";
import { newWeb, said } from "./web";

expect.extend(matchers);

const web = newWeb();

test("which units there are", () => {
  expect(said(() => expect(web).toHaveUnit("webb.service"))).toMatchInlineSnapshot(`
      "expect(received).toHaveUnit("webb.service")

      Expected unit:  "webb.service"
      Received units: "web.socket", "web.service"

      Did you mean web.service?"
    `);
});

test("that there is none", () => {
  expect(said(() => expect(newStack()).toHaveUnit("web.service"))).toMatchInlineSnapshot(`
      "expect(received).toHaveUnit("web.service")

      Expected unit:  "web.service"
      Received units: none"
    `);
});

test("what is otherwise, with its lines", () => {
  const expected = {
    Unit: { User: "deploy" },
    Service: {
      User: "app",
      MemoryMax: "2G",
      NoNewPrivileges: undefined,
      Usr: "deploy",
      ExecStart: expect.stringContaining("bundle exec"),
      Environment: "QUEUE=default",
    },
    Instal: { WantedBy: "multi-user.target" },
  };
  expect(said(() => expect(web).toHaveUnit("web.service", expected))).toMatchInlineSnapshot(`
      "expect(received).toHaveUnit("web.service")

      web.service on web1, web2

      [Unit] User=
      Expected: "deploy"
      Received: no such line
      It stands in [Service].

      [Service] User=
      Expected: "app"
      Received: "deploy"
        line 12: User=deploy

      [Service] MemoryMax=
      Expected: "2G"
      Received: "1G"
        line 23: MemoryMax=1G

      [Service] NoNewPrivileges=
      Expected: no such line
      Received: "true"
        line 24: NoNewPrivileges=true

      [Service] Usr=
      Expected: "deploy"
      Received: no such line
      Did you mean User=?

      [Service] ExecStart=
      Expected: StringContaining "bundle exec"
      Received: "/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292"
        line 16: ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292

      [Service] Environment=
      Expected: "QUEUE=default"
      Received: ["RACK_ENV=production", "QUEUE=default"]
        line 14: Environment=RACK_ENV=production
        line 15: Environment=QUEUE=default
      It stands in several lines: expect a list, or expect.arrayContaining([…]).

      [Instal] WantedBy=
      Expected: "multi-user.target"
      Received: no such line
      It stands in [Install]."
    `);
});

test("how lists differ", () => {
  const Service = { Environment: ["RACK_ENV=production", "QUEUE=mail", expect.stringContaining("X")] };
  expect(said(() => expect(web).toHaveUnit("web.service", { Service }))).toMatchInlineSnapshot(`
      "expect(received).toHaveUnit("web.service")

      web.service on web1, web2

      [Service] Environment=
      - Expected
      + Received

        Array [
          "RACK_ENV=production",
      -   "QUEUE=mail",
      -   StringContaining "X",
      +   "QUEUE=default",
        ]
        line 14: Environment=RACK_ENV=production
        line 15: Environment=QUEUE=default"
    `);
});

test("that a list is in another order", () => {
  const Service = { Environment: ["QUEUE=default", "RACK_ENV=production"] };
  expect(said(() => expect(web).toHaveUnit("web.service", { Service }))).toMatchInlineSnapshot(`
      "expect(received).toHaveUnit("web.service")

      web.service on web1, web2

      [Service] Environment=
      - Expected
      + Received

        Array [
      -   "QUEUE=default",
          "RACK_ENV=production",
      +   "QUEUE=default",
        ]
        line 14: Environment=RACK_ENV=production
        line 15: Environment=QUEUE=default
      The values are the same, in another order."
    `);
});

test("which lines there are that should not be", () => {
  const Service = { User: "deploy", Environment: expect.anything() };
  expect(said(() => expect(web).not.toHaveUnit("web.service", { Service }))).toMatchInlineSnapshot(`
      "expect(received).not.toHaveUnit("web.service")

      Expected no such unit, received web.service on web1, web2
        line 12: User=deploy
        line 14: Environment=RACK_ENV=production
        line 15: Environment=QUEUE=default"
    `);
});

test("where there is a unit that should not be", () => {
  expect(said(() => expect(web).not.toHaveUnit("web.socket"))).toMatchInlineSnapshot(`
      "expect(received).not.toHaveUnit("web.socket")

      Expected no such unit, received web.socket on web1, web2"
    `);
});

test("it of each, where hosts differ; one that is alike is enough", () => {
  const stack = newStack();
  newService(stack, { hosts: [newHost("web1"), newHost("web2")] });
  newService(
    stack,
    { name: "web", hosts: [newHost("big1")], directives: { Service: { MemoryMax: "8G" } } },
    "big",
  );
  for (const source of [stack, JSON.stringify(synth(stack))]) {
    expect(source).toHaveUnit("web.service", { Service: { MemoryMax: "8G" } });
    expect(source).toHaveUnit("web.service", { Service: { MemoryMax: undefined } });
  }
  const Service = { MemoryMax: "4G" };
  const message = said(() => expect(stack).toHaveUnit("web.service", { Service }));
  expect(message).toMatchInlineSnapshot(`
      "expect(received).toHaveUnit("web.service")

      web.service on web1, web2

      [Service] MemoryMax=
      Expected: "4G"
      Received: no such line

      web.service on big1

      [Service] MemoryMax=
      Expected: "4G"
      Received: "8G"
        line 20: MemoryMax=8G"
    `);
});
