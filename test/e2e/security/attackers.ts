import { type FleetHost } from "../../../lab/fleet/fleet";

/** What a compromised application does, as programs of its own user. */
export const ATTACKS = {
  /** Puts a link in the place of a socket as soon as it is there: `PLACE TARGET`. */
  "turn-aside": `
    place, target = ARGV
    link = "#{place}.link"
    loop do
      begin
        if File.lstat(place).socket?
          File.symlink(target, link)
          File.rename(link, place)
        end
      rescue SystemCallError
      end
    end`,
  /**
   * Writes into the folders of a pattern as soon as they are there, by their paths and from within, as fast as it can, and
   * notes how often: `PATTERN`.
   */
  fill: `
    write = ->(folder, way, at) {
      Dir.mkdir("#{folder}/#{way}.#{at}") if at % 50 == 0
      File.write("#{folder}/#{way}-#{at}", "")
    }
    ways = {
      path: ->(folder, at) { write.(folder, :path, at) },
      within: ->(folder, at) { Dir.chdir(folder) { 200.times { |i| write.(".", :within, 1000 * at + i) } } },
      below: ->(folder, at) {
        Dir.mkdir("#{folder}/below.#{at}")
        Dir.chdir("#{folder}/below.#{at}") { 200.times { |i| write.(".", :below, 1000 * at + i) } }
      }
    }
    ways.each do |name, way|
      fork do
        at = 0
        loop do
          folders = Dir.glob(ARGV[0])
          sleep 0.005 if folders.empty?
          folders.each do |folder|
            begin
              way.(folder, at += 1)
              File.write("/home/deploy/wrote-#{name}", "#{at}\\n")
            rescue SystemCallError
            end
          end
        end
      end
    end
    Process.waitall`,
} as const;

/** Starts an attack of the application's user; it goes on until {@link endAttacks}. */
export async function attack(host: FleetHost, name: keyof typeof ATTACKS, ...args: string[]): Promise<void> {
  const file = `/home/deploy/${name}.rb`;
  await host.write(file, ATTACKS[name]);
  const words = args.map((arg) => `'${arg}'`).join(" ");
  await host.exec(`systemd-run --quiet --uid=deploy --unit=attack-${name} --collect ruby ${file} ${words}`);
}

/** Ends what {@link attack} started. */
export async function endAttacks(host: FleetHost): Promise<void> {
  await host.exec("systemctl stop 'attack-*'");
}
