# shellcheck shell=sh
# How a run goes back to what the snapshot holds, whether it is its own or that of a run that was cut off.

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
  [ $# = 0 ] || change_units stop "$@" 2>/dev/null || :
}

# Puts back what the snapshot holds, and sees it serve.
undo() {
  [ -d "$STATE/before" ] || return 0
  step "putting back what was there"
  restore_predecessor
  restore_record
  stop_new_companions
  restore_units
  # shellcheck disable=SC2046 # a list of units
  reset_failed $(units_that_were new)
  restore_activity
  restore_companions
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
    # A socket that was added takes a service along that still asks for it, and others that stay open would start that again.
    ran_before || stop_what_did_not_run
    restore_what_stood_there
    systemctl daemon-reload
    ! ran_before || stop_what_did_not_run
  fi
}

ran_before() {
  case " $(units_that_were up)" in
    *" $SERVICE_UNIT "*) ;;
    *) return 1 ;;
  esac
}

restore_what_stood_there() {
  restore_files
  restore_release
  to_disk "$ETC" "$ETC"/*.wants
}

# All of them are staged before the first is put in its place: what a power cut could meet between two is a rename. What there
# was is enabled again before units go that there were not, so that something boots.
restore_files() {
  local path unit enabled added
  added=$(units_that_were_not)
  for path in $(snapshot_paths); do stage_kept "$path"; done
  for unit in $(words_without "$(snapshot_units)" "$added"); do forget_other_enablement "$unit"; done
  for path in $(snapshot_paths); do
    case " $added" in
      *" ${path#"$ETC/"} "*) ;;
      *) restore "$path" ;;
    esac
  done
  while read -r unit enabled _; do restore_enablement "$unit" "$enabled"; done <"$STATE/before/units"
  for unit in $added; do
    [ ! -e "$ETC/$unit" ] || disable "$unit"
    restore "$ETC/$unit"
  done
  for unit in "$SERVICE_UNIT" $added; do rmdir "$ETC/$unit.d" 2>/dev/null || :; done
}

snapshot_units() {
  local unit
  while read -r unit _; do printf '%s ' "$unit"; done <"$STATE/before/units"
}

# Units of the snapshot that stood nowhere.
units_that_were_not() {
  local unit enabled
  while read -r unit enabled _; do
    [ "$enabled" != none ] || [ -e "$STATE/before/files/$unit" ] || printf '%s ' "$unit"
  done <"$STATE/before/units"
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
  # By what the units say of time-outs that have come back.
  look
  # shellcheck disable=SC2046 # one unit
  end_restarts $(names_now "$SERVICE_UNIT")
  reset_failed "$@"
  change_units restart "$@" 2>&1 || give_up "systemd could not start $*"
  # A restart of the version that is gone may have become one with this one.
  reset_failed "$@"
  [ -z "$OTHERS_UNIT" ] || see_others_serve
  was_healthy || return 0
  watch "$SERVICE_UNIT"
  through_restarts wait_until_serving "$(start_timeout_before)" || give_up "$complaint"
  recorded "$PUMA_SERVICE" binds
  through_restarts wait_until_back "$(split "$found")" "$(start_timeout_before)" || give_up "$complaint"
}

# wait_until_back BINDS SECONDS
wait_until_back() {
  wait_for_binds answer "$@" && is_same_start
}

# What ran before; sockets only where this run had touched them.
units_to_start_again() {
  local unit
  for unit in $(units_that_were up); do
    ! has_touched "$unit" || printf '%s ' "$unit"
  done
  ! others_ran || printf %s "$OTHERS_UNIT"
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
    [ -f "$ETC/$unit" ] || continue
    read_facts "$unit"
    change_units start "$unit" || :
  done <"$STATE/before/stopped"
}

# Of the snapshot, where the run that has made it had come to them: those that were not there before.
stop_new_companions() {
  local path
  [ -f "$STATE/before/companions" ] || return 0
  set --
  for path in $(snapshot_paths); do
    kept_file "$path"
    if is_companion "$path" && [ ! -e "$found" ]; then set -- "$@" "${path##*/}"; fi
  done
  stop_companions "$@"
}

# The same of those that were there. Of what does not start, the next apply tells.
restore_companions() {
  local path
  [ -f "$STATE/before/companions" ] || return 0
  set --
  for path in $(snapshot_paths); do
    kept_file "$path"
    if is_companion "$path" && waits "$path" && [ -e "$found" ]; then set -- "$@" "${path##*/}"; fi
  done
  [ $# = 0 ] || start_companions "$@" >/dev/null || :
}
