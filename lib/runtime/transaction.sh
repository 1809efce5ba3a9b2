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

# Keeps the files as they are, and where the application stands that runs now.
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
  property "$SERVICE_UNIT" MainPID
  path=$(readlink "/proc/$found/cwd") || {
    recorded "$PUMA_SERVICE" path
    path=$found
  }
  plain_path "${path%" (deleted)"}" >"$new/path"
  snapshot_copies "$new"
  [ -z "$predecessor" ] || keep_predecessor "$new"
  to_disk "$new" "$new"/* "$new"/*/*
  mv "$new" "$STATE/before"
  to_disk "$STATE"
}

# snapshot_copies FOLDER: the record, and what the library last wrote and put into effect.
snapshot_copies() {
  local name folder
  folder=$1
  set --
  for name in written live record; do
    [ ! -e "$STATE/$name" ] || set -- "$@" "$STATE/$name"
  done
  [ $# = 0 ] || cp -pR -- "$@" "$folder/"
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
  end_leftovers "$PUMA_START_TIMEOUT"
  mark "keeping what is there now"
  recorded "$PUMA_SERVICE" binds
  remove_sockets "$(split "$found")" "$PUMA_BINDS"
  to_disk "$ETC" "$ETC"/*.wants
  if [ -f "$STAGE/left" ]; then
    # A later run still has to find what the Puma that was left running differs by.
    keep_copies written
    recorded "$PUMA_SERVICE" release
    replace_record "$found"
  else
    keep_copies written live
    replace_record "$release"
  fi
  put_predecessor_away
  forget_before
}

# In one step: half a snapshot would be taken for a whole one.
forget_before() {
  remove_if_there "$STATE/before.done"
  mv "$STATE/before" "$STATE/before.done"
  rm -rf "$STATE/before.done" || :
}

# Units of the snapshot: those that ran ("up"), those that did not ("down"), those that did not exist ("new").
units_that_were() {
  local unit active was
  while read -r unit _ active; do
    case $active in
      active | activating | reloading) was=up ;;
      *) was=down ;;
    esac
    [ "$was" = up ] || [ -e "$STATE/before/files/$unit" ] || was=new
    [ "$was" != "$1" ] || printf '%s ' "$unit"
  done <"$STATE/before/units"
}

# Stops what would not run but for this run.
stop_what_did_not_run() {
  # shellcheck disable=SC2046 # lists of units
  set -- $(units_that_were new)
  # shellcheck disable=SC2046
  [ ! -f "$STATE/before/touched" ] || set -- "$@" $(units_that_were down)
  [ $# = 0 ] || systemctl stop -- "$@" 2>/dev/null || :
}

# Puts back what the snapshot holds, and sees it serve.
undo() {
  [ -d "$STATE/before" ] || return 0
  step "putting back what was there"
  restore_predecessor
  restore_record
  restore_units
  # shellcheck disable=SC2046 # a list of units
  reset_failed $(units_that_were new)
  restore_activity
  recorded "$PUMA_SERVICE" binds
  remove_sockets "$PUMA_BINDS" "$(split "$found")"
  end_leftovers "$(start_timeout_before)"
  restore_neighbours
  restore_copies
  forget_before
  [ -f "$STATE/record" ] || forget_state
}

# The units of before as systemd is to know them: those that run on get their names back.
restore_units() {
  if may_give_names_back; then
    restore_what_stood_there
    give_names_back
    stop_what_did_not_run
  else
    stop_what_did_not_run
    restore_what_stood_there
    systemctl daemon-reload
  fi
}

restore_what_stood_there() {
  restore_files
  restore_release
  to_disk "$ETC" "$ETC"/*.wants
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

# All of them are staged before the first is put in its place: what a power cut could meet between two is a rename.
restore_files() {
  local path unit enabled
  for path in $(snapshot_paths); do stage_kept "$path"; done
  while read -r unit _; do forget_other_enablement "$unit"; done <"$STATE/before/units"
  for path in $(snapshot_paths); do restore "$path"; done
  rmdir "$ETC/$SERVICE_UNIT.d" 2>/dev/null || :
  while read -r unit enabled _; do restore_enablement "$unit" "$enabled"; done <"$STATE/before/units"
}

# A unit that is about to go, or to be enabled for something else, goes from where it is enabled for now.
forget_other_enablement() {
  kept_file "$ETC/$1"
  if is_staged "$ETC/$1"; then
    has_same_section Install "$found" "$ETC/$1" || disable "$1"
  elif [ ! -e "$found" ] && [ -e "$ETC/$1" ]; then
    disable "$1"
  fi
}

restore_enablement() {
  case $2 in
    enabled) systemctl --quiet enable --no-reload -- "$1" ;;
    enabled-runtime) systemctl --quiet enable --runtime --no-reload -- "$1" ;;
    disabled | static | indirect) disable "$1" ;;
  esac
}

# Starts again what ran before, where this run had touched it. Otherwise what runs has to be told its limits.
restore_activity() {
  if [ ! -f "$STATE/before/touched" ]; then
    [ ! -f "$STATE/before/limits" ] || put_limits_into_effect
    return 0
  fi
  # shellcheck disable=SC2046 # a list of units
  set -- $(units_to_start_again)
  [ $# != 0 ] || return 0
  # shellcheck disable=SC2046 # one unit
  end_restarts $(names_now "$SERVICE_UNIT")
  reset_failed "$@"
  systemctl restart -- "$@" 2>&1 || give_up "systemd could not start $*"
  was_healthy || return 0
  watch "$SERVICE_UNIT"
  wait_until_serving "$(start_timeout_before)" || give_up "$complaint"
  recorded "$PUMA_SERVICE" binds
  wait_for_binds answer "$(split "$found")" "$(start_timeout_before)" || give_up "$complaint"
}

# What ran before; sockets only where this run had touched them.
units_to_start_again() {
  local unit
  for unit in $(units_that_were up); do
    case $unit/$(first_line "$STATE/before/touched") in
      *.socket/service) ;;
      *) printf '%s ' "$unit" ;;
    esac
  done
}

# Seconds; systemd's own where no record tells.
start_timeout_before() {
  recorded "$PUMA_SERVICE" start_timeout
  printf %s "${found:-90}"
}

# Whether what ran before was a Puma that this library had seen answer: of anything else, systemd's word is enough.
was_healthy() {
  [ -n "$predecessor" ] || [ -f "$STATE/before/record" ] || return 1
  grep -q "^${predecessor:-$PUMA_SERVICE}\.service [^ ]* active\$" "$STATE/before/units"
}

# Services of this stack that were stopped to make room, where a removal has not taken them since.
restore_neighbours() {
  local unit
  [ -f "$STATE/before/stopped" ] || return 0
  while read -r unit; do
    [ ! -f "$ETC/$unit" ] || systemctl start -- "$unit" || :
  done <"$STATE/before/stopped"
}
