# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# What has to be restarted, why, and how a running Puma gives way to a changed one.

# What a unit looks like for what runs now: as it was last put into effect, or, if that was started again since, as it
# stands there.
running_version() {
  case $(recorded "$service" "invocation:$1") in
    "" | "$(property "$1" InvocationID)") kept=$state/live/$1 ;;
    *) kept='' ;;
  esac
  if [ -f "$kept" ]; then printf %s "$kept"; else printf %s "$etc/$1"; fi
}

# Whether a run that was cut off may have left a unit half way.
was_touched() {
  case $1/$(cat "$state/before/touched" 2>/dev/null) in
    */both | "$service.service"/service | "$socket"/socket) return 0 ;;
  esac
  return 1
}

# Why a unit has to be restarted; nothing where it need not be.
reason_for() {
  if [ ! -f "$(running_version "$1")" ]; then
    printf '%s is new' "$1"
  elif needs_restart "$(running_version "$1")" "$stage/new/$1"; then
    printf '%s changed: %s' "$1" "$(changed_directives "$(running_version "$1")" "$stage/new/$1")"
  elif was_touched "$1"; then
    printf 'the run before this one was cut off'
  elif [ "$1" != "$service.service" ]; then
    is_active "$1" || printf '%s is not active' "$1"
  elif [ -f "$state/record" ] && [ "$(recorded "$service" release)" != "$release" ]; then
    printf "release %s follows %s" "${release:-(none)}" "$(recorded "$service" release | sed 's/^$/(none)/')"
  elif [ -f "$(last_release_file "$service")" ]; then
    printf 'it runs the release before the last'
  elif [ "$start_on" = boot ]; then
    is_active "$1" || printf '%s is not running' "$1"
  fi
}

# Sets work to none, service, socket or both, why, and whether a rehearsal comes first.
decide() {
  running=false
  ! is_active "$service.service" || running=true
  work=none reason=$(reason_for "$service.service")
  if [ -n "$reason" ] && { [ "$start_on" = boot ] || [ "$running" = true ]; }; then work=service; fi
  decide_on_socket
  [ "$on_change/$work" != full/service ] || [ -z "$socket" ] || work=both
  rehearsed=false
  case $running/$work in
    true/service | true/both) [ "$on_change" = none ] || rehearsed=$rehearsal ;;
  esac
}

decide_on_socket() {
  dropped=$(words_without "$(recorded "$service" units)" "$units")
  socket_reason=''
  [ -z "$socket" ] || socket_reason=$(reason_for "$socket")
  [ -z "$dropped" ] || socket_reason="${dropped% } is no longer wanted"
  [ -n "$socket_reason" ] || return 0
  reason=$socket_reason work=both
  if [ -n "$dropped" ] && [ "$on_change" = none ]; then
    say "'none' is not possible here: $reason"
    on_change=hot
  fi
  if [ "$start_on" = firstConnection ] && [ "$running" = false ]; then work=socket; fi
}

is_unchanged() {
  for unit in $units; do cmp -s "$stage/new/$unit" "$etc/$unit" || return 1; done
  [ "$work" = none ] && [ ! -d "$state/before" ] && [ -z "$(abandoned_services)" ] && is_enabled_right
}

is_enabled_right() {
  for unit in $units; do
    case " $enabled_units " in
      *" $unit "*) systemctl --quiet is-enabled -- "$unit" || return 1 ;;
      *) ! systemctl --quiet is-enabled -- "$unit" || return 1 ;;
    esac
  done
}

# Starts or restarts what must be, in the way that was asked for or the nearest that is possible.
change_over() {
  case $work/$running/$on_change in
    none/*) return 0 ;;
    */true/none) leave_running ;;
    service/true/overlap) replace_behind_standin ;;
    service/true/phased) restart_by_phases ;;
    both/true/overlap | both/true/phased)
      say "'$on_change' is not possible here: the sockets themselves change"
      restart
      ;;
    *) restart ;;
  esac
}

leave_running() {
  say "$service.service goes on as it was ('onChange' is none), though $reason"
  touch "$stage/left"
  keep_what_runs
}

# What was started again since it was last put into effect runs what stood in its place when this run began.
keep_what_runs() {
  for unit in $units; do
    case $(recorded "$service" "invocation:$unit") in
      "" | "$(property "$unit" InvocationID)") continue ;;
    esac
    [ ! -f "$state/before/files/$unit" ] || { mkdir -p "$state/live" && cp -- "$state/before/files/$unit" "$state/live/$unit"; }
  done
}

# Socket and service go in one command, as systemd wants it.
restart() {
  case $work in
    service) set -- "$service.service" ;;
    socket) set -- "$socket" ;;
    both) set -- ${socket:+"$socket"} "$service.service" ;;
  esac
  if [ "$running" = true ]; then step "restarting $*: $reason"; else step "starting $*: $reason"; fi
  touched "$work"
  invocation=''
  systemctl reset-failed -- "$@" 2>/dev/null || :
  systemctl restart -- "$@" 2>&1 || give_up_on_puma "systemd could not start $*"
  if [ "$work" = socket ]; then
    say "$socket listens; the first connection starts Puma"
  else
    mark "waiting for $service.service"
    wait_until_healthy "$binds" "$start_timeout" "$health_bind" || give_up_on_puma "$complaint"
  fi
}

# All processes below one: with Puma's fork_worker, workers are children of the first of them.
below() {
  # shellcheck disable=SC2013 # words
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
    printf '%s\n' "$child"
    below "$child"
  done
}

workers_of() {
  for process in $(below "$1"); do
    ! grep -qs '^puma: cluster worker' "/proc/$process/cmdline" || printf '%s\n' "$process"
  done | sort
}

# A process that accepts connections runs a server thread.
accepts() {
  case $(cat /proc/"$1"/task/*/comm 2>/dev/null) in
    *'puma srv'* | *'puma server'*) return 0 ;;
  esac
  return 1
}

# Whether a Puma accepts connections: itself, or with each of its workers.
is_serving() {
  workers=$(workers_of "$1")
  for process in ${workers:-"$1"}; do accepts "$process" || return 1; done
}

wait_until_serving() {
  invocation=$(property "$watched" InvocationID)
  deadline=$(($(now) + ${start_timeout:-90}))
  until is_serving "$(property "$watched" MainPID)"; do
    is_alive || return 1
    complaint="Puma was not ready within ${start_timeout:-90}s"
    [ "$(now)" -lt "$deadline" ] || return 1
    sleep 0.1
  done
  is_alive
}

# No request waits for a boot: a stand-in of the new version serves on the same sockets meanwhile.
replace_behind_standin() {
  send_in_standin
  touched service
  invocation=''
  step "restarting $service.service behind it: $reason"
  systemctl reset-failed -- "$service.service" 2>/dev/null || :
  systemctl restart -- "$service.service" 2>&1 || give_up_on_puma "systemd could not start $service.service"
  wait_until_serving || give_up_on_puma "$complaint"
  step "the stand-in leaves"
  end_understudy standin
  wait_until_healthy "$binds" "$start_timeout" "$health_bind" || give_up_on_puma "$complaint"
}
