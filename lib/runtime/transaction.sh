# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Every file of a service changes as one. $state/before holds what was there, from the first change to the last check;
# found by a later run, it tells that this one was cut off.

unit_files_before() {
  printf '%s ' "$units" "$(recorded "$service" units)" | tr ' ' '\n' | sed '/^$/d' | sort -u
}

# keep_as_it_is FOLDER UNIT: its file, whether it is enabled, and whether it runs.
keep_as_it_is() {
  [ ! -e "$etc/$2" ] || cp -pP -- "$etc/$2" "$1/files/"
  enabled=$(systemctl is-enabled -- "$2" 2>/dev/null | head -n 1)
  printf '%s %s %s\n' "$2" "${enabled:-none}" "$(property "$2" ActiveState)" >>"$1/units"
}

# Keeps the units as they are, and where the application stands that runs now.
snapshot() {
  mark "keeping what is there"
  make_folder "$state"
  rm -rf "$state/before.new"
  mkdir -p "$state/before.new/files"
  for unit in $(unit_files_before); do keep_as_it_is "$state/before.new" "$unit"; done
  path=$(readlink "/proc/$(property "$service.service" MainPID)/cwd") || path=$(recorded "$service" path)
  plain_path "${path%" (deleted)"}" >"$state/before.new/path"
  for notes in written live; do
    [ ! -d "$state/$notes" ] || cp -pR -- "$state/$notes" "$state/before.new/"
  done
  [ ! -f "$(last_release_file "$service")" ] || cp -- "$(last_release_file "$service")" "$state/before.new/last-release"
  [ ! -f "$state/record" ] || cp -- "$state/record" "$state/before.new/record"
  to_disk "$state/before.new"
  mv "$state/before.new" "$state/before"
  to_disk "$state"
}

begin() {
  if [ -d "$state/before" ]; then
    say "an earlier run was cut off in the middle: going on from what was healthy before it"
    for unit in $(unit_files_before); do
      grep -q "^$unit " "$state/before/units" || keep_as_it_is "$state/before" "$unit"
    done
  else
    snapshot
  fi
}

# From here on "putting back" includes starting again what ran: "service", or "both" it and its socket.
touched() {
  printf '%s\n' "$1" >"$state/before/touched"
}

# Makes the new state the one to go back to.
commit() {
  end_leftovers
  mark "keeping what is there now"
  keep_units written
  # Where Puma was left running, a later run still has to find what it differs by.
  if [ -f "$stage/left" ]; then release=$(recorded "$service" release); else keep_units live; fi
  to_disk_flat "$etc" "$etc"/*.wants
  replace_record
  forget_before
}

# In one step: half a snapshot would be taken for a whole one.
forget_before() {
  rm -rf "$state/before.done"
  mv "$state/before" "$state/before.done"
  rm -rf "$state/before.done" || :
}

# Units of the snapshot: those that ran ("up"), those that did not ("down"), those that did not exist ("new").
units_that_were() {
  while read -r unit enabled active; do
    case $active in
      active | activating | reloading) was=up ;;
      *) was=down ;;
    esac
    [ "$was" = up ] || [ -e "$state/before/files/$unit" ] || was=new
    [ "$was" != "$1" ] || printf '%s ' "$unit"
  done <"$state/before/units"
}

# Stops what would not run but for this run.
stop_what_did_not_run() {
  new=$(units_that_were new)
  [ ! -f "$state/before/touched" ] || new="$new$(units_that_were down)"
  # shellcheck disable=SC2086 # a list of units
  [ -z "$new" ] || systemctl stop -- $new 2>/dev/null || :
}

# Puts back what the snapshot holds, and sees it serve.
undo() {
  [ -d "$state/before" ] || return 0
  step "putting back what was there"
  put_back_record
  stop_what_did_not_run
  while read -r unit _; do lay_back "$unit"; done <"$state/before/units"
  while read -r unit enabled _; do
    put_back_unit "$unit"
    put_back_enablement "$unit" "$enabled"
  done <"$state/before/units"
  put_back_release
  to_disk_flat "$etc" "$etc"/*.wants
  systemctl daemon-reload
  # shellcheck disable=SC2086 # a list of units
  [ -z "$new" ] || systemctl reset-failed -- $new 2>/dev/null || :
  put_back_activity
  end_leftovers
  put_back_neighbours
  put_back_notes
  forget_before
  [ -f "$state/record" ] || forget_state
}

# Lays what was there ready: as a second name of the same file, which takes no room, where that is possible.
lay_back() {
  kept=$state/before/files/$1
  if [ ! -e "$kept" ] && [ ! -L "$kept" ]; then return 0; fi
  rm -f -- "$etc/$1.cdktf-puma"
  ! cmp -s "$kept" "$etc/$1" || return 0
  ln -- "$kept" "$etc/$1.cdktf-puma" 2>/dev/null || cp -pP -- "$kept" "$etc/$1.cdktf-puma"
  to_disk "$etc/$1.cdktf-puma"
}

put_back_unit() {
  kept=$state/before/files/$1
  if [ -e "$etc/$1.cdktf-puma" ] || [ -L "$etc/$1.cdktf-puma" ]; then
    [ "$(install_section "$kept")" = "$(install_section "$etc/$1")" ] || forget_enablement "$1"
    put_in_place "$etc/$1"
  elif [ ! -e "$kept" ] && [ -e "$etc/$1" ]; then
    forget_enablement "$1"
    rm -f -- "$etc/$1"
  fi
}

# By the unit that stands there now: the other one may have been enabled for something else.
forget_enablement() {
  systemctl --quiet disable --no-reload -- "$1" 2>/dev/null || :
}

put_back_enablement() {
  case $2 in
    enabled) systemctl --quiet enable --no-reload -- "$1" ;;
    enabled-runtime) systemctl --quiet enable --runtime --no-reload -- "$1" ;;
    disabled | static | indirect) forget_enablement "$1" ;;
  esac
}

# Starts again what ran before, where this run had touched it.
put_back_activity() {
  [ -f "$state/before/touched" ] || return 0
  up=$(units_that_were up)
  [ -n "$up" ] || return 0
  [ "$(cat "$state/before/touched")" != service ] || up=$(words_without "$up" "$socket")
  [ -n "$up" ] || return 0
  # shellcheck disable=SC2086 # a list of units
  systemctl reset-failed -- $up 2>/dev/null || :
  # shellcheck disable=SC2086
  systemctl restart -- $up 2>&1 || give_up "systemd could not start $up"
  was_well || return 0
  health_kind=answer settle=0 start_timeout=$(recorded "$service" start_timeout)
  [ -n "$start_timeout" ] || start_timeout=90
  wait_until_serving || give_up "$complaint"
  wait_until_healthy "$(recorded "$service" binds | tr ';' '\n')" "$start_timeout" || give_up "$complaint"
}

# Whether what ran before was a Puma that this library had seen answer: of anything else, systemd's word is enough.
was_well() {
  [ -f "$state/before/record" ] && grep -q "^$service.service [^ ]* active\$" "$state/before/units"
}

# Services of this stack that were stopped to make room, where a removal has not taken them since.
put_back_neighbours() {
  [ -f "$state/before/stopped" ] || return 0
  while read -r unit; do
    [ ! -f "$etc/$unit" ] || systemctl start -- "$unit" || :
  done <"$state/before/stopped"
}
