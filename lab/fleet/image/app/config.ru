# A Rack app that tells how Puma was started. It uses no Rack library, so it is the same on every release.
require "json"
require "socket"

sleep(ENV.fetch("BOOT_SECONDS", "0").to_f)
version = File.read(File.join(__dir__, "VERSION")).strip

answer = ->(body, status: 200) { [status, { "content-type" => "text/plain" }, [body]] }

# Base64, as a command line may hold any byte and JSON may not. ARGV rather than /proc/self/cmdline, which Puma
# overwrites with its process title.
command_line = -> { JSON.generate([$PROGRAM_NAME, *ARGV].map { |argument| [argument].pack("m0") }) }

run(lambda do |env|
  query = env["QUERY_STRING"]
  case env["PATH_INFO"]
  when "/" then answer.("hello from #{Socket.gethostname} version #{version}\n")
  when "/env" then ENV.key?(query) ? answer.(ENV[query].b) : answer.("not set\n", status: 404)
  when "/argv" then answer.(command_line.call)
  when "/pid" then answer.(Process.pid.to_s)
  when "/slow"
    sleep(query.to_f)
    answer.("slept #{query}\n")
  when "/status" then answer.("status #{query}\n", status: query.to_i)
  else answer.("no such page\n", status: 404)
  end
end)
