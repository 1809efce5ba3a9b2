import { type PumaConfigOptions } from "../puma/puma-config-options";
import { isSurelySecret } from "../puma/secrets";
import { type Service } from "../puma/service";
import { type ServiceUnitProps } from "../puma/service-props";
import { byteLength } from "../values/characters";
import { checkInstance, checkList } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { ManagedFile } from "./declared-file";
import { type DeployProps } from "./deploy-props";
import { type InstalledFile } from "./managed-file";
import { isBelow } from "../values/path";

/** Bytes: what goes to a host by OpenSSH goes through one variable of the environment, which holds 128 KB, and is packed there. */
const MOST_BYTES = 48 * 1024;

type Props = ServiceUnitProps & Pick<DeployProps, "files" | "restart">;

/**
 * A service's props as its unit has them: with what its files say of it.
 * @throws if two of them, or one and a prop, say the same
 */
export function withFiles<T extends Props>(at: PropPath, name: string, props: T): T {
  const { files, environmentFiles = [] } = props;
  if (files === undefined) return props;
  const path = at.key("files");
  checkList(path, files).forEach((one, i) => checkInstance(path.index(i), one, ManagedFile));
  checkPaths(path, name, files);
  const config = configOf(at, props, files);
  const variables = files.filter(({ _kind }) => _kind === "environment").map((one) => one._pathOf(name));
  return {
    ...props,
    ...(config && { configFile: config._pathOf(name) }),
    ...(variables.length > 0 && { environmentFiles: [...environmentFiles, ...variables] }),
  };
}

/**
 * What stands on the hosts.
 * @throws if it is too much, or if the service's Puma does not have an option of a configuration file
 */
export function installedFiles(service: Service, files: readonly ManagedFile[] = []): InstalledFile[] {
  if (service.scope === "user" && files.length > 0)
    service.at
      .key("files")
      .fail(
        `must be left away where 'scope' is "user": they are files of root's; let the application bring its own, and name them by 'configFile' and 'environmentFiles'`,
      );
  const installed = files.map((one) => one._of(service));
  installed.forEach(({ path }, i) => checkFolder(service, service.at.key("files").index(i), path));
  const size = installed.reduce((sum, { content }) => sum + byteLength(content), 0);
  if (size > MOST_BYTES) service.at.key("files").refuse(`be at most ${MOST_BYTES} bytes in all`, size);
  return installed;
}

/** The host looks at each folder on the way; of this one it is known here. */
function checkFolder({ user, workingDirectory }: Service, at: PropPath, path: string): void {
  if (user === undefined || user === "root" || !isBelow(path, workingDirectory)) return;
  at.refuse(
    `not be below 'workingDirectory', where ${user} could put a link that root follows: use a folder of root's, such as /etc`,
    path,
  );
}

/** What readers of the state and of plans can read and should not. */
export function filesWarnings(at: PropPath, files: readonly InstalledFile[]): string[] {
  return files.flatMap(({ path, content }, i) =>
    content.split("\n").some(looksSecret)
      ? [
          `${at.key("files").index(i)}: ${path} holds what looks like a secret, ` +
            "which whoever reads the Terraform state or a plan can read; bring it by 'secrets'",
        ]
      : [],
  );
}

function looksSecret(line: string): boolean {
  const [, name = "", value = line] = /^([A-Z][A-Z0-9_]*)="?(.*?)"?$/.exec(line) ?? [];
  return isSurelySecret(name, value);
}

function checkPaths(at: PropPath, name: string, files: readonly ManagedFile[]): void {
  const paths = files.map((one) => one._pathOf(name));
  paths.forEach((path, i) => {
    if (paths.indexOf(path) < i) at.index(i).refuse("have a path of its own", path);
  });
}

function configOf(at: PropPath, props: Props, files: readonly ManagedFile[]): ManagedFile | undefined {
  const configs = files.filter(({ _config }) => _config !== undefined);
  const [config, other] = configs;
  if (config === undefined) return undefined;
  if (other)
    at.key("files").index(files.indexOf(other)).fail("must not be a second ManagedFile.pumaConfig()");
  if (props.configFile !== undefined)
    at.key("configFile").refuse("not stand beside ManagedFile.pumaConfig() in 'files'", props.configFile);
  for (const name of SAID_TWICE) checkOnce(at, name, props[name], config._config?._options[name]);
  if (props.restart?._mode === "phased")
    checkPhased(at.key("files").index(files.indexOf(config)), props, config._config?._options ?? {});
  return config;
}

/** As far as the file says it: a line of Ruby may say it otherwise. */
function checkPhased(
  at: PropPath,
  { workers: ofProps, pumaVersion }: Props,
  options: PumaConfigOptions,
): void {
  const { workers = ofProps, preloadApp, lines = [] } = options;
  const why = "where 'restart' is Restart.phased()";
  if (workers === 0) at.fail(`must have at least one of 'workers' ${why}`);
  const mayPreload = preloadApp ?? (pumaVersion !== undefined && /^([7-9]|\d\d)\./.test(pumaVersion));
  if (mayPreload && !lines.some((line) => /^\s*preload_app!/.test(line)))
    at.fail(
      `must say 'preloadApp: false' ${why}: a Puma that preloads the application is restarted as a whole`,
    );
}

const SAID_TWICE = ["workers", "threads"] as const;

/** Puma takes the argument of its command line, without a word of the file's. */
function checkOnce(
  at: PropPath,
  name: (typeof SAID_TWICE)[number],
  ofProps: unknown,
  ofFile: PumaConfigOptions[typeof name],
): void {
  if (ofProps !== undefined && ofFile !== undefined)
    at.key(name).refuse("not stand beside the one of the PumaConfig in 'files'", ofProps);
}
