# shellcheck shell=sh
# What somebody sees who asks on the host how a service is. Nothing is written, and no run is waited for.

status() {
  read_files
  read_units
  look
  say_units
  ! is_kept_stopped || say "it is kept stopped ('ensure')"
  say_release
  say_edits
  ! may_be_out || say "it may be out of the balancer: the next apply puts it back in"
  say_runs
  is_up || exit 3
}

# Whether it serves, or would at the first connection.
is_up() {
  local unit
  ! is_active "$SERVICE_UNIT" || return 0
  [ "$PUMA_START_ON" = firstConnection ] || return 1
  for unit in $PUMA_SOCKETS; do is_active "$unit" || return 1; done
}

say_units() {
  local unit activity sub
  for unit in $PUMA_UNITS; do
    property "$unit" ActiveState
    activity=$found
    property "$unit" SubState
    sub=$found
    property "$unit" NRestarts
    case ${found:-0} in
      0) say "$unit is $activity ($sub)" ;;
      *) say "$unit is $activity ($sub); systemd has restarted it by itself $found times" ;;
    esac
  done
}

say_release() {
  local path
  recorded "$PUMA_SERVICE" path
  path=$found
  recorded "$PUMA_SERVICE" release
  say "release $(printable "${found:-(none)}"), started in ${path:-$PUMA_DIRECTORY}"
  say_rolled_back || ! runs_last_release || say "it runs the release before the last, as the one that came then was not healthy"
}

say_edits() {
  local path
  for path in $unit_paths $own_paths; do
    key "$path"
    if [ -f "$STATE/written/$found" ] && ! cmp -s "$STATE/written/$found" "$path"; then say "$path was edited on the host"; fi
  done
}

# What is kept stopped is out for as long as it is.
may_be_out() {
  [ -f "$STATE/out" ] && ! is_kept_stopped
}

say_runs() {
  case $(systemctl show --property=ActiveState --value -- "cdktf-puma-$SERVICE_UNIT") in
    active | activating | deactivating)
      say "a run is under way: $(systemctl show --property=Description --value -- "cdktf-puma-$SERVICE_UNIT")"
      ;;
    *) [ ! -d "$STATE/before" ] || say "an earlier run was cut off in the middle: the next one goes back to what was healthy before it" ;;
  esac
  [ ! -f "$STATE/last" ] || say "last run: $(printable "$(first_line "$STATE/last")")"
}
