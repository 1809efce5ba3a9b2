import { runHelper } from "../layout";
import { type Service } from "../puma/service";
import { checkOneOf } from "../values/check";
import { type DeployProps } from "./deploy-props";
import { type InstalledFile } from "./managed-file";

const CHOICES = ["redirect", "exempt"] as const;

/**
 * What needrestart is told of a service: a file of its own folders, which nobody reads where it is not installed.
 * @throws if the choice is none, or if a file of 'files' stands there
 */
export function needrestartFiles(
  service: Service,
  { needrestart, files = [] }: DeployProps,
): InstalledFile[] {
  if (needrestart === undefined) return [];
  const at = service.at.key("needrestart");
  checkOneOf(at, needrestart, CHOICES);
  if (service.scope === "user")
    at.refuse(
      `be left away where 'scope' is "user": needrestart restarts no service of a user's systemd`,
      needrestart,
    );
  const file = needrestart === "redirect" ? redirected(service) : exempted(service);
  files.forEach((one, i) => {
    if (one._pathOf(service.name) === file.path)
      service.at.key("files").index(i).refuse("not be the file that 'needrestart' writes", file.path);
  });
  return [file];
}

/** needrestart runs it in the place of `systemctl restart`. */
function redirected({ name, stack }: Service): InstalledFile {
  const lines = [
    "#!/bin/sh",
    `# ${origin(stack)} needrestart runs this in the place of: systemctl restart ${name}.service`,
    `exec env SUDO_USER=needrestart /bin/sh ${runHelper(name)} restart ${name}`,
  ];
  return fileOf(`/etc/needrestart/restart.d/${name}.service`, "755", lines);
}

/** needrestart lists it, and leaves it alone. */
function exempted({ name, stack }: Service): InstalledFile {
  const pattern = `${name}.service`.replace(/\./g, "\\.");
  const lines = [`# ${origin(stack)}`, `$nrconf{override_rc}{qr(^${pattern}$)} = 0;`, "1;"];
  return fileOf(`/etc/needrestart/conf.d/cdktf-puma-${name}.conf`, "644", lines);
}

function origin(stack: string): string {
  return `Written by cdktf-puma from the stack ${stack}: change it there.`;
}

/** needrestart reads it anew each time, so nothing of the service restarts for it. */
function fileOf(path: string, mode: string, lines: readonly string[]): InstalledFile {
  return {
    path,
    mode,
    owner: "root:root",
    content: lines.map((line) => `${line}\n`).join(""),
    effect: "reload",
  };
}
