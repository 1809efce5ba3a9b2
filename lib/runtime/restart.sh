# shellcheck shell=sh
# How a running Puma gives way by a restart: behind a socket that stays, with it, or behind a stand-in.

# Sockets and service go in one command, as systemd wants it: it opens none for a service that runs. The other sockets stay open.
restart() {
  # shellcheck disable=SC2086 # a list of units
  set -- $reopened
  [ "$work" = socket ] || set -- "$@" "$SERVICE_UNIT"
  if [ "$running" = true ]; then step "restarting $*: $reason"; else step "starting $*: $reason"; fi
  # shellcheck disable=SC2086 # a list of units
  touched $reopened service
  restart_units "$@"
  if [ "$work" = socket ]; then
    say "$* listens; the first connection starts Puma"
  else
    mark "waiting for $SERVICE_UNIT"
    expect_health
  fi
}

restart_units() {
  end_restarts "$SERVICE_UNIT"
  if [ "$*" != "$SERVICE_UNIT" ] || ! starts_freely "$SERVICE_UNIT"; then reset_failed "$@"; fi
  watched=$SERVICE_UNIT invocation=''
  note_output 2>/dev/null || :
  change_watched restart "$@" 2>&1 || give_up_on_puma "systemd could not start $*"
  watch "$SERVICE_UNIT"
}

expect_health() {
  through_restarts wait_until_healthy "$PUMA_BINDS" "$PUMA_HEALTH_BIND" "$PUMA_HEALTH_HEADERS" || give_up_on_puma "$complaint"
}

# No request waits for a boot: a stand-in of the new version serves on the same sockets meanwhile.
replace_behind_standin() {
  start_standin
  touched service
  step "restarting $SERVICE_UNIT behind it: $reason"
  restart_units "$SERVICE_UNIT"
  through_restarts wait_until_serving "$PUMA_START_TIMEOUT" || give_up_on_puma "$complaint"
  step "the stand-in leaves"
  end_candidate standin
  expect_health
}

leave_running() {
  say "$SERVICE_UNIT goes on as it was ('restart' is none), though $reason"
  touch "$STAGE/left"
  keep_what_runs
  [ -z "$OTHERS_UNIT" ] || keep_drop_in_that_runs
}

# What was started again since it was last put into effect runs what stood in its place when this run began.
keep_what_runs() {
  local unit
  for unit in $PUMA_UNITS; do
    was_started_again "$unit" || continue
    kept_file "$ETC/$unit"
    [ ! -f "$found" ] || { mkdir -p "$STATE/live" && cp -- "$found" "$STATE/live/$unit"; }
  done
}
