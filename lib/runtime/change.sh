# shellcheck shell=sh
# From what is on the host to what the stack says.

converge() {
  install_files
  start_by_own_path
  retire_what_is_dropped
  mark "enabling ${PUMA_ENABLED_UNITS:-nothing}"
  enable_units
  [ -z "$predecessor" ] || leave_former_names
  mark "reloading systemd"
  if [ -n "$predecessor" ]; then take_names; else systemctl daemon-reload; fi
  # The service asks for them no more, and goes on as they stop.
  # shellcheck disable=SC2086 # a list of units
  retire_dropped_units $dropped_units
  # By what the new units say of time-outs it is stopped and started from here on.
  look
  [ -z "$OTHERS_UNIT" ] || expect_effect
  change_over
}

# What somebody has edited on the host, and the release that the link leads to now, unless it was rolled back from that.
take_up_what_is_there() {
  forget_last_release "$PUMA_SERVICE"
  start_by_own_path
  mark "reloading systemd"
  systemctl daemon-reload
  look
  change_over
}

# A drop-in goes, and its unit goes on without it.
take_drop_in_away() {
  retire_what_is_dropped
  mark "reloading systemd"
  systemctl daemon-reload
  look
  change_over
}

# All of them are staged before the first is put in its place: what a power cut could meet between two is a rename.
install_files() {
  local path access owner effect changed
  changed=''
  while read -r path access owner effect; do
    if differs "$path"; then
      announce "$path" "$effect"
      stage "$STAGE/new$path" "$path" "$access" "$owner"
      changed="$changed $path"
    elif [ "$effect" != none ]; then
      say "${path##*/}: unchanged"
    fi
  done <<EOT
$files
EOT
  for path in $changed; do put "$path"; done
  forget_last_release "$PUMA_SERVICE"
}

# What only helps the library is no news.
announce() {
  if [ "$2" = none ]; then return 0; fi
  keep_what_others_wrote "$1"
  step "${1##*/}: installing"
}

keep_what_others_wrote() {
  local written
  key "$1"
  written=$STATE/written/$found
  if [ ! -e "$1" ] || is_from_cut_off_run "$1"; then
    return 0
  elif [ ! -f "$written" ]; then
    back_up "$1" "taken over from its former owner"
  elif ! is_same "$written" "$1"; then
    back_up "$1" "was edited on the host"
  fi
}

# Whether a file is not what was there, but what a run had begun that was cut off.
is_from_cut_off_run() {
  [ "$cut_off" = true ] || return 1
  kept_file "$1"
  ! cmp -s "$1" "$found"
}

enable_units() {
  local unit right
  right=false
  if [ "$cut_off" = false ] && is_enabled_right; then right=true; fi
  for unit in $PUMA_ENABLED_UNITS; do
    kept_file "$ETC/$unit"
    if [ ! -f "$found" ] || has_same_section Install "$found" "$ETC/$unit"; then continue; fi
    systemctl --quiet disable --no-reload -- "$unit"
    right=false
  done
  [ "$right" = false ] || return 0
  # shellcheck disable=SC2086 # a list of units
  [ -z "$PUMA_ENABLED_UNITS" ] || systemctl --quiet enable --no-reload -- $PUMA_ENABLED_UNITS 2>&1
  # shellcheck disable=SC2046
  set -- $(words_without "$PUMA_UNITS" "$PUMA_ENABLED_UNITS")
  [ $# = 0 ] || systemctl --quiet disable --no-reload -- "$@"
}

retire_what_is_dropped() {
  local other
  files_of_siblings "$PUMA_SERVICE"
  # shellcheck disable=SC2046 # a list of files
  retire_files $(words_without "$(dropped_files)" "$found")
  for other in $abandoned; do stop_abandoned "$other"; done
}

retire_files() {
  local path
  for path in "$@"; do
    ! is_companion "$path" || continue
    step "$path: no longer wanted"
    keep_edits "$path"
    rm -f -- "$path"
    case $path in
      "$ETC/"*.service.d/*) rmdir "${path%/*}" 2>/dev/null || : ;;
    esac
    leave_folder "$path"
  done
}

retire_dropped_units() {
  local unit
  [ $# != 0 ] || return 0
  step "$*: no longer wanted"
  touched "$@" service
  for unit in "$@"; do keep_edits "$ETC/$unit"; done
  retire_units "$@"
}

stop_abandoned() {
  local unit
  step "$1: no longer in this stack, and in the way: stopping it"
  units_of "$1"
  # shellcheck disable=SC2046,SC2086 # lists of units
  set -- $(waiting_companions_of "$1") $found
  read_facts "$@"
  for unit in "$@"; do
    ! systemctl --quiet is-active -- "$unit" || printf '%s\n' "$unit" >>"$STATE/before/stopped"
  done
  change_units stop "$@" 2>/dev/null || :
}

# Starts or restarts what must be, in the way that was asked for or the nearest that is possible.
change_over() {
  local way
  case $work/$running/$mode in
    both/true/overlap | both/true/phased) say "'$mode' is not possible here: the sockets themselves change" ;;
  esac
  way=$(chosen_way)
  case $way in
    stop) stop_what_runs ;;
    take_up) take_up ;;
    leave) leave_running ;;
    overlap) replace_behind_standin ;;
    phased) restart_by_phases ;;
    restart) restart ;;
  esac
}

# Sockets and service in one command: a socket that stays would start the service again.
stop_what_runs() {
  step "stopping $PUMA_UNITS: $reason"
  # shellcheck disable=SC2086 # a list of units
  touched $PUMA_SOCKETS service
  # shellcheck disable=SC2086 # a list of units
  change_units stop $PUMA_UNITS 2>&1 || give_up "systemd could not stop $PUMA_UNITS"
  # shellcheck disable=SC2086 # a list of units
  reset_failed $PUMA_UNITS
  look
}

# A limit that is too low ends Puma as surely as a bad version does: it has to be healthy with what it was given. To go back
# is to start it again then.
take_up() {
  step "$SERVICE_UNIT takes up without a restart: $taken_up"
  : >"$STATE/before/limits"
  note_output 2>/dev/null || :
  put_limits_into_effect
  # What systemd counted before is not of this change.
  reset_failed "$SERVICE_UNIT"
  watch "$SERVICE_UNIT"
  through_restarts wait_until_healthy "$PUMA_BINDS" "$PUMA_HEALTH_BIND" "$PUMA_HEALTH_HEADERS" || {
    touched service
    give_up_on_puma "$complaint"
  }
}
