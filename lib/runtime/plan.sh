# shellcheck shell=sh
# A dry run.

# A dry run: says what an apply would do.
plan() {
  prepare
  say_unsettled
  judge
  if [ -n "$problems" ]; then
    say "an apply would change nothing, because of$problems"
  elif is_unchanged; then
    say "nothing to do: $PUMA_UNITS$OTHERS_UNIT as they should be"
  else
    say_plan
  fi
}

say_unsettled() {
  local other
  unsettled
  for other in $found; do say "an earlier run at the name of $other was cut off in the middle: an apply would settle that first"; done
}

say_plan() {
  local path
  [ "$cut_off" = false ] || say "an earlier run was cut off in the middle: an apply would go on from what was healthy before it"
  for path in $unit_paths $own_paths; do
    ! differs "$path" || say "${path##*/}: would be installed"
  done
  for path in $dropped_units $(dropped_files); do
    say "$path: would be removed, as it is no longer wanted"
  done
  for path in $abandoned; do say "$path: would be removed, as it is no longer in this stack, and in the way"; done
  [ -z "$predecessor" ] || say "$predecessor would go on under the name $PUMA_SERVICE"
  is_enabled_right || say "would be enabled: ${PUMA_ENABLED_UNITS:-nothing}"
  are_companions_right || say "$companions: would be put into effect"
  [ "$rehearsed" = false ] || say "the new version would be rehearsed on a bind of its own"
  say_way
}

say_way() {
  case $(chosen_way)/$work/$running in
    stop/*) say "$PUMA_UNITS would be stopped: $reason" ;;
    take_up/*) say "$SERVICE_UNIT would take up without a restart: $taken_up" ;;
    none/*) say "nothing would be restarted${reason:+, though $reason}" ;;
    leave/*) say "$SERVICE_UNIT would go on as it is, though $reason" ;;
    overlap/*) say "$SERVICE_UNIT would be restarted behind a stand-in: $reason" ;;
    phased/*) say "$SERVICE_UNIT would be restarted worker by worker, where its Puma can: $reason" ;;
    */socket/*) say "$reopened would be started: $reason" ;;
    */both/true) say "${reopened:+$reopened }$SERVICE_UNIT would be restarted: $reason" ;;
    */both/false) say "${reopened:+$reopened }$SERVICE_UNIT would be started: $reason" ;;
    */true) say "$SERVICE_UNIT would be restarted: $reason" ;;
    *) say "$SERVICE_UNIT would be started: $reason" ;;
  esac
}
