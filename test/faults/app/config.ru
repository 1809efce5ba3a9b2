# A Rack app that fails in the way that DEFECT says, or a file of that name beside it.
said = ->(name) { ENV.fetch(name, "")[/.+/] || (File.read(File.join(__dir__, name)).strip if File.exist?(File.join(__dir__, name))) }

version = said.("VERSION")
defect = said.("DEFECT")
warn "version #{version} boots"

sleep(ENV.fetch("BOOT_SECONDS", "0").to_f)
case defect
when "raise" then raise "this version does not boot"
when "hang" then sleep
when "service" then raise "not as the service itself" if File.read("/proc/self/cgroup").match?(%r{/web\.service$})
when "crash"
  Thread.new do
    sleep 3
    Process.exit!(1)
  end
end

run(->(_env) { [defect == "500" ? 500 : 200, { "content-type" => "text/plain" }, ["version #{version}\n"]] })
