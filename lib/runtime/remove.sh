# shellcheck shell=sh
# Stops, disables and removes what this stack owns, and nothing else.

remove_service() {
  # shellcheck disable=SC2046 # a list of units
  retire_units $(recorded "$1" units) $(new_units_of_cut_off_run "$1")
  # shellcheck disable=SC2046 # a list of files
  remove_if_there $(recorded "$1" files)
  # First what a later run would take for something to put back.
  rm -rf "${ROOT:?}/$1/before"
  forget_last_release "$1"
  rm -rf "${ROOT:?}/$1"
  rmdir "$ROOT" 2>/dev/null || :
}

# What was only stopped as long as it might have been needed again.
remove_what_was_stopped() {
  local other
  for other in $(abandoned_services); do remove_service "$other"; done
}

remove() {
  make_folder "$STAGE"
  trap leave EXIT
  look
  if [ -z "$(recorded "$PUMA_SERVICE" owner)" ]; then
    remove_unrecorded
  elif ! is_ours "$PUMA_SERVICE" || [ "$(recorded "$PUMA_SERVICE" host)" != "$PUMA_HOST" ]; then
    say "$PUMA_SERVICE belongs to the stack '$(recorded "$PUMA_SERVICE" owner)' (host '$(recorded "$PUMA_SERVICE" host)' there): left alone"
  elif [ "$(recorded "$PUMA_SERVICE" address)" != "$PUMA_ADDRESS" ]; then
    say "$PUMA_SERVICE is now kept under the address $(recorded "$PUMA_SERVICE" address): left alone"
  else
    end_candidates
    remove_service "$PUMA_SERVICE"
    audit "$PUMA_SERVICE removed by $PUMA_WHO"
  fi
}

# What a first installation may have left that was cut off.
remove_unrecorded() {
  if [ ! -d "$STATE/before" ]; then
    end_candidates
    forget_state
    say "nothing of $PUMA_SERVICE is here"
    return 0
  fi
  say "an earlier run was cut off in the middle: putting back what was there before it"
  end_leftovers "$(start_timeout_before)"
  attempt undo
  [ "$code" = 0 ] || fail "could not put back what was there: $(cause_of_failure)"
}
