# shellcheck shell=sh
# Runs as root on a host, for the command line: tells what is otherwise there than the last apply has left it. It changes nothing.
# $1 service, $2 "user" for a user's own systemd. A line for each: "drift ", what, and when, so that two of them are never the same.
set -eu
export LC_ALL=C
SERVICE=$1 MANAGER=--system
STATE=/var/lib/cdktf-puma/$SERVICE ETC=/etc/systemd/system
if [ "$2" = user ]; then
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
  MANAGER=--user STATE=$HOME/.local/state/cdktf-puma/$SERVICE ETC=$HOME/.config/systemd/user
fi
readonly SERVICE MANAGER STATE ETC

say() {
  printf '%s\n' "drift $*"
}

recorded() {
  sed -n "s/^$1=//p" "$STATE/record" | head -n 1
}

# changed PATH: when, by the clock of the file system that nobody sets: the same edit once more is another one.
changed() {
  date -d "@$(stat -c %Z -- "$1")" '+%Y-%m-%d %H:%M:%S'
}

property() {
  systemctl "$MANAGER" show --property="$1" --value -- "$2"
}

# Copies have the path of their file in their name, but for the folder of units: see files.sh.
compare_files() {
  local copy name path
  for copy in "$STATE/written/"*; do
    [ -f "$copy" ] || continue
    name=${copy##*/}
    case $name in
      *.service | *.socket | *.path | *.d!*) path=$ETC/$(printf %s "$name" | tr '!' /) ;;
      *) path=/$(printf %s "$name" | tr '!' /) ;;
    esac
    if [ ! -e "$path" ]; then
      say "${path##*/} removed by hand, $(changed "${path%/*}" 2>/dev/null || echo with its folder)"
    elif ! cmp -s -- "$copy" "$path"; then
      say "${path##*/} edited by hand, $(changed "$path")"
    fi
  done
}

# Whether the service is to be there, and not to run.
is_kept_stopped() {
  grep -qx "PUMA_START_ON='never'" "$STATE/settings" 2>/dev/null
}

# A systemd that does not answer ends the look: it has not said that anything is stopped.
compare_units() {
  local unit state
  for unit in $(recorded units); do
    state=$(property ActiveState "$unit")
    case $state in
      active | activating | reloading | deactivating) compare_running "$unit" ;;
      *) is_kept_stopped || compare_stopped "$unit" ;;
    esac
  done
}

# What systemd starts again by itself is no drift.
compare_running() {
  local start
  if is_kept_stopped; then
    say "$1 started though kept stopped, $(property ActiveEnterTimestamp "$1")"
    return 0
  fi
  start=$(recorded "invocation:$1")
  if [ -z "$start" ] || [ "$(property NRestarts "$1")" != 0 ]; then return 0; fi
  [ "$(property InvocationID "$1")" = "$start" ] || say "$1 started again, $(property ActiveEnterTimestamp "$1")"
}

# Nor is what a first connection starts.
compare_stopped() {
  case $1 in
    *.service) [ "$(property UnitFileState "$1")" = enabled ] || return 0 ;;
  esac
  say "$1 $(property ActiveState "$1"), $(property InactiveEnterTimestamp "$1")"
}

# The record has "ID BASE CHANGE WHO" of what runs, and an id is the time when it came.
compare_generation() {
  local generation change
  generation=$(recorded generation)
  change=${generation#* * }
  case $change in
    "rollback "*) say "rolled back by ${change#* }, $(date -d "@${generation%% *}" '+%Y-%m-%d %H:%M:%S')" ;;
  esac
}

# By the time of what has gone, so that a host that is reinstalled once more says another thing.
say_none() {
  local folder
  folder=$STATE
  until [ -e "$folder/" ]; do folder=${folder%/*}; done
  say "nothing of $SERVICE here, $(changed "$folder/")"
}

main() {
  if [ ! -f "$STATE/record" ]; then
    say_none
    return 0
  fi
  compare_files
  compare_generation
  compare_units
}

main
