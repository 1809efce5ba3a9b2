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

property() {
  systemctl "$MANAGER" show --property="$1" --value -- "$2" 2>/dev/null
}

# Copies have the path of their file in their name, but for the folder of units: see files.sh.
compare_files() {
  local copy name path
  for copy in "$STATE/written/"*; do
    [ -f "$copy" ] || continue
    name=${copy##*/}
    case $name in
      *.service | *.socket | *.d!*) path=$ETC/$(printf %s "$name" | tr '!' /) ;;
      *) path=/$(printf %s "$name" | tr '!' /) ;;
    esac
    if [ ! -e "$path" ]; then
      say "${path##*/} removed by hand, $(date -r "${path%/*}" '+%Y-%m-%d %H:%M:%S' 2>/dev/null || echo with its folder)"
    elif ! cmp -s -- "$copy" "$path"; then
      say "${path##*/} edited by hand, $(date -r "$path" '+%Y-%m-%d %H:%M:%S')"
    fi
  done
}

# What systemd starts again by itself is no drift, nor what a first connection starts.
compare_units() {
  local unit
  for unit in $(recorded units); do
    case $(property ActiveState "$unit")/$unit in
      active/* | activating/* | reloading/* | deactivating/*) say_restart "$unit" ;;
      */*.service)
        [ "$(property UnitFileState "$unit")" != enabled ] ||
          say "$unit $(property ActiveState "$unit"), $(property InactiveEnterTimestamp "$unit")"
        ;;
      *) say "$unit $(property ActiveState "$unit"), $(property InactiveEnterTimestamp "$unit")" ;;
    esac
  done
}

say_restart() {
  local start
  start=$(recorded "invocation:$1")
  if [ -z "$start" ] || [ "$(property NRestarts "$1")" != 0 ]; then return 0; fi
  [ "$(property InvocationID "$1")" = "$start" ] || say "$1 started again, $(property ActiveEnterTimestamp "$1")"
}

main() {
  if [ ! -f "$STATE/record" ]; then
    say "nothing of $SERVICE here"
    return 0
  fi
  compare_files
  compare_units
}

main
