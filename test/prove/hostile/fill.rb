# S11: writes into a candidate's folder, and puts links there that lead to what is root's.
require_relative "attack"

def folders
  Dir.glob("/run/cdktf-puma-web-*").select { |folder| Dir.children(folder).size < 3000 }
end

attack(0.01..0.1,
  -> { folders.each { |folder| 100.times { |i| File.write("#{folder}/#{now}-#{i}", "") }; did("file put into a candidate's folder", 100) } },
  -> { folders.each { |folder| Dir.mkdir(below = "#{folder}/d#{now}"); Dir.chdir(below) { 50.times { |i| File.write(i.to_s, "") } }; did("file put into a candidate's folder", 50) } },
  -> { folders.each { |folder| File.symlink("/etc/canary-secret", "#{folder}/l#{now}"); did("link to root's files put into a candidate's folder") } },
  -> { folders.each { |folder| File.rename("#{folder}/control.sock", "#{folder}/away"); File.symlink("/run/systemd/private", "#{folder}/control.sock"); did("control socket of a candidate turned aside") } })
