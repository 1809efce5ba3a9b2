# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Puma's own way to change: one worker after the other.

restart_by_phases() {
  main_pid=$(property "$service.service" MainPID)
  old_workers=$(workers_of "$main_pid")
  if needs_restart "$(running_version "$service.service")" "$stage/new/$service.service"; then
    say "'phased' is not possible here: it does not take up a changed unit"
    restart
  elif [ -z "$old_workers" ]; then
    say "'phased' is not possible here: Puma runs without workers"
    restart
  else
    replace_workers
  fi
}

replace_workers() {
  step "phased restart of $service.service: $reason"
  touched service
  invocation=$(property "$service.service" InvocationID)
  deadline=$(($(now) + start_timeout * $(printf '%s\n' "$old_workers" | wc -l)))
  # What systemd counted before is not of this restart.
  systemctl reset-failed -- "$service.service" 2>/dev/null || :
  kill -USR1 "$main_pid"
  until are_all_new; do
    is_alive || give_up_on_puma "$complaint"
    [ "$(now)" -lt "$deadline" ] || give_up_on_puma "the phased restart did not end in time"
    sleep 0.2
  done
  journalctl --quiet --since="@$started" --unit="$service.service" --output=cat | grep -q 'phased-restart called but not available' &&
    say "Puma restarted all workers at once: it preloads the application"
  start_where_it_should
}

# Puma starts its workers where it was started itself, whatever the link points to by now.
start_where_it_should() {
  for worker in $(workers_of "$main_pid"); do
    [ "$(readlink "/proc/$worker/cwd")" = "$(readlink -f "$directory")" ] && continue
    say "the workers started in $(readlink "/proc/$worker/cwd") again: Puma follows a link only with PWD=$directory in its 'environment'"
    restart
    return 0
  done
  wait_until_healthy "$binds" "$start_timeout" "$health_bind" || give_up_on_puma "$complaint"
}

# Whether as many workers as before serve, and none of them is an old one.
are_all_new() {
  new_workers=$(workers_of "$main_pid")
  [ -n "$new_workers" ] || return 1
  [ "$(printf '%s\n' "$new_workers" | wc -l)" = "$(printf '%s\n' "$old_workers" | wc -l)" ] || return 1
  for worker in $new_workers; do
    case " $(printf '%s' "$old_workers" | tr '\n' ' ') " in
      *" $worker "*) return 1 ;;
    esac
    accepts "$worker" || return 1
  done
}
