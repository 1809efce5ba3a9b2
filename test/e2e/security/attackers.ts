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
  /** Writes into folders as soon as they are there, by their paths and from within, as fast as it can: `PATTERN`. */
  fill: `
    3.times do |i|
      fork do
        at = 0
        loop do
          begin
            Dir.glob(ARGV[0]).each { |folder| Dir.chdir(folder) }
            1000.times do
              at += 1
              Dir.mkdir("#{i}-#{at}") if i == 0 && at % 100 == 0
              File.write(i == 1 ? "#{ARGV[0].sub("*", "rehearsal")}/#{i}-#{at}" : "#{i}-#{at}", "") unless Dir.pwd == "/"
            end
          rescue SystemCallError
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
