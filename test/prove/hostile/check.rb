# S4, S7, S8: a health check of the application's that passes, or does what else it likes.
require_relative "attack"

WAYS = {
  "health check that leaves a process behind, which heeds no signal" => lambda {
    fork do
      Process.setsid
      %w[TERM INT HUP].each { |signal| trap(signal, "IGNORE") }
      loop { sleep 1 }
    end
  },
  "health check that stops itself and whoever called it" => lambda {
    try { Process.kill(:STOP, Process.ppid) }
    Process.kill(:STOP, Process.pid)
  },
  "health check that prints 2 MB of false lines" => -> { print false_words while (written = written.to_i + 1) < 800 },
  "health check that fails with false lines" => lambda {
    print false_words
    exit! 1
  },
}.freeze

way = ARGV[0] == "fail" ? WAYS.keys.last : WAYS.keys.sample
if ARGV[0] == "fail" || rand < 0.5
  did(way)
  WAYS[way].call
end
