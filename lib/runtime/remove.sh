# shellcheck shell=sh
# Stops, disables and removes what this stack owns, and nothing else.

remove_service() {
  end_candidates "$1"
  units_of "$1"
  # shellcheck disable=SC2086 # a list of units
  read_facts $found
  units_of "$1"
  # shellcheck disable=SC2086 # a list of units
  retire_units $found
  recorded "$1" files
  # shellcheck disable=SC2046 # a list of files
  remove_if_there $(words_without "$found $(new_files_of_cut_off_run "$1")" "$own_paths")
  # First what a later run would take for something to put back.
  rm -rf "${ROOT:?}/$1/before"
  forget_last_release "$1"
  [ ! -d "$ETC/$1.service.d" ] || rmdir "$ETC/$1.service.d" 2>/dev/null || :
  # Last what removes it.
  rm -f "${ROOT:?}/$1/record"
  rm -rf "${ROOT:?}/$1"
  forget_root
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
  read_units
  look
  remove_service "$PUMA_SERVICE"
  audit "$PUMA_SERVICE removed by $PUMA_WHO"
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

# What a first installation may have left that was cut off, or a rename.
remove_unrecorded() {
  [ ! -d "$STATE/before" ] || recall_predecessor
  if [ ! -d "$STATE/before" ]; then
    end_candidates "$PUMA_SERVICE"
    forget_state
    say "nothing of $PUMA_SERVICE is here"
    return 0
  fi
  put_back
}

put_back() {
  say "an earlier run was cut off in the middle: putting back what was there before it"
  read_units
  look
  judge_binds_before
  end_leftovers "$(start_timeout_before)"
  attempt undo
  [ "$code" = 0 ] || fail "could not put back what was there: $(cause_of_failure)"
  record_of=''
}
