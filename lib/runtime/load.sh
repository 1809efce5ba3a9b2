# shellcheck shell=sh
# Runs as the user that the engine logs in as, and starts what an installation has kept on the host: its script, by the launcher
# that is in it. An engine reads each text of a configuration at each plan, so a removal sends no more than this.
# Arguments and settings are those of launch.sh. Its settings stand before it.
PUMA_HOST=$1 BECOME=$3 READ_FROM=${6:-file}
KEPT=/var/lib/cdktf-puma/$PUMA_SERVICE MANAGER=''
if [ "$BECOME" = user ]; then
  KEPT=$HOME/.local/state/cdktf-puma/$PUMA_SERVICE MANAGER=--user
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
fi
# Prints the launcher. An installation keeps its script first, and a removal takes it away last: where there is neither a script nor a
# record, none has ever begun. But secrets or a task may have come before it, and what is there of a service that was handed over is what
# its units name.
# shellcheck disable=SC2016 # for a shell of its own
SHOW='if [ -f "$1/run.sh" ]; then exec /bin/sh "$1/run.sh" launcher; fi
if [ -e "$1/record" ] || [ -e "$1/before" ]; then echo old
elif [ -e "$1/handed-over" ]; then echo handed over
elif [ -d "$1" ]; then echo begun; fi'
# Braces, systemd would take for a variable of its own.
# shellcheck disable=SC2016 # as well
CLEAR='[ -e "$1/run.sh" ] || rm -rf "$1" || exit; rmdir "$2" 2>/dev/null || :'
readonly PUMA_HOST BECOME READ_FROM KEPT MANAGER SHOW CLEAR

# The engine leaves its script behind: whole where it failed, emptied a moment later where it did not.
remove_script() {
  trap '' HUP
  rm -f -- "$0"
  (remove_emptied) >/dev/null 2>&1 </dev/null &
}

# Ends this without a launcher, which would remove it.
leave() {
  [ "$READ_FROM" != file ] || remove_script
  exit "$1"
}

fail() {
  printf '%s\n' "FAILED on $PUMA_HOST: $*"
  leave 1
}

as_root() {
  case $BECOME/$(id -u) in
    root/* | auto/0 | user/*) "$@" ;;
    *) sudo -n "$@" ;;
  esac
}

check_sudo() {
  local reason
  reason=$(as_root true 2>&1) || fail "$(id -un) cannot become root by sudo without a password: $reason"
}

# clear FOLDER: of what came before an installation, once no apply is bringing it any more: by then it may have begun.
clear() {
  local waited said
  waited=0
  until said=$(as_root systemd-run ${MANAGER:+"$MANAGER"} --quiet --wait --pipe --collect --unit="cdktf-puma-$PUMA_SERVICE.service" /bin/sh -c "$CLEAR" sh "$1" "${1%/*}" 2>&1); do
    case $said in
      *"already exists"* | *"already loaded"*) ;;
      *) fail "$1 cannot be removed: $said" ;;
    esac
    [ "$waited" -lt "$PUMA_LOCK_TIMEOUT" ] || fail "another run did not end within ${PUMA_LOCK_TIMEOUT}s: $said"
    waited=$((waited + 1))
    sleep 1
  done
}

load() {
  local launcher
  launcher=$(as_root /bin/sh -c "$SHOW" sh "$KEPT" 2>/dev/null) || {
    check_sudo
    fail "what removes $PUMA_SERVICE is kept in $KEPT/run.sh, which cannot be read"
  }
  case $launcher in
    '')
      printf '%s\n' "nothing of $PUMA_SERVICE is here"
      leave 0
      ;;
    begun)
      clear "$KEPT"
      load "$@"
      ;;
    "handed over")
      printf '%s\n' "$PUMA_SERVICE was handed over: left alone"
      leave 0
      ;;
    old)
      fail "an older version of cdktf-puma has installed $PUMA_SERVICE, and kept nothing that removes it: apply it here once more, with -replace, and then remove it"
      ;;
    *)
      export PUMA_SERVICE PUMA_ACTION PUMA_LOCK_TIMEOUT PUMA_RUN_TIMEOUT PUMA_OWNER PUMA_SETTINGS PUMA_SCRIPT PUMA_DEPLOYED_BY
      exec /bin/sh -euc "$launcher" "$0" "$@"
      ;;
  esac
}

# The shell may read this script from its standard input.
load "$@" </dev/null
