# shellcheck shell=sh
# ExecReload= of a Puma service that takes up new code by a hot restart. That comes once the reload has ended, as systemd runs no
# ExecStop= of a service that is being reloaded, and once no run of this library is under way at it: that restarts Puma by itself, and
# goes back where what it started does not stay. One that waits is enough for all who ask meanwhile. $1 is the service, $2 is
# "later" in the unit that waits.
# It is root with the service's environment, whose PATH may begin with a folder of the application's, or have no systemctl in it; or
# the user whose own systemd has the service: that one says MANAGERPID.

reload() {
  local told PATH
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  told=$(systemd-run ${MANAGERPID:+--user} --quiet --collect --no-block --unit="cdktf-puma-$1:reload" --property=After="$1.service" \
    /bin/sh "$0" "$1" later 2>&1) && return 0
  case $told in
    *"already exists"* | *"was already loaded"*) return 0 ;;
  esac
  printf '%s\n' "$told" >&2
  return 1
}

# Whether a run has the lock of the service. One that was asked to stop still has what it goes back with.
is_run_under_way() {
  case $(systemctl ${MANAGERPID:+--user} show --property=ActiveState --value -- "cdktf-puma-$1.service") in
    active | activating | deactivating | reloading) return 0 ;;
  esac
  return 1
}

restart_later() {
  while is_run_under_way "$1"; do sleep 1; done
  systemctl ${MANAGERPID:+--user} try-restart --no-block -- "$1.service"
}

if [ "${2-}" = later ]; then restart_later "$1"; else reload "$1"; fi
