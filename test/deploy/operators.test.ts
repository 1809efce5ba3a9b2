import { newService, newStack, errorOf, synth } from "../stack";
import { type PumaServiceProps } from "../../lib";
import { companionFiles } from "../../lib/deploy/companions";
import { Service } from "../../lib/puma/service";
import { Bind } from "../../lib";
import { PropPath } from "../../lib/values/prop-path";

const at = PropPath.of("PumaService", "web");
const service = (name = "web"): Service =>
  Service.resolve(at, { name, stack: "blog" }, { workingDirectory: "/srv" }, { binds: [Bind.tcp(1)] });

const files = (operators?: string[]): [string, string][] =>
  companionFiles(service(), { operators }).map(({ path, content }) => [path, content]);

const HEAD =
  "# Written by cdktf-puma from the stack blog: change it there. The next apply replaces what is edited here.\n\n";

test("each group has a socket that is its own, and what answers there", () => {
  expect(files(["deploy"])).toEqual([
    [
      "/etc/systemd/system/cdktf-puma-web:operators-deploy.socket",
      `${HEAD}[Unit]
Description=Where operators of the group deploy ask (web)
Documentation=file:/var/lib/cdktf-puma/web/on-call.txt

[Socket]
ListenStream=/run/cdktf-puma-web:operators-deploy.sock
SocketMode=0660
SocketGroup=deploy
Accept=yes
MaxConnections=16
MaxConnectionsPerSource=4
RemoveOnStop=true

[Install]
WantedBy=sockets.target
`,
    ],
    [
      "/etc/systemd/system/cdktf-puma-web:operators-deploy@.service",
      `${HEAD}[Unit]
Description=An operator of the group deploy asks (web)
Documentation=file:/var/lib/cdktf-puma/web/on-call.txt
CollectMode=inactive-or-failed

[Service]
ExecStart=-/bin/sh /var/lib/cdktf-puma/web/run.sh answer web %i
StandardInput=socket
StandardOutput=socket
StandardError=journal
TimeoutStopSec=5
`,
    ],
  ]);
  expect(files(["deploy", "on-call"]).map(([path]) => path.replace(/.*:/, ""))).toEqual([
    "operators-deploy.socket",
    "operators-deploy@.service",
    "operators-on-call.socket",
    "operators-on-call@.service",
  ]);
});

test("without operators there is none of it", () => {
  expect(files()).toEqual([]);
});

test("the plan shows what comes, and that nothing restarts for it", () => {
  const stack = newStack();
  newService(stack, { operators: ["deploy"] });
  const { terraform_data } = synth(stack).resource;
  const names = Object.keys(terraform_data.puma_web.triggers_replace).filter((name) =>
    name.includes("operators"),
  );
  expect(names).toEqual([
    "/etc/systemd/system/cdktf-puma-web:operators-deploy.socket: no restart",
    "/etc/systemd/system/cdktf-puma-web:operators-deploy@.service: no restart",
  ]);
});

const LONG = "a".repeat(60);

test.each<[string, Partial<PumaServiceProps>, string]>([
  ["no list", { operators: "deploy" as never }, `'operators': must be a list, got "deploy"`],
  ["an empty one", { operators: [] }, "'operators': must name at least one group, got []"],
  ["a number", { operators: [7 as never] }, "'operators[0]': must be a string, got 7"],
  [
    "a name that is none",
    { operators: ["a b"] },
    `'operators[0]': must be the name of a group: up to 32 letters, digits and '_.-', and first a letter or '_', got "a b"`,
  ],
  [
    "one with a line break",
    { operators: ["a\nExecStart=/bin/x"] },
    "'operators[0]': must be the name of a group",
  ],
  ["a specifier", { operators: ["a%h"] }, "'operators[0]': must be the name of a group"],
  ["an option", { operators: ["-a"] }, "'operators[0]': must be the name of a group"],
  ["a group twice", { operators: ["a", "b", "a"] }, `'operators[2]': must not be named twice, got "a"`],
  [
    "a path that is too long",
    { operators: ["a".repeat(32)], name: LONG },
    "'operators[0]': must be shorter, or the service's 'name': /run/cdktf-puma-",
  ],
  [
    "a service of a user's own",
    { operators: ["deploy"], scope: "user", user: undefined },
    `'operators': must be left away where 'scope' is "user": who has that service restarts it by himself, and nobody else may`,
  ],
])("refuses %s", (_, props, error) => {
  expect(errorOf(() => newService(newStack(), props))).toContain(`PumaService 'web' ${error}`);
});
