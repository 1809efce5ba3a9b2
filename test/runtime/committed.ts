/** A host on which runs are committed one after the other, each of which makes what was there a generation. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, quoted, says, type Shell } from "./shell";

export const STATE = "var/lib/cdktf-puma/web";
export const UNIT = "[Service]\nWorkingDirectory=/srv/app/current\nExecStart=/usr/bin/puma\n";

/** A host on which each run that succeeds is a second after the one before. */
export class Host {
  readonly root = folderOf({ "run/cdktf-puma/web/step": "", [`${STATE}/x`]: "" });
  private clock = 1000;

  constructor(private readonly shell: Shell) {}

  /** Runs the parts of a script with a rollback's target, as somebody. */
  run(script: string, action = "apply", target = "", settings: Record<string, string> = {}): Promise<string> {
    const given = { PUMA_SCRIPT: "x", PUMA_START_ON: "boot", PUMA_HASH: "h", ...settings };
    const whole = functions(given, this.root).replace(
      "set -- a 192.0.2.1 apply me web",
      `set -- a 192.0.2.1 ${action} me '' web '' 9 '' '${target}'`,
    );
    return says(this.shell, `${whole}\nto_disk() { :; }\n${script}`);
  }

  /** A run that commits what runs: of the code, and with these units. */
  async commit(
    code: string,
    { action = "apply", target = "", ...settings }: Record<string, string> = {},
  ): Promise<void> {
    const script = `started=${++this.clock}
      if [ -f "$STATE/record" ]; then mkdir "$STATE/before"; cp -R "$STATE/record" "$STATE/live" "$STATE/settings" "$STATE/before"; fi
      mkdir -p "$STATE/before/files" "$STATE/live"
      printf %s ${quoted(UNIT)} >"$STATE/live/web.service"
      echo '${settings.PUMA_HASH ?? ""}' >"$STATE/live/units"
      : >"$STATE/settings"
      name_generation '' ${code}
      replace_record '' ${code}
      keep_generation || forget_before`;
    expect(await this.run(script, action, target, settings)).toBe("");
    expect(existsSync(join(this.root, STATE, "before"))).toBe(false);
  }

  /** The code that a rollback would go to, which it then does; "" where there is none. */
  async rollBack(): Promise<string> {
    const id = await this.run("generation_before; printf %s $found", "rollback");
    if (id === "") return "";
    const record = readFileSync(join(this.root, STATE, "generations", id, "record"), "utf8");
    const code = /^path=(.*)$/m.exec(record)?.[1] as string;
    await this.commit(code, { action: "rollback", target: id });
    return code;
  }

  generations(): string[] {
    const folder = join(this.root, STATE, "generations");
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }
}
