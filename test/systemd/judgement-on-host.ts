import { type FleetHost, type Release } from "../../lab/fleet/fleet";
import { type Line, type Verify } from "./judge";
import { type Judgement, judgementOf } from "./judgement";

const VERSION_OF: Readonly<Record<Release, number>> = {
  bullseye: 247,
  bookworm: 252,
  trixie: 257,
  forky: 262,
};

const FOLDER = "/run/judged";

const WRITE = `
  FileUtils.rm_rf("${FOLDER}")
  FileUtils.mkdir_p("${FOLDER}")
  JSON.parse(STDIN.read).each { |name, text| File.write(File.join("${FOLDER}", name), text) }`;

/** Has the systemd of a host judge lines. */
export function judgementOn(host: FleetHost, lines: readonly Line[]): Promise<Judgement> {
  let last = Promise.resolve("");
  // One after the other: they share a folder.
  const verify: Verify = (files) => (last = last.then(() => verified(host, files)));
  return judgementOf(lines, VERSION_OF[host.release], verify);
}

async function verified(host: FleetHost, files: Readonly<Record<string, string>>): Promise<string> {
  const verify = `systemd-analyze verify --man=no ${FOLDER}/judged* 2>&1`;
  const script = `ruby -rjson -rfileutils -e '${WRITE}' && ${verify}`;
  const { stdout } = await host.exec(script, { input: JSON.stringify(files), allowFailure: true });
  return stdout;
}
