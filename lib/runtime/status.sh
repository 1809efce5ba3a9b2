# shellcheck shell=sh
# What somebody sees who asks on the host how a service is: what was seen (seen.sh), in sentences or as it is.

status() {
  look_at_service
  say_units
  say_companions
  say_crashes
  say_health
  say_puma
  say_lock
  [ -n "$OTHERS_UNIT" ] || say_release
  say_edits
  say_runs
  end_look
}

# For programs.
show_facts() {
  look_at_service
  printf %s "$seen"
  end_look
}

end_look() {
  is_up || {
    announced=true
    exit 3
  }
}

look_at_service() {
  trap leave EXIT
  trap 'announced=true; exit 130' INT TERM
  make_stage
  tell_all
}

# at_time SECONDS: by the host's clock and in its time zone, as "last" has it.
at_time() {
  date -d "@$1" '+%Y-%m-%d %H:%M:%S'
}

say_units() {
  local unit state sub since
  value_of since
  since=$found
  while IFS=' =' read -r _ unit state sub; do
    case $unit in
      *.service) say "$unit is $state ($sub)${since:+ since $(at_time "$since")}" ;;
      *) say "$unit is $state ($sub)" ;;
    esac
  done <<EOT
$(lines_of unit)
EOT
  value_of stopped
  [ -z "$found" ] || say "it is kept stopped ('ensure')"
}

say_companions() {
  local line
  for line in $(lines_of not_waiting); do
    say "${line#*=} is not active, so nothing comes by it: $SYSTEMCTL restart ${line#*=}"
  done
  value_of restart_failed
  [ -z "$found" ] || say "the last restart by itself failed, and is not tried again until there is another change: $JOURNALCTL -u $found"
}

say_crashes() {
  local crashes since
  value_of crashing_since
  since=${found:+ since $(at_time "$found")}
  value_of crashes
  crashes=$found
  if [ -z "$crashes" ]; then
    value_of restarts
    [ "${found:-0}" = 0 ] || say "systemd has restarted it by itself $found times since somebody last did"
    return 0
  fi
  value_of cause
  say "it crashed $crashes times in a row$since${found:+: $found}"
  value_of next_start
  [ -z "$found" ] || say "systemd starts it again in $found s"
  say_alarm
}

say_alarm() {
  local alarm
  value_of alarm
  alarm=$found
  value_of alarm_at
  if [ -n "$found" ]; then
    say "$alarm was started at $(at_time "$found"): somebody is told"
  elif [ -n "$alarm" ]; then
    say "$alarm is started at the third crash in a row, and was not yet"
  fi
}

say_health() {
  local bind said
  value_of asked
  bind=$found
  value_of health_said
  said=$found
  value_of health
  case $found in
    passed) say "asked now, $bind is healthy ('healthCheck')" ;;
    failed) say "asked now, $bind is NOT healthy${said:+: $said}" ;;
  esac
}

say_puma() {
  local version workers threads backlog memory
  value_of status
  [ -z "$found" ] || say "it says of itself: $found"
  value_of puma
  version=$found
  [ -n "$version" ] || return 0
  value_of workers
  workers=${found:+"${found%/*} of ${found#*/} workers, "}
  value_of threads
  threads=$found
  value_of backlog
  backlog=$found
  value_of memory
  memory=${found:+, $((found / 1048576)) MB}
  say "Puma $version: $workers${threads%/*} of ${threads#*/} threads busy, $backlog requests wait for one$memory"
}

say_lock() {
  value_of locked
  [ -z "$found" ] || say "locked by $found"
}

say_release() {
  local path by name
  value_of path
  path=$found
  value_of release
  name=${found:-(none)}
  value_of crashes
  if [ -n "$found" ]; then say "release $name, last healthy in $path"; else say "release $name, started in $path"; fi
  value_of deployed_by
  by=$found
  value_of deployed
  [ -z "$by" ] || say "deployed by $by${found:+, $(at_time "$found")}"
  value_of rolled_back
  [ -z "$found" ] ||
    say "it was rolled back to the generation of $found: an apply that has something to do here brings what the stack says"
  value_of linked
  [ -z "$found" ] || say "$PUMA_DIRECTORY leads to $found by now: the next start takes that, and be it after a crash or a reboot"
  value_of release_before
  [ -z "$found" ] || say "it runs the release before the last, as the one that came then was not healthy"
}

say_edits() {
  local line
  for line in $(lines_of edited); do say "${line#*=} was edited on the host"; done
  value_of out
  [ -z "$found" ] || say "it may be out of the balancer: the next apply puts it back in"
}

say_runs() {
  local run since
  value_of run_since
  since=$found
  value_of run
  run=$found
  value_of run_step
  [ -z "$run" ] || say "a run is under way: $run since $(at_time "$since")${found:+; it is at: $found}"
  value_of cut_off
  [ -z "$found" ] || say "an earlier run was cut off in the middle: the next one goes back to what was healthy before it"
  value_of last
  [ -z "$found" ] || say "last run: $found"
}
