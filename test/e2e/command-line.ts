import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../lib/cli/main";
import { type FleetHost } from "../../lab/fleet/fleet";

/** Lets the tests of the `describe` around the call reach hosts by the command line: by the system's ssh, with the key of a fleet. */
export function reachByCommandLine(host: () => FleetHost): void {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-ssh-"));
  const { PATH } = process.env;
  beforeAll(() => {
    const options = `-i ${host().keyFile} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -q ${options} "$@"\n`);
    chmodSync(join(folder, "ssh"), 0o755);
    process.env.PATH = `${folder}:${PATH}`;
  });
  afterAll(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Calls the command line on a host, as somebody who may sudo there. */
export async function callOn(
  host: FleetHost,
  ...words: string[]
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const output = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
  const code = await main([...words, "--host", `ops@${host.address}`], output);
  return { code, out, err };
}
