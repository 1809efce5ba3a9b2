# An application that is hostile in the ways that HOSTILE names, and fails in the one that DEFECT says.
require "/opt/hostile/attack"

version = ENV["VERSION"]
hostile = ENV.fetch("HOSTILE", "").split

def tell_systemd(words)
  return unless ENV["NOTIFY_SOCKET"]

  socket = Socket.new(:UNIX, :DGRAM)
  socket.connect(Socket.pack_sockaddr_un(ENV["NOTIFY_SOCKET"].sub(/^@/, "\0")))
  socket.send(words, 0)
ensure
  socket&.close
end

def extend_time_out
  %w[TERM INT].each { |signal| trap(signal, "IGNORE") }
  tell_systemd("EXTEND_TIMEOUT_USEC=60000000")
  did("EXTEND_TIMEOUT_USEC= while SIGTERM is ignored")
  sleep 0.5
end

# After Puma has set what it does at signals.
later = ->(&work) { Thread.new { sleep 1; loop { try(&work) || sleep(0.2) } } }

case ENV["DEFECT"]
when "raise" then did("boot that fails with false lines"); raise "Error: #{false_words.force_encoding("UTF-8").scrub}"
when "hang" then loop { extend_time_out }
end

later.call { extend_time_out } if hostile.include?("extends")
if hostile.include?("says")
  later.call { say_to_journal("MESSAGE" => "Error: #{false_words}"); did("false line in the service's own journal"); sleep 0.3 }
  later.call { tell_systemd("STATUS=\e[2J\e[H\r#{FALSE_LINES.sample}"); did("false status told to systemd"); sleep 0.1 }
end
if hostile.include?("leaves")
  Thread.new do
    sleep 1
    listener = ObjectSpace.each_object(TCPServer).first
    fork do
      %w[TERM INT HUP].each { |signal| trap(signal, "IGNORE") }
      Process.setsid
      did("child left behind that heeds no signal and goes on accepting")
      loop do
        io = listener ? listener.accept : sleep(1)
        io.readpartial(10_000)
        io.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nversion #{version}\n")
        io.close
      rescue StandardError
        sleep 0.1
      end
    end
  end
end

run(lambda do |env|
  if env["PATH_INFO"] == "/version" then [200, { "content-type" => "text/plain" }, ["version #{version}\n"]]
  else [ENV["DEFECT"] == "500" ? 500 : 200, { "content-type" => "text/plain" }, [false_words]]
  end
end)
