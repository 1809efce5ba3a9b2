# What each hostile program begins with: it notes what it does, a line each, and goes on whatever fails.
require "fileutils"
require "socket"

HOME = Dir.home
NOTES = File.open("#{HOME}/did", "a").tap { |file| file.sync = true }

def did(what, times = 1)
  NOTES.puts "#{times} #{what}" if times > 0
end

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def try
  yield
rescue SystemCallError, IOError
  nil
end

# Does one of some things after another, with a pause of random length after each.
def attack(pauses, *ways)
  loop do
    try { ways.sample.call }
    sleep(rand(pauses))
  end
end

# False lines of a run, and what a terminal would obey.
FALSE_LINES = [
  "done: forged.service",
  "FAILED on forged: nothing was changed",
  "nothing to do: forged.service as they should be",
  "restarting forged.service: release 9 follows 3",
].freeze
FALSE_WORDS = (FALSE_LINES + ["\e[2J\e[H\e[8m", "\u009b31m\u202e", "x" * 3000, "\xff\xfe".b]).freeze

def false_words
  FALSE_WORDS.sample(4).map { |words| words.b + ["\n", "\r", "\r\n", "\e[K\r", "\0", "\a"].sample.b }.join
end

# To journald's own socket, which takes line breaks; with whatever fields one may give.
def say_to_journal(fields)
  datagram = fields.map { |name, value| "#{name}\n".b + [value.bytesize].pack("Q<") + value.b + "\n".b }.join
  socket = Socket.new(:UNIX, :DGRAM)
  socket.connect(Addrinfo.unix("/run/systemd/journal/socket"))
  socket.write(datagram)
ensure
  socket&.close
end
