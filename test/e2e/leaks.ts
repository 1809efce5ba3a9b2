/** Where a text is that should be nowhere: on hosts, in the folder of an engine, in what processes are called. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../../lab/fleet/run";
import { type FleetHost } from "../../lab/fleet/fleet";
import { says } from "./hosts";

/** A secret as itself, and as base64 of it begins. */
export function formsOf(secrets: readonly Buffer[]): Buffer[] {
  return secrets.flatMap((secret) => [secret, Buffer.from(secret.toString("base64").slice(0, 30))]);
}

/** The files below a folder that hold one of them, archives unpacked. */
export async function leaksIn(folder: string, secrets: readonly Buffer[]): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    const content = await readFile(path);
    const isArchive = content.subarray(0, 2).toString() === "PK";
    const text = isArchive ? Buffer.from((await run("unzip", ["-p", path])).stdout) : content;
    if (formsOf(secrets).some((form) => text.includes(form))) found.push(path.slice(folder.length + 1));
  }
  return found;
}

/** The places of a host that hold a word: files but those that are for it, the journal. */
export async function leaksOn(host: FleetHost, words: readonly string[]): Promise<string[]> {
  const forms = words.flatMap((word) => [word, Buffer.from(word).toString("base64").slice(0, 30)]);
  await host.write("/run/forms", forms.join("\n"), 0o600);
  const found = await says(
    host,
    `journalctl --sync; journalctl --all --no-pager --output=verbose | grep -qFf /run/forms && echo journal
     grep -rlFf /run/forms /etc /home /opt /root /run /srv /tmp /var/lib /var/log/*.log /var/tmp /var/backups 2>/dev/null |
       grep -v -e ^/run/forms -e ^/run/credentials/web.service/ -e ^/var/lib/cdktf-puma/web/secrets/ -e ^/run/systemd/inaccessible
     rm /run/forms`,
  );
  return found.split("\n").filter((line) => line !== "");
}

/** What processes of a machine show, while it is watched. */
export interface Watch {
  /** What of it so far holds one of the words. */
  readonly found: () => string[];
  /** Ends it; what was found. */
  readonly stop: () => Promise<string[]>;
}

/** Watches the processes of this machine, which its hosts are a part of, for words in their command lines, as any user sees them. */
export function watchCommands(words: readonly string[]): Watch {
  return watch(words, async (pid) => readFile(`/proc/${pid}/cmdline`, "utf8"));
}

/** The same of their environments, as root and their own user see them: of each process with such a word in it, where it is, and its name. */
export function watchEnvironments(words: readonly string[]): Watch {
  const forms = textFormsOf(words);
  return watch(words, async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    const held = forms.find((form) => environment.includes(form));
    if (held === undefined) return "";
    return `${await placeOf(pid)} ${await readFile(`/proc/${pid}/comm`, "utf8")}\0${held}`;
  });
}

/** Those that may not: of this machine all but what the engine hands a local-exec, of a host all but what systemd runs by the service's lines. */
export function foreignHolders(lines: readonly string[]): string[] {
  const names = lines.map((line) => line.split("\n")[0] ?? "");
  return names.filter(
    (name) => !/^(engine (sh|terraform|tofu)|(web|cdktf-puma-web:\w+)\.service .*)$/.test(name),
  );
}

/** Where a process is: "engine" for this machine, or the unit that it belongs to on a host, which is a machine of its own. */
async function placeOf(pid: string): Promise<string> {
  const [own, its] = await Promise.all(["self", pid].map((one) => readlink(`/proc/${one}/ns/pid`)));
  if (own === its) return "engine";
  return basename((await readFile(`/proc/${pid}/cgroup`, "utf8")).trim());
}

const textFormsOf = (words: readonly string[]): string[] =>
  formsOf(words.map((word) => Buffer.from(word))).map(String);

function watch(words: readonly string[], shownBy: (pid: string) => Promise<string>): Watch {
  const seen = new Set<string>();
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)))
        seen.add(await shownBy(pid).catch(() => ""));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const forms = textFormsOf(words);
  const found = (): string[] => [...seen].filter((line) => forms.some((form) => line.includes(form)));
  const stop = async (): Promise<string[]> => {
    stopped = true;
    await watching;
    return found();
  };
  return { found, stop };
}
