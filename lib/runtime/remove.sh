# shellcheck shell=sh
# Stops, disables and removes what this stack owns, or hands it over, and nothing else.

remove_service() {
  end_candidates "$1"
  # shellcheck disable=SC2046 # a list of units
  retire_companions $(companions_of "$1")
  units_of "$1"
  # shellcheck disable=SC2086 # a list of units
  read_facts $found
  units_of "$1"
  # shellcheck disable=SC2086 # a list of units
  retire_units $found
  remove_declared "$1"
  # First what a later run would take for something to put back.
  rm -rf "${ROOT:?}/$1/before"
  forget_last_release "$1"
  [ ! -d "$ETC/$1.service.d" ] || rmdir "$ETC/$1.service.d" 2>/dev/null || :
  # Last what removes it.
  rm -f "${ROOT:?}/$1/record"
  find "${ROOT:?}/$1" -mindepth 1 -maxdepth 1 ! -name run.sh -exec rm -rf {} + 2>/dev/null || :
  rm -rf "${ROOT:?}/$1"
  forget_root
}

# The files beside a service's units, but for those that another service of the stack has now.
remove_declared() {
  local file others
  files_of_siblings "$1"
  others=$found
  recorded "$1" files
  # shellcheck disable=SC2046 # a list of files
  set -- $(words_without "$found $(new_files_of_cut_off_run "$1")" "$own_paths $others")
  remove_if_there "$@"
  for file in "$@"; do leave_folder "$file"; done
}

# What was only stopped as long as it might have been needed again.
remove_what_was_stopped() {
  local other
  for other in $abandoned; do remove_service "$other"; done
}

remove() {
  make_stage
  trap leave EXIT
  recorded "$PUMA_SERVICE" owner
  case $found in
    '') remove_unrecorded ;;
    *) is_anothers || remove_recorded ;;
  esac
}

remove_recorded() {
  settle_renames
  if [ "$PUMA_ACTION" = retain ]; then
    hand_over
    return 0
  fi
  read_units
  look
  remove_service "$PUMA_SERVICE"
  audit "$PUMA_SERVICE removed by $PUMA_WHO"
}

# What runs goes on, with the helpers that its units call, and is nobody's: whoever takes it over is new here.
hand_over() {
  local units
  [ ! -d "$STATE/before" ] || put_back_what_was_there
  end_candidates "$PUMA_SERVICE"
  # Nobody is to ask for what is nobody's.
  # shellcheck disable=SC2046 # a list of units
  retire_companions $(companions_of "$PUMA_SERVICE")
  recorded "$PUMA_SERVICE" units
  units=$found
  mv -f -- "$STATE/record" "$STATE/handed-over"
  to_disk "$STATE"
  forget_state
  audit "$PUMA_SERVICE handed over by $PUMA_WHO"
  say "${units:-the drop-in of $OTHERS_UNIT}: handed over as they are: they belong to no stack any more"
}

# Whether what is here is another's than what is to be removed. Says whose it is.
is_anothers() {
  local owner
  recorded "$PUMA_SERVICE" owner
  owner=$found
  recorded "$PUMA_SERVICE" host
  if [ "$owner" != "$PUMA_OWNER" ] || [ "$found" != "$PUMA_HOST" ]; then
    say "$PUMA_SERVICE belongs to the stack '$owner' (host '$found' there): left alone"
    return 0
  fi
  recorded "$PUMA_SERVICE" address
  [ "$found" != "$PUMA_ADDRESS" ] || return 1
  say "$PUMA_SERVICE is now kept under the address $found: left alone"
}

# What a first installation may have left that was cut off, or a rename, or who was about to take over what was handed over.
remove_unrecorded() {
  [ ! -d "$STATE/before" ] || recall_predecessor
  if [ -d "$STATE/before" ]; then
    put_back_what_was_there
  elif [ -f "$STATE/handed-over" ]; then
    forget_state
    say "$PUMA_SERVICE was handed over: left alone"
  else
    end_candidates "$PUMA_SERVICE"
    forget_all
    say "nothing of $PUMA_SERVICE is here"
  fi
}

put_back_what_was_there() {
  say "an earlier run was cut off in the middle: putting back what was there before it"
  read_units
  look
  judge_binds_before
  end_leftovers "$(start_timeout_before)"
  attempt undo
  look
  [ "$code" = 0 ] || fail "could not put back what was there: $(cause_of_failure)"
  [ -f "$STATE/record" ] || forget_all
  record_of=''
}

# What came before the first installation, too.
forget_all() {
  [ -f "$STATE/handed-over" ] || rm -rf "${STATE:?}/secrets" "${STATE:?}/tasks"
  forget_state
}
