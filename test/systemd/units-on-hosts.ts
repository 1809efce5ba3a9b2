import { type FleetHost } from "../../lab/fleet/fleet";

/** The manager of the system, or the one of a user. */
export type Manager = "system" | "user";

/** Texts of unit files and drop-ins, by their path below a folder of systemd's. */
export type Texts = Record<string, string>;

const READ = `
  paths = Dir.glob("{,/usr}/lib/systemd/#{ARGV[0]}/**/*").select { |path| File.lstat(path).file? }
  print JSON.generate(paths.to_h { |path| [path[%r{/systemd/[a-z]+/(.*)}, 1], File.read(path)] })`;

const WRITE = `
  JSON.parse(STDIN.read).each do |path, text|
    FileUtils.mkdir_p(File.dirname(path))
    File.write(path, text)
  end`;

/** What a host's distribution has for a manager; without links, since they lead to files that are there too. */
export async function packagedTexts(host: FleetHost, manager: Manager): Promise<Texts> {
  const { stdout } = await host.exec(`ruby -rjson -e '${READ}' ${manager}`);
  return JSON.parse(stdout) as Texts;
}

/** Puts texts below `folder` (such as /run), where systemd looks for those of a manager. */
export async function writeTexts(
  host: FleetHost,
  folder: string,
  manager: Manager,
  texts: Texts,
): Promise<void> {
  const script = `cd ${folder} && mkdir -p systemd/${manager} && cd systemd/${manager} && ruby -rjson -rfileutils -e '${WRITE}'`;
  await host.exec(script, { input: JSON.stringify(texts) });
}

/** The units that texts are about: templates by an instance, drop-ins by what they are added to. */
export function unitsOf(texts: Texts): string[] {
  const files = Object.keys(texts).map((path) => path.replace(/\.d\/.*$/, ""));
  const units = files.filter((file) => /^[^/]+\.[a-z]+$/.test(file));
  return [...new Set(units.map((file) => file.replace(/([@-])\./, "$1x.")))].sort();
}

/** All that systemd itself says of units, after it has read their files anew: the lines of each by its name. */
export async function shown(
  host: FleetHost,
  manager: Manager,
  units: readonly string[],
): Promise<Map<string, string[]>> {
  const systemctl = manager === "user" ? "XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user" : "systemctl";
  const script = `${systemctl} daemon-reload && ${systemctl} show --all -- ${units.map((unit) => `'${unit}'`).join(" ")}`;
  const { stdout } = await host.exec(script, { user: manager === "user" ? host.user : "root" });
  const blocks = stdout.trimEnd().split("\n\n");
  if (blocks.length !== units.length) throw new Error(`asked for ${units.length}, shown ${blocks.length}`);
  return new Map(units.map((unit, i) => [unit, (blocks[i] as string).split("\n")]));
}

/** What differs of what systemd said, but for what would differ without any change to a text. */
export function differences(before: Map<string, string[]>, after: Map<string, string[]>): string[] {
  return [...before].flatMap(([unit, lines]) => {
    const [earlier, later] = [lines, after.get(unit) ?? []].map((all) => all.filter(isLasting).map(inOrder));
    const lost = earlier?.filter((line) => !later?.includes(line)) ?? [];
    const gained = later?.filter((line) => !earlier?.includes(line)) ?? [];
    return [...lost.map((line) => `${unit} lost ${line}`), ...gained.map((line) => `${unit} got ${line}`)];
  });
}

/** Where a file is decides about UnitFileState too: what is enabled by a link to one place is not by that to another. */
const CHANGING =
  /^(FragmentPath|DropInPaths|UnitFileState|StateChangeTimestamp\w*|NextElapse\w*|LastTrigger\w*|\w+UsageNSec|\w+Current|\w+Peak|\w+Available)=/;

const SETS =
  /^(After|Before|Conflicts|ConflictedBy|Names|OnFailureOf|OnSuccessOf|PartOf|ConsistsOf|BoundBy|BindsTo|RequiredBy|Requires|Requisite|RequisiteOf|RequiresMountsFor|WantsMountsFor|SourcePath|Slice\w*|TriggeredBy|Triggers|UpheldBy|Upholds|WantedBy|Wants)=(.*)$/;

const isLasting = (line: string): boolean => !CHANGING.test(line);

/** systemd keeps these as sets, in whose order chance has a say. */
function inOrder(line: string): string {
  const [, name, value] = SETS.exec(line) ?? [];
  return value === undefined ? line : `${name}=${value.split(" ").sort().join(" ")}`;
}
