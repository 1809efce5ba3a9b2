# S1, S1a, S2: swaps links in the application's folders, towards files of root's, FIFOs, and names that are lines.
require_relative "attack"

CANARIES = %w[/etc/canary-log /etc/canary-secret /etc/passwd /etc/shadow /root].freeze

def swap(place, target)
  File.symlink(target, "#{place}.new")
  File.rename("#{place}.new", place)
  did("link swapped: #{place}")
ensure
  FileUtils.rm_f("#{place}.new")
end

SHARED = "/srv/app/shared"
attack(0.005..0.2,
  -> { swap("#{SHARED}/log", CANARIES.sample) },
  -> { swap("#{SHARED}/env", CANARIES.sample) },
  -> { FileUtils.rm_f("#{SHARED}/env"); File.mkfifo("#{SHARED}/env"); did("FIFO put in the place of an environment file") },
  -> { swap("#{SHARED}/sockets/puma.sock", CANARIES.sample) },
  lambda {
    File.rename(SHARED, "#{SHARED}.away")
    File.symlink(["/etc", "/var/log", "/run"].sample, SHARED)
    sleep(rand(0.01..0.1))
    File.unlink(SHARED)
    File.rename("#{SHARED}.away", SHARED)
    did("folder swapped for a link to one of root's")
  },
  -> { swap("/srv/hostile/current", "releases/2\n#{false_words.delete("\0")}"[0, 1000]) },
  -> { swap("/srv/app/current", "/srv/app/releases/#{rand(1..2)}") if rand < 0.02 })
