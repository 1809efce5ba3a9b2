# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Every file of a service changes as one. $state/before holds what was there, from the first change to the last check;
# found by a later run, it tells that this one was cut off.

unit_files_before() {
  printf '%s ' "$units" "$(recorded "$service" units)" | tr ' ' '\n' | sed '/^$/d' | sort -u
}

# keep_as_it_is FOLDER UNIT: its file, whether it is enabled, and whether it runs.
keep_as_it_is() {
  [ ! -e "$etc/$2" ] || cp -P -- "$etc/$2" "$1/files/"
  enabled=$(systemctl is-enabled -- "$2" 2>/dev/null | head -n 1)
  printf '%s %s %s\n' "$2" "${enabled:-none}" "$(property "$2" ActiveState)" >>"$1/units"
}

# Keeps the units as they are, and where the application stands that runs now.
snapshot() {
  mark "keeping what is there"
  mkdir -p "$state"
  rm -rf "$state/before.new"
  mkdir -p "$state/before.new/files"
  for unit in $(unit_files_before); do keep_as_it_is "$state/before.new" "$unit"; done
  path=$(readlink "/proc/$(property "$service.service" MainPID)/cwd") || path=$(recorded "$service" path)
  plain_path "$path" >"$state/before.new/path"
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

# keep_units FOLDER: "written" is what this library last wrote, "live" what runs.
keep_units() {
  rm -rf "${state:?}/$1.new"
  mkdir -p "$state/$1.new"
  for unit in $units; do cp -- "$etc/$unit" "$state/$1.new/"; done
  rm -rf "${state:?}/$1"
  mv "$state/$1.new" "$state/$1"
}

replace_record() {
  write_record >"$state/record.new"
  to_disk "$state"
  mv -f "$state/record.new" "$state/record"
}

# A path that can stand in records and units. Others than root choose the names of its folders, so one with anything in
# it that could be more than a name is as good as none.
plain_path() {
  case $1 in
    *[!A-Za-z0-9._/@+:,=~-]*) ;;
    *) printf %s "$1" ;;
  esac
}

# Where the application stands that runs, which a link may have left.
application_path() {
  if [ -f "$stage/left" ] || [ "$work" = none ]; then recorded "$service" path | grep . && return 0; fi
  plain_path "$(readlink -f "$directory")"
}

write_record() {
  cat <<EOF
owner=$owner
host=$host
address=$address
units=$units
release=$release
path=$(application_path)
$(for unit in $units; do printf 'invocation:%s=%s\n' "$unit" "$(property "$unit" InvocationID)"; done)
hash=$hash
binds=$(printf %s "$binds" | tr '\n' ';')
start_timeout=$start_timeout
EOF
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

# By a second name of the same file, which takes no room on a disk that may be full.
put_back_record() {
  rm -f "$state/record.new"
  if [ ! -f "$state/before/record" ]; then
    rm -f "$state/record"
  elif ! cmp -s "$state/before/record" "$state/record"; then
    ln -- "$state/before/record" "$state/record.new"
    mv -f -- "$state/record.new" "$state/record"
  fi
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
  while read -r unit enabled active; do
    put_back_file "$unit"
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
  forget_before
  [ -f "$state/record" ] || rm -rf "$state"
  rmdir "$root" 2>/dev/null || :
}

put_back_file() {
  kept=$state/before/files/$1
  if [ -e "$kept" ] || [ -L "$kept" ]; then
    cmp -s "$kept" "$etc/$1" && return 0
    forget_enablement "$1"
    # A link, such as a mask, comes back as one.
    if [ -L "$kept" ]; then cp -P -- "$kept" "$etc/$1.cdktf-puma"; else lay_ready "$kept" "$etc/$1"; fi
    put_in_place "$etc/$1"
  elif [ -e "$etc/$1" ]; then
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
