# shellcheck shell=sh
# Runs as root on a host, for the command line: puts a lock on a service, or takes it away. What runs there reads it (see locked.sh).
# $1 lock or unlock, $2 service, $3 "user" for a user's own systemd, $4 who logs in, $5 who that is by his own words, $6 why.
set -eu
umask 077
export LC_ALL=C
SERVICE=$2 SCOPE=$3 LOGIN=$4 WHO=$5 WHY=$6
STATE=/var/lib/cdktf-puma/$SERVICE
[ "$SCOPE" != user ] || STATE=$HOME/.local/state/cdktf-puma/$SERVICE
case $LOGIN/ in
  "$WHO"[\ /]*) WHO=$LOGIN ;;
  *) WHO="$WHO, as $LOGIN" ;;
esac
readonly SERVICE SCOPE LOGIN WHO WHY STATE

say() {
  printf '%s\n' "$*"
}

fail() {
  say "$*"
  exit 1
}

audit() {
  printf 'cdktf-puma: %s\n' "$SERVICE $*" | systemd-cat -t cdktf-puma 2>/dev/null || :
}

# One line of the lock: it has no control characters, and ends.
one_line() {
  printf %s "$1" | tr '\000-\037\177' ' ' | cut -b -500
}

lock_line() {
  sed -n "s/^$1=//p" "$STATE/locked" | head -n 1
}

holder() {
  say "$(lock_line by) since $(lock_line since): $(lock_line why)"
}

# A run that is under way has begun, and goes on to its end.
say_run() {
  set -- show "cdktf-puma-${SERVICE%:*}.service"
  [ "$SCOPE" != user ] || set -- --user "$@"
  case $(systemctl "$@" --property=ActiveState --value 2>/dev/null) in
    active | activating | deactivating)
      say "a run is under way there, and goes on to its end: $(systemctl "$@" --property=Description --value)"
      ;;
  esac
}

# What was kept by a version that knows no lock would not heed one.
say_age() {
  grep -q heed_lock "$STATE/run.sh" 2>/dev/null ||
    say "what restarts it there is of a version that heeds no lock: only an apply of this one does"
}

# Of two at once one has it: a second name is given to a whole file, and never to what has one.
lock() {
  [ -f "$STATE/record" ] || fail "it is not there, so there is nothing to lock"
  trap 'rm -f -- "$STATE/locked.$$"' EXIT
  printf '%s\n' "by=$(one_line "$WHO")" "since=$(date '+%Y-%m-%d %H:%M:%S')" "why=$(one_line "$WHY")" >"$STATE/locked.$$"
  if ! ln -- "$STATE/locked.$$" "$STATE/locked" 2>/dev/null; then
    [ -e "$STATE/locked" ] || fail "it could not be locked: see whether $STATE is full or read-only"
    fail "it is locked already, by $(holder)"
  fi
  rm -f -- "$STATE/locked.$$"
  sync -f "$STATE" 2>/dev/null || sync
  audit "locked by $(holder)"
  say "locked by $(holder)"
  say_age
  say_run
}

# What restarts it by itself has left alone what it met the lock for, and looks again.
wake_watch() {
  local watch
  watch=cdktf-puma-restart@$SERVICE
  set -- systemctl
  [ "$SCOPE" != user ] || set -- systemctl --user
  [ "$("$@" show --property=ActiveState --value "$watch.path" 2>/dev/null)" = active ] || return 0
  say "what restarts it by itself there looks now whether it has to"
  "$@" start --no-block "$watch.service" 2>/dev/null || :
}

unlock() {
  local was
  if [ ! -e "$STATE/locked" ]; then
    say "it was not locked"
    return 0
  fi
  was=$(holder)
  rm -f -- "$STATE/locked"
  audit "unlocked by $(one_line "$WHO"): it was locked by $was"
  say "unlocked: it was locked by $was"
  wake_watch
}

main() {
  case $1 in
    lock) lock ;;
    unlock) unlock ;;
  esac
}

main "$1"
