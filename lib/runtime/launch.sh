# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Runs as the user that the engine logs in as, and hands the payload to a transient unit of systemd: that one
# outlives a cut connection, is alone under its name, and never stands in a file that somebody else could alter.
# $1 host, $2 address, $3 "sudo" or "root", $4 the names of all services that this stack has on the host, $5 seconds to wait.
# Before it stand: service, action, lock_timeout, payload (base64), and for a removal owner.
host=$1 address=$2 become=$3 siblings=$4 pause=${5:-0}
lock=cdktf-puma-$service
owner=${owner:-}
folder=$(dirname -- "$0")
who="$(id -un)${SSH_CONNECTION:+ from ${SSH_CONNECTION%% *}}"

fail() {
  printf '%s\n' "FAILED on $host: $*"
  exit 1
}

as_root() {
  if [ "$become" = sudo ]; then sudo -n "$@"; else "$@"; fi
}

payload() {
  printf %s "$payload" | base64 -d
}

check_script_folder() {
  case $(ls -ld -- "$folder") in
    d???--[-S]--[-T]*) ;;
    *) fail "other users may enter $folder, where the engine puts its script, and could alter what runs as root: chmod 700 $folder" ;;
  esac
}

check_root() {
  [ -d /run/systemd/system ] || fail "systemd is not running here (no /run/systemd/system), so it cannot run Puma"
  if [ "$become" = root ]; then
    [ "$(id -u)" = 0 ] || fail "$(id -un) is not root: leave 'sudo' of this Host unset, or set it to true"
    return 0
  fi
  reason=$(sudo -n true 2>&1) && return 0
  [ "$action" != apply ] || payload | sh -s -- "$host" "$address" check "$who" "$siblings" "$service" "$owner" || :
  fail "$(id -un) cannot become root by sudo without a password: $reason"
}

holder() {
  systemctl show --property=Description --property=ActiveEnterTimestamp "$lock.service" |
    sed -n -e 's/^Description=//p' -e 's/^ActiveEnterTimestamp=\(..*\)/since \1/p' | tr '\n' ' '
}

run_payload() {
  payload | as_root systemd-run --quiet --wait --pipe --collect --unit="$lock" --property=TimeoutStopSec=10min \
    --description="cdktf-puma $action of $service on $host by $who" \
    /bin/sh -s -- "$host" "$address" "$action" "$who" "$siblings" "$service" "$owner"
}

run_alone() {
  waited=0
  while :; do
    code=0
    { message=$(run_payload 2>&1 1>&3) || code=$?; } 3>&1
    case $code/$message in
      0/*) break ;;
      *"Unit $lock.service already exists"* | *"Unit $lock.service was already loaded"*) ;;
      *) break ;;
    esac
    [ "$waited" -gt 0 ] || printf '%s\n' "waiting for another run to end: $(holder)"
    [ "$waited" -lt "$lock_timeout" ] || fail "another run did not end within ${lock_timeout}s: $(holder)"
    waited=$((waited + 1))
    sleep 1
  done
  [ -z "$message" ] || printf '%s\n' "$message"
  return "$code"
}

# The engine leaves its script behind: whole where the run failed, emptied a moment later where it did not.
remove_scripts() {
  # The engine gives us a terminal, whose end would end what we leave running.
  trap '' HUP
  rm -f -- "$0"
  # Those of runs that were cut off too: before the host booted, or long ago. Another run's is held open by its shell
  # once that has got so far.
  find "$folder" -maxdepth 1 -name 'cdktf-puma-*.sh' \( ! -newer /run/systemd/notify -o -mmin +5 \) \
    -exec rm -f {} + 2>/dev/null || :
  (remove_emptied) >/dev/null 2>&1 </dev/null &
}

remove_emptied() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 2
    if [ -e "$0" ] && [ ! -s "$0" ]; then break; fi
  done
  [ -s "$0" ] || rm -f -- "$0"
}

# A connection that is cut ends this shell by a signal, and some shells run no EXIT trap then.
trap 'exit 129' HUP INT TERM
trap remove_scripts EXIT
check_script_folder
check_root
if [ "$pause" != 0 ]; then
  printf '%s\n' "waiting ${pause}s after the hosts before this one"
  sleep "$pause"
fi
run_alone
