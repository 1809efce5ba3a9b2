# S7, S15 and what else root has: reads and writes whatever it can of it, and notes what it must never get.
require_relative "attack"

CANARY = "only-for-root"
FOR_NOBODY = %w[/run/cdktf-puma/* /run/cdktf-puma/*/* /var/lib/cdktf-puma/*/last* /etc/canary-secret].freeze
PLACES = (FOR_NOBODY + %w[/var/lib/cdktf-puma/* /var/lib/cdktf-puma/*/* /var/lib/cdktf-puma/*/*/* /var/backups/cdktf-puma/*
                          /etc/canary-* /etc/systemd/system/web* /etc/systemd/system/web*/* /run/systemd/system/*
                          /run/systemd/transient/* /run/credentials/* /run/credentials/*/* /home/ops/.ssh/*
                          /tmp/* /var/tmp/* /dev/shm/* /proc/[0-9]*/environ]).freeze

def got(what)
  File.write("#{HOME}/got", "#{what}\n", mode: "a")
end

def read(path, private)
  text = File.open(path, File::RDONLY | File::NONBLOCK) { |file| file.read(100_000) } || ""
  got("read #{path}") if private || text.include?(CANARY)
rescue SystemCallError, IOError
  nil
end

def write(path)
  File.open(path, File::WRONLY | File::NONBLOCK).close
  got("could write #{path}")
rescue SystemCallError, IOError
  nil
end

attack(0.02..0.2, lambda {
  paths = Dir.glob(PLACES.sample(6))
  private = Dir.glob(FOR_NOBODY)
  files = (paths | private).select { |path| File.file?(path) && !File.owned?(path) && File.stat(path).uid.zero? }
  files.each { |path| read(path, private.include?(path)) }
  files.each { |path| write(path) unless path.end_with?("/environ") }
  Dir.glob("/proc/[0-9]*/environ").each { |path| read(path, false) if File.owned?(path) }
  did("look for what is root's", 1)
})
