# shellcheck shell=sh
# Puma's own way to change: one worker after the other.

restart_by_phases() {
  local process
  property "$SERVICE_UNIT" MainPID
  process=$found
  old_workers=$(workers_of "$process")
  if are_phases_possible "$process"; then replace_workers; else restart; fi
}

# are_phases_possible PROCESS: whether a running Puma would replace its workers one by one; says why not. One that preloads
# the application restarts itself as a whole when it is asked to, and its watchdog takes a long boot for a hang.
are_phases_possible() {
  if [ -n "$service_change" ]; then
    say "'phased' is not possible here: it does not take up a changed unit"
    return 1
  elif [ -n "$files_change" ]; then
    say "'phased' is not possible here: it does not take up a changed file"
    return 1
  elif [ -z "$old_workers" ]; then
    say "'phased' is not possible here: Puma runs without workers"
    return 1
  fi
  case $(phases_of "$1")/$(title_of "$1") in
    no/*) say "'phased' is not possible here: Puma preloads the application" ;;
    unknown/'puma '[7-9].* | unknown/'puma '[1-9][0-9]*.*)
      say "'phased' is not possible here: from version 7 on Puma preloads the application unless told otherwise, and the journal does not have what it said of it"
      ;;
    *) return 0 ;;
  esac
  return 1
}

title_of() {
  first_line "/proc/$1/cmdline"
}

# phases_of PROCESS: whether a Puma can, by what it said as it booted: yes, no or unknown. The last word counts, as Puma keeps
# its process when it restarts itself. "Restarts:" has a mark for hot, which it always can, and the same or another for phased.
phases_of() {
  local line process
  # Of a daemon it was its parent that said it.
  process=''
  [ "$PUMA_DAEMON" = true ] || process=_PID=$1
  property "$SERVICE_UNIT" InvocationID
  line=$(journalctl --quiet --output=cat ${process:+"$process"} "_SYSTEMD_INVOCATION_ID=$found" |
    grep -e 'Restarts: (.*) hot (.*) phased' -e '[*] Phased restart available' -e '[*] Preloading application' | tail -n 1)
  case $line in
    '') printf unknown ;;
    *Preloading*) printf no ;;
    *Restarts:*)
      line=${line#*Restarts: (}
      case ${line#*hot (} in
        "${line%%)*}) phased"*) printf yes ;;
        *) printf no ;;
      esac
      ;;
    *) printf yes ;;
  esac
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
    is_alive || was_restarted || give_up_on_puma "$complaint"
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
    say "the workers started in $(printable "$folder") again: Puma follows a link only with PWD=$PUMA_DIRECTORY in its 'environment'"
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
