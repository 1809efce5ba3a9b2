# S4: stops whatever of its own user is new, as fast as it can: the last number of a process is for all to read.
require_relative "attack"

def newest
  File.read("/proc/loadavg").split.last.to_i
end

def stop(pid)
  Process.kill(:STOP, pid)
  if File.read("/proc/#{pid}/cgroup").match?(%r{/web(-[a-z]+)?\.service$})
    did("Puma stopped by SIGSTOP")
    $pumas << pid
  else
    did("another program of its user stopped by SIGSTOP")
  end
rescue SystemCallError
  nil
end

attack(1.0..9.0, lambda {
  $pumas = []
  last = newest
  ends = now + rand(0.2..2.0)
  while now < ends
    ahead = newest
    ((last + 1)..(ahead + 3)).each { |pid| stop(pid) if rand < 0.8 } if ahead > last
    last = ahead
    sleep 0.0005
  end
  # Most of the time a Puma goes on: otherwise nobody would get a new version.
  $pumas.each { |pid| try { Process.kill(:CONT, pid) } } if rand < 0.75
})
