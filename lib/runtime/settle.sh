# shellcheck shell=sh
# What runs left that were to rename this service, or had, and were cut off. They held the lock that this run has, or holds.

settle_renames() {
  local other
  unsettled
  for other in $found; do
    if is_renamed "$other"; then finish_rename "$other"; else give_rename_up "$other"; fi
  done
}

# Sets found to the services whose runs they were.
unsettled() {
  local file other
  found=''
  ! is_renamed "$PUMA_SERVICE" || found="$PUMA_SERVICE "
  for file in "$ROOT"/*/before/predecessor; do
    other=${file%/before/predecessor}
    if [ -f "$file" ] && [ "$(first_line "$file")" = "$PUMA_SERVICE" ]; then found="$found${other##*/} "; fi
  done
}

# finish_rename SERVICE: only clearing up was left. Its former self is gone.
finish_rename() {
  local former
  former=$(first_line "$ROOT/$1/before/predecessor")
  [ "$former" = "$PUMA_SERVICE" ] || hold_lock_of "$former"
  # Whoever had it may have cleared up, and what has the former name by now is another.
  is_renamed "$1" || return 0
  pass_lock_on "$former" "$1"
  rm -rf "${ROOT:?}/$former" "$ROOT/$1/before.done"
  mv -- "$ROOT/$1/before" "$ROOT/$1/before.done"
  rm -rf "$ROOT/$1/before.done"
  record_of=''
}

# give_rename_up SERVICE: all is as it was before this service was to be called so.
give_rename_up() {
  say "an earlier run that was to rename $PUMA_SERVICE was cut off in the middle: putting back what was there before it"
  adopt_snapshot "$1"
  predecessor=$PUMA_SERVICE
  renames=$(first_line "$STATE/before/renames")
  record_of=''
  read_units
  look
  judge_binds_before
  attempt undo
  look
  [ "$code" = 0 ] || fail "could not put back what was there: $(cause_of_failure)"
  end_candidates "$(successor)"
  rm -rf "${ROOT:?}/$(successor)"
  predecessor='' renames='' record_of=''
}

# adopt_snapshot SERVICE: what was there before a run of another service is what was there before this one's.
adopt_snapshot() {
  [ ! -d "$STATE/before" ] || return 0
  remove_if_there "$STATE/before.new"
  cp -pR -- "$ROOT/$1/before" "$STATE/before.new"
  snapshot_copies "$STATE/before.new"
  to_disk "$STATE/before.new" "$STATE/before.new"/* "$STATE/before.new"/*/*
  mv -- "$STATE/before.new" "$STATE/before"
  to_disk "$STATE"
}

# What this service was to be called.
successor() {
  local pair
  for pair in $renames; do
    case $pair in
      *=*.service) printf %s "${pair%.service=*}" ;;
    esac
  done
}
