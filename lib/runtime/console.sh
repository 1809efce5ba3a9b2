# shellcheck shell=sh
# Runs as root on a host, for the command line: a command in a service's own user, environment, folder and sandbox, in a unit of its
# own, which ends with the connection that asked for it. surroundings.sh stands before it.
# $1 service, $2 "user" for a user's own systemd, $3 pty or pipe, $4 the process of the connection, $5 who, $6 what the host is called,
# $7 what is left to Puma, a pattern of directives; then the command.
set -eu
umask 022
export LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_TINT_BACKGROUND=0
SERVICE_UNIT=$1.service MANAGER='' STDIO=$3 CONNECTION=$4 WHO=$5 HOST=$6 LEFT_TO_PUMA=$7
ETC=/etc/systemd/system RUN_UNITS=/run/systemd/system OTHER_UNITS=/usr/lib/systemd/system
# No service has a colon in its name, and no two shells at once one number.
UNIT=cdktf-puma-$1:run-$$.service
if [ "$2" = user ]; then
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
  MANAGER=--user ETC=$HOME/.config/systemd/user RUN_UNITS=$XDG_RUNTIME_DIR/systemd/user
  OTHER_UNITS='/etc/systemd/user /usr/lib/systemd/user'
fi
FOLDER=$RUN_UNITS/$UNIT.d
readonly SERVICE_UNIT MANAGER STDIO CONNECTION WHO HOST LEFT_TO_PUMA ETC RUN_UNITS OTHER_UNITS UNIT FOLDER
shift 7

fail() {
  printf '%s\n' "cdktf-puma: $HOST: $*" >&2
  exit 1
}

ask_systemd() {
  systemctl ${MANAGER:+"$MANAGER"} "$@"
}

# What was not started leaves its lines, and one that was ends by itself.
# shellcheck disable=SC2317 # a trap
leave() {
  trap '' HUP INT TERM
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || :
  case $(ask_systemd show --property=ActiveState --value -- "$UNIT") in
    inactive | failed) ;;
    *) ask_systemd stop -- "$UNIT" 2>/dev/null || : ;;
  esac
  rm -rf -- "$FOLDER"
}

# By the lines of the unit that is there and of its drop-ins, as a task.
surround_command() {
  local unit
  unit=$(ask_systemd show --property=FragmentPath --value -- "$SERVICE_UNIT")
  [ -n "$unit" ] || fail "$SERVICE_UNIT is not there, so nothing was run"
  mkdir -p -- "$FOLDER"
  hide_drop_ins_for_all "$UNIT"
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  directives '' "$LEFT_TO_PUMA" "$unit" $(ask_systemd show --property=DropInPaths --value -- "$SERVICE_UNIT") >"$FOLDER/10-service.conf"
  printf '%s\n' "[Unit]" "JoinsNamespaceOf=$SERVICE_UNIT" >"$FOLDER/20-namespace.conf"
  # Where nobody waits for it any more, nothing of it stays.
  printf '%s\n' "[Service]" "TimeoutStopSec=10" \
    "ExecStopPost=-+/bin/sh -c 'if [ -d /proc/$$ ]; then echo \"\$\$EXIT_CODE \$\$EXIT_STATUS\" >$FOLDER/ended; else rm -rf -- $FOLDER; fi'" \
    >"$FOLDER/30-limits.conf"
}

# watch SHELL: ends the command where the connection goes away, or the shell that waits for it.
watch() {
  while [ -d "/proc/$CONNECTION" ] && [ -d "/proc/$1" ]; do sleep 1; done
  ask_systemd stop -- "$UNIT"
}

# exit_status OTHERWISE: as a shell has it, in which SIGTERM is a failure, too.
exit_status() {
  local how status number
  how='' status='' number=0
  read -r how status 2>/dev/null <"$FOLDER/ended" || :
  case $how in
    exited) echo "$status" ;;
    killed | dumped)
      until [ "$number" = 64 ] || [ "$(kill -l "$number" 2>/dev/null)" = "$status" ]; do number=$((number + 1)); done
      echo $((128 + number))
      ;;
    *) echo "$1" ;;
  esac
}

# run WORD...
run() {
  local word code
  for word in "$@"; do
    shift
    in_systemds_words "$word"
    set -- "$@" "$found"
  done
  (watch "$$") </dev/null >/dev/null 2>&1 &
  watcher=$!
  code=0
  systemd-run ${MANAGER:+"$MANAGER"} --quiet --wait --collect "--$STDIO" --unit="$UNIT" \
    --description="What $WHO runs for $SERVICE_UNIT" -- /bin/sh -c 'exec "$@"' sh "$@" || code=$?
  exit "$(exit_status "$code")"
}

main() {
  watcher='' found=''
  trap leave EXIT
  trap 'exit 129' HUP
  trap 'exit 143' INT TERM
  surround_command
  run "$@"
}

main "$@"
