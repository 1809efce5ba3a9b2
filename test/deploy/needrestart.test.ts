import { ManagedFile } from "../../lib";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { type DeployProps } from "../../lib/deploy/deploy-props";
import { type InstalledFile } from "../../lib/deploy/managed-file";
import { Service } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";
import { errorOf } from "../stack";

function filesOf(
  props: DeployProps,
  name = "web",
  scope: "system" | "user" = "system",
): readonly InstalledFile[] {
  const at = PropPath.of("PumaService", name);
  const service = Service.resolve(
    ...([
      at,
      { name, stack: "blog" },
      { workingDirectory: "/srv/blog/current", scope },
      { binds: [] },
    ] as const),
  );
  return DeployStrategy.resolve(service, props).files;
}

test("without a word of it there is no file", () => {
  expect(filesOf({})).toEqual([]);
});

test("redirected, it runs the library's own restart, which says who asked", () => {
  expect(filesOf({ needrestart: "redirect" })).toEqual([
    {
      path: "/etc/needrestart/restart.d/web.service",
      mode: "755",
      owner: "root:root",
      effect: "reload",
      content: `#!/bin/sh
# Written by cdktf-puma from the stack blog: change it there. needrestart runs this in the place of: systemctl restart web.service
exec env SUDO_USER=needrestart /bin/sh /var/lib/cdktf-puma/web/run.sh restart web
`,
    },
  ]);
});

test("exempt, no other service is: its name is no pattern", () => {
  expect(filesOf({ needrestart: "exempt" }, "web.2-b")).toEqual([
    {
      path: "/etc/needrestart/conf.d/cdktf-puma-web.2-b.conf",
      mode: "644",
      owner: "root:root",
      effect: "reload",
      content: `# Written by cdktf-puma from the stack blog: change it there.
$nrconf{override_rc}{qr(^web\\.2-b\\.service$)} = 0;
1;
`,
    },
  ]);
});

test.each<[what: string, action: () => unknown, error: string]>([
  [
    "another word",
    () => filesOf({ needrestart: "ignore" as never }),
    `PumaService 'web' 'needrestart': must be one of redirect, exempt, got "ignore"`,
  ],
  [
    "a service of a user's",
    () => filesOf({ needrestart: "exempt" }, "web", "user"),
    `PumaService 'web' 'needrestart': must be left away where 'scope' is "user": needrestart restarts no service of a user's systemd, got "exempt"`,
  ],
  [
    "a file that is there already",
    () =>
      filesOf({
        needrestart: "redirect",
        files: [ManagedFile.file("/etc/needrestart/restart.d/web.service", { content: "" })],
      }),
    `PumaService 'web' 'files[0]': must not be the file that 'needrestart' writes, got "/etc/needrestart/restart.d/web.service"`,
  ],
])("%s is refused", (_, action, error) => {
  expect(errorOf(action)).toBe(error);
});
