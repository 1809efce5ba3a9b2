# S4: stops whatever of its own user is new, as fast as it can: the last number of a process is for all to read.
require_relative "attack"

def newest
  File.read("/proc/loadavg").split.last.to_i
end

def stop(pid)
  Process.kill(:STOP, pid)
  $stopped << pid
  if File.read("/proc/#{pid}/cgroup").match?(%r{/web(-[a-z]+)?\.service$})
    did("Puma stopped by SIGSTOP")
    $pumas << pid
  else
    did("another program of its user stopped by SIGSTOP")
  end
rescue SystemCallError
  nil
end

# A process of root's that is about to become its user's refuses, so each is tried again and again.
def stop_the_newest(seconds)
  ends = now + seconds
  while now < ends
    last = newest
    ((last - 3)..(last + 15)).each { |pid| stop(pid) unless $stopped.include?(pid) || pid == Process.pid }
  end
end

attack(1.0..9.0, lambda {
  $pumas = []
  $stopped = []
  stop_the_newest(rand(0.2..2.0))
  # Most of the time a Puma goes on: otherwise nobody would get a new version.
  $pumas.each { |pid| try { Process.kill(:CONT, pid) } } if rand < 0.75
})
