# shellcheck shell=sh
# Every file of a service changes as one. $STATE/before holds what was there, from the first change to the last check;
# found by a later run, it tells that this one was cut off.

# What a snapshot holds: all units of now and of before, and what else may change.
files_to_keep() {
  local unit path
  for unit in $all_units; do printf '%s\n' "$ETC/$unit"; done
  for path in $own_paths $helper_paths; do
    ! differs "$path" || printf '%s\n' "$path"
  done
  for path in $(dropped_files); do printf '%s\n' "$path"; done
  last_release_file "$PUMA_SERVICE"
  [ -z "$predecessor" ] || printf '\n%s\n' "$(last_release_file "$predecessor")"
}

# What the service owned before, and is to own no more.
dropped_files() {
  recorded "$PUMA_SERVICE" files
  words_without "$found" "$own_paths"
}

# Those of them that are units beside the service's. They are there until the new version is healthy.
dropped_companions() {
  local dropped
  dropped=$(dropped_files)
  [ -n "$dropped" ] || return 0
  files_of_siblings "$PUMA_SERVICE"
  # shellcheck disable=SC2046 # a list of files
  companions_in $(words_without "$dropped" "$found")
  printf %s "$found"
}

# keep_as_it_is FOLDER UNIT: whether it is enabled, and whether it runs. What a predecessor runs is not this one's yet.
keep_as_it_is() {
  local enabled active
  enablement_of "$2"
  enabled=$found
  property "$2" ActiveState
  active=$found
  if [ -n "$predecessor" ] && [ ! -e "$ETC/$2" ]; then active=inactive; fi
  printf '%s\n' "$2 $enabled $active" >>"$1/units"
}

# Keeps all as it is.
snapshot() {
  local new path
  mark "keeping what is there"
  new=$STATE/before.new
  remove_if_there "$new"
  make_folders "$new/files"
  for path in $(files_to_keep); do
    keep "$new" "$path"
    printf '%s\n' "$path" >>"$new/paths"
  done
  for path in $all_units; do keep_as_it_is "$new" "$path"; done
  [ -z "$OTHERS_UNIT" ] || keep_activity_of_others "$new"
  running_path >"$new/path"
  snapshot_copies "$new"
  [ -z "$predecessor" ] || keep_predecessor "$new"
  [ "$PUMA_ACTION" != rollback ] || printf '%s\n' "$TARGET" >"$new/rollback"
  to_disk "$new" "$new"/* "$new"/*/*
  mv "$new" "$STATE/before"
  to_disk "$STATE"
}

# Where the application stands that runs now.
running_path() {
  local path
  property "$SERVICE_UNIT" MainPID
  path=$(readlink "/proc/$found/cwd") || {
    recorded "$PUMA_SERVICE" path
    path=$found
  }
  plain_path "${path%" (deleted)"}"
}

# snapshot_copies FOLDER: the record, and what the library last wrote and put into effect.
snapshot_copies() {
  local name folder
  folder=$1
  set --
  for name in written live record settings; do
    [ ! -e "$STATE/$name" ] || set -- "$@" "$STATE/$name"
  done
  [ $# = 0 ] || cp -pR -- "$@" "$folder/"
}

# The paths of the snapshot: an older one has its units alone.
snapshot_paths() {
  local unit path units
  units=''
  while read -r unit _; do
    printf '%s\n' "$ETC/$unit"
    units="$units $ETC/$unit"
  done <"$STATE/before/units"
  for path in $(words_without "$(text_of "$STATE/before/paths")" "$units"); do printf '%s\n' "$path"; done
}

begin() {
  if [ "$cut_off" = true ]; then
    say "an earlier run was cut off in the middle: going on from what was healthy before it"
    extend_snapshot
  else
    snapshot
  fi
}

# Adds to the snapshot of a run that was cut off what that run did not have.
extend_snapshot() {
  local path unit
  for path in $(words_without "$(files_to_keep)" "$(snapshot_paths)"); do
    keep "$STATE/before" "$path"
    printf '%s\n' "$path" >>"$STATE/before/paths"
  done
  for unit in $all_units; do
    grep -q "^$unit " "$STATE/before/units" || keep_as_it_is "$STATE/before" "$unit"
  done
}

# Makes the new state the one to go back to.
commit() {
  local path
  end_leftovers "$PUMA_START_TIMEOUT"
  mark "keeping what is there now"
  recorded "$PUMA_SERVICE" binds
  remove_sockets "$(split "$found")" "$PUMA_BINDS"
  # shellcheck disable=SC2046 # a list of units
  settle_companions $(dropped_companions)
  to_disk "$ETC" "$ETC"/*.wants
  write_settings
  path=$(application_path)
  if [ -f "$STAGE/left" ]; then
    # A later run still has to find what the Puma that was left running differs by.
    keep_copies written
    keep_live_companions
    recorded "$PUMA_SERVICE" release
    replace_record "$found" "$path"
  else
    # What somebody edited on the host is none of what this library wrote.
    if [ "$PUMA_ACTION" = restart ]; then keep_copies live; else keep_copies written live; fi
    name_generation "$release" "$path"
    replace_record "$release" "$path"
  fi
  put_predecessor_away
  keep_generation || forget_before
  # What is kept here knows nothing of secrets that an apply has brought since, and is about to put into effect.
  case $PUMA_ACTION in
    restart | rollback) ;;
    *) forget_old_secrets || : ;;
  esac
}

# In one step: half a snapshot would be taken for a whole one.
forget_before() {
  remove_if_there "$STATE/before.done"
  mv "$STATE/before" "$STATE/before.done"
  rm -rf "$STATE/before.done" || :
}
