# Puma's configuration of web, written by cdktf-puma:
# an apply replaces what is changed here.
workers 2
threads 3, 4
preload_app! true
rackup "config.ru"
tag "a \"b\" \#{c} \\ \u{e9}\n"
plugin "tmp_restart"
prune_bundler false
extra_runtime_dependencies ["json", "base64"]
worker_check_interval 6
worker_timeout 61
worker_boot_timeout 62
worker_shutdown_timeout 33
worker_culling_strategy :oldest
fork_worker 1001
wait_for_less_busy_worker 0.007
first_data_timeout 31
persistent_timeout 21
idle_timeout 3600
force_shutdown_after 34
drain_on_shutdown true
raise_exception_on_sigterm false
shutdown_debug true
queue_requests true
max_keep_alive 998
enable_keep_alives true
fiber_per_request false
http_content_length_limit 1000000
supported_http_methods ["GET", "HEAD"]
early_hints false
rack_url_scheme "https"
set_remote_address header: "X-Real-IP"
io_selector_backend "auto"
log_requests false
debug
mutate_stdout_and_stderr_to_sync_on_write true
silence_single_worker_warning
silence_fork_callback_warning
before_fork do
  GC.start
end
