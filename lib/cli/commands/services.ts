import { DEFAULT_LOCK_TIMEOUT, launcherVariables } from "../../deploy/launcher";
import { REMOVAL_TIMEOUT } from "../../deploy/run-timeout";
import { shellQuoted, shellSettings } from "../../deploy/shell-settings";
import { listScript, loadScript } from "../../runtime/parts";
import { plain } from "../terminal/lines";
import { type Ended, named, runOn } from "../hosts/on-host";
import { table } from "../terminal/table";

/** The state of one of which no more than that came: nothing tells whose it is, as its installation never began. */
const NEVER_INSTALLED = "never installed";

/** A service that this library has on a host, as the record there tells. */
export interface Found {
  readonly name: string;
  /** The stack that it belongs to; "" of one that was handed over, or of which no more than secrets or a task came. */
  readonly owner: string;
  /** What the host is called in that stack, and where it was reached. */
  readonly host: string;
  readonly address: string;
  readonly since: string;
  readonly state: string;
  /** Whose systemd has it: "user" is whoever logs in. */
  readonly scope: string;
}

/**
 * The services on a host, whichever stacks they belong to.
 * @throws with the host and the cause
 */
export function servicesOn(host: string | undefined): Found[] {
  const { status, text } = runOn(host, listScript());
  if (status !== 0) throw new Error(`${named(host)}: the list ended with ${status}: ${plain(text).trim()}`);
  return text
    .split("\n")
    .map((line) => plain(line.replace(/\t/g, "\n")).split("\n"))
    .filter(([mark]) => mark === "cdktf-puma")
    .map(([, name = "", owner = "", at = "", address = "", since = "", state = "", scope = ""]) => ({
      ...{ name, owner, host: at, address, since, state, scope },
    }));
}

const COLUMNS = ["SERVICE", "OWNER", "HOST", "SINCE", "STATE"].map((head) => ({ head }));

/** The same for people. */
export function tableOf(services: readonly Found[]): string {
  const rows = services.map(({ name, owner, host, since, state, scope }) => [
    ...[name, ownerText(owner, state), host, since],
    scope === "user" ? `${state} (user)` : state,
  ]);
  return table(
    COLUMNS,
    rows.map((cells) => ({ cells })),
  );
}

function ownerText(owner: string, state: string): string {
  if (owner !== "") return owner;
  return state === NEVER_INSTALLED ? "(nobody knows)" : "(handed over)";
}

/**
 * Removes a service as the removal of its stack would: under the same lock, by the same script and the same record.
 * @throws if it is not there, or another stack's
 */
export function removeFrom(host: string | undefined, service: string, owner: string): Ended {
  const all = servicesOn(host).filter(({ name }) => name === service);
  // One of the machine's systemd and one of the user's may have the same name, and no stack has both.
  const found = all.find((one) => one.owner === owner) ?? all[0];
  const where = named(host);
  if (found === undefined) throw new Error(`${where}: this library has no service '${service}' there`);
  if (found.state === NEVER_INSTALLED) return runOn(host, removalOf({ ...found, owner, host: where }));
  if (found.owner === "")
    throw new Error(`${where}: '${service}' was handed over, and is no stack's: left alone`);
  if (found.owner !== owner)
    throw new Error(
      `${where}: '${service}' belongs to the stack '${found.owner}', and not to '${owner}': left alone`,
    );
  return runOn(host, removalOf(found));
}

/** What an engine sends for a removal: it starts what is kept on the host. */
function removalOf({ name, owner, host, address, scope }: Found): string {
  const variables = launcherVariables({
    service: name,
    owner,
    action: "remove",
    lockTimeout: String(DEFAULT_LOCK_TIMEOUT.toSeconds()),
    runTimeout: String(REMOVAL_TIMEOUT.toSeconds()),
    settings: "",
    script: "",
  });
  const args = [host, address].map(shellQuoted).join(" ");
  return `set -eu -- ${args} ${scope === "user" ? scope : "auto"} '' 0 stdin\n${shellSettings(variables)}${loadScript()}`;
}
