# shellcheck shell=sh
# Puma's own way to change: one worker after the other.

restart_by_phases() {
  property "$SERVICE_UNIT" MainPID
  old_workers=$(workers_of "$found")
  if [ -n "$service_change" ]; then
    say "'phased' is not possible here: it does not take up a changed unit"
    restart
  elif [ -z "$old_workers" ]; then
    say "'phased' is not possible here: Puma runs without workers"
    restart
  else
    replace_workers
  fi
}

count() {
  printf %s $#
}

replace_workers() {
  local deadline
  step "phased restart of $SERVICE_UNIT: $reason"
  touched service
  # What systemd counted before is not of this restart.
  reset_failed "$SERVICE_UNIT"
  watch "$SERVICE_UNIT"
  # shellcheck disable=SC2086 # processes
  deadline=$(($(now) + PUMA_START_TIMEOUT * $(count $old_workers)))
  kill -USR1 "$main_pid"
  until are_all_new; do
    is_alive || give_up_on_puma "$complaint"
    [ "$(now)" -lt "$deadline" ] || give_up_on_puma "the phased restart did not end in time"
    sleep 0.2
  done
  journalctl --quiet --since="@$started" --unit="$SERVICE_UNIT" --output=cat | grep 'phased-restart called but not available' >/dev/null &&
    say "Puma restarted all workers at once: it preloads the application"
  start_where_it_should
}

# Puma starts its workers where it was started itself, whatever the link points to by now.
start_where_it_should() {
  local worker target folder
  target=$(readlink -f "$PUMA_DIRECTORY")
  for worker in $(workers_of "$main_pid"); do
    folder=$(readlink "/proc/$worker/cwd") || folder=''
    [ "$folder" = "$target" ] && continue
    say "the workers started in $folder again: Puma follows a link only with PWD=$PUMA_DIRECTORY in its 'environment'"
    restart
    return 0
  done
  expect_health
}

# Whether as many workers as before serve, and none of them is an old one.
are_all_new() {
  local workers worker
  workers=$(workers_of "$main_pid")
  # shellcheck disable=SC2086 # processes
  [ -n "$workers" ] && [ "$(count $workers)" = "$(count $old_workers)" ] || return 1
  for worker in $workers; do
    case "
$old_workers
" in
      *"
$worker
"*) return 1 ;;
    esac
    accepts "$worker" || return 1
  done
}
