import { posix } from "node:path";
import { type Bind } from "../puma/bind";
import { type OpenedPath } from "../puma/opened-paths";
import { type Service } from "../puma/service";
import { checkInstance, checkList } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { type DeployProps } from "./deploy-props";
import { type CertificateOptions, RestartOn } from "./restart-on";
import { isBelow } from "../values/path";

/** What a host looks at, and restarts for. */
export type Watch =
  { readonly kind: "link"; readonly path: string } | ({ readonly kind: "certificate" } & CertificateOptions);

/**
 * What a service's `restartOn` says.
 * @throws if there is nothing to look at, or if a restart could not bring what is there into effect
 */
export function watchesOf(service: Service, props: DeployProps): readonly Watch[] {
  const { restartOn = [] } = props;
  const at = service.at.key("restartOn");
  const watches = checkList(at, restartOn).flatMap((one, i) => {
    const path = at.index(i);
    return watchesFor(service, props, path, checkInstance(path, one, RestartOn)).map((watch) => {
      checkWatch(service, path, watch);
      return watch;
    });
  });
  const names = watches.map((watch) => JSON.stringify(watch));
  return watches.filter((_, i) => names.indexOf(names[i] ?? "") === i);
}

function watchesFor(
  { at, binds, workingDirectory }: Service,
  { restart }: DeployProps,
  path: PropPath,
  { _occasion }: RestartOn,
): Watch[] {
  if (_occasion.kind === "link") return [{ kind: "link", path: _occasion.path ?? workingDirectory }];
  if (restart?._mode === "phased")
    path.fail(
      `must not be a certificate where 'restart' is Restart.phased(): the Puma that stays keeps the one that it has read`,
    );
  if (_occasion.files) return [{ kind: "certificate", ..._occasion.files }];
  const own = binds.flatMap((bind): Watch[] => certificateOf(bind, workingDirectory));
  if (own.length === 0)
    path.fail(`must name its 'cert' and 'key', as no bind of ${at.toString()} is a Bind.ssl()`);
  return own;
}

function certificateOf(bind: Bind, workingDirectory: string): Watch[] {
  const { cert, key } = bind._tlsFiles(workingDirectory);
  return cert !== undefined && key !== undefined ? [{ kind: "certificate", cert, key }] : [];
}

function checkWatch({ workingDirectory, user }: Service, at: PropPath, watch: Watch): void {
  if (watch.kind === "link") checkLink(at, watch.path, workingDirectory);
  else if (user !== undefined && user !== "root")
    for (const path of [watch.cert, watch.key]) checkOfRoot(at, user, path, workingDirectory);
}

/** The host looks at each folder on the way; of this one it is known here. */
function checkOfRoot(at: PropPath, user: string, path: string, workingDirectory: string): void {
  if (!isBelow(path, workingDirectory)) return;
  const why = `where ${user} could put a link that root follows`;
  at.refuse(`not be below 'workingDirectory', ${why}: use a folder of root's, such as /etc`, path);
}

function checkLink(at: PropPath, path: string, workingDirectory: string): void {
  const isAbove = `${workingDirectory}/`.startsWith(`${path}/`);
  if (!isAbove) at.refuse("be 'workingDirectory', or a folder above it", path);
  if (posix.dirname(path) === "/") at.refuse("stand in a folder of its own, which is watched", path);
}

/** The folders that are watched: of a link itself systemd does not see that it is replaced. */
export function watchedFolders(watches: readonly Watch[]): string[] {
  const files = watches.flatMap((watch) => (watch.kind === "link" ? [watch.path] : [watch.cert, watch.key]));
  return [...new Set(files.map((file) => posix.dirname(file)))];
}

/** What root reads for it; of a user's own systemd nothing. */
export function openedByWatches({ scope }: Service, watches: readonly Watch[]): OpenedPath[] {
  if (scope === "user") return [];
  const files = watches.flatMap((watch) => (watch.kind === "link" ? [] : [watch.cert, watch.key]));
  return files.map((path) => ({ as: "read", prop: "restartOn", path }));
}

/** What a host has to have for it, a line each. */
export function watchedLines(watches: readonly Watch[]): string[] {
  return [...new Set(watches.map((watch) => (watch.kind === "link" ? `link ${watch.path}` : watch.kind)))];
}
