import { join } from "node:path";
import { folderOf, functions, says, SHELLS } from "./shell";

const NOTE_OF_PUMA =
  "note: Puma's configuration file gives a worker 300s to boot (worker_boot_timeout), and 'startTimeout' the whole boot 90s: raise 'startTimeout'\n";
const NOTE_OF_SERVICE =
  "note: 'startTimeout' gives a boot 200s, and Puma's configuration file a worker 30s of that: raise worker_boot_timeout\n";

describe.each(SHELLS)("under $name", (shell) => {
  const noted = async (config: string, limit: string, file = "config/puma.rb"): Promise<string> => {
    const folder = folderOf({ [file]: config, "run/cdktf-puma/web/step": "" });
    const settings = {
      ...{ PUMA_DIRECTORY: folder, PUMA_EXECUTABLE: "/bin/true", PUMA_USER: "" },
      PUMA_READABLE_FILES: file === "config/puma.rb" ? "" : `configFile ${join(folder, file)}`,
      PUMA_START_TIMEOUT: limit,
    };
    const script = `work=service; running=false; mode=hot; check_access; check_boot_limits; printf %s "$problems$proxied"`;
    return says(shell, `${functions(settings, folder)}\n${script}`);
  };

  test.each([
    ["worker_boot_timeout 300", "90", NOTE_OF_PUMA],
    ["workers 2\n  worker_boot_timeout(300) # slow", "90", NOTE_OF_PUMA],
    ["worker_boot_timeout 30", "200", NOTE_OF_SERVICE],
    ["worker_boot_timeout 30", "90", ""],
    ["worker_boot_timeout 200", "200.5", ""],
    ["worker_boot_timeout SLOW", "90", ""],
    ["# worker_boot_timeout 300\nworker_boot_timeouts 300", "90", ""],
    ["threads 1, 2", "90", ""],
  ])("%j beside %s", async (config, limit, note) => {
    expect(await noted(config, limit)).toBe(`${note}false`);
  });

  test("that of 'configFile' is read, and no other", async () => {
    expect(await noted("worker_boot_timeout 300", "90", "puma/own.rb")).toBe(`${NOTE_OF_PUMA}false`);
  });

  test("the PROXY protocol is seen there, too", async () => {
    expect(await noted("set_remote_address proxy_protocol: :v1", "90")).toBe("true");
    expect(await noted("# set_remote_address proxy_protocol: :v1", "90")).toBe("false");
  });

  test.each([
    ...["5.5.0", "5.6.5", "6.6.0", "7.0.4", "7.2.0", "8.0.0", "8.0.1"].map((one) => [one, true] as const),
    ...["4.3.8", "5.4.0", "7.2.1", "7.3.0", "8.0.2", "8.0.10", "8.1.0"].map((one) => [one, false] as const),
  ])("it is a hole of Puma %s: %s", async (version, isOne) => {
    const script = `proxied=true; warn_of_proxy_protocol ${version}`;
    expect((await says(shell, `${functions()}\n${script}`)) !== "").toBe(isOne);
  });
});
