# shellcheck shell=sh
# Units of the library beside the service's own, by which something else than an apply asks for something: sockets, paths, timers, and
# what these start. They are managed files, and so come and go back with the others. What waits for something, which is all but
# services, is enabled and started once the new version is healthy. None of it restarts Puma, and no run fails for it halfway.

# companions_in PATH...: sets found to the names of those among files. No service's name begins as theirs do.
companions_in() {
  local path
  found=''
  for path in "$@"; do
    ! is_companion "$path" || found="$found${found:+ }${path##*/}"
  done
}

# Those of a service, by its record, and what a run had begun to add when it was cut off.
companions_of() {
  recorded "$1" files
  # shellcheck disable=SC2046,SC2086 # lists of files
  companions_in $found $(new_files_of_cut_off_run "$1")
  printf %s "$found"
}

waiting_companions_of() {
  local unit
  for unit in $(companions_of "$1"); do
    ! waits "$unit" || printf '%s ' "$unit"
  done
}

is_companion() {
  case $1 in
    "$ETC/cdktf-puma-"*) return 0 ;;
  esac
  return 1
}

# Those that are to wait for something, as they are to be: enabled and started, or neither where the service is kept stopped.
are_companions_right() {
  local unit
  for unit in $companions; do
    is_companion_right "$unit" || return 1
  done
}

is_companion_right() {
  enablement_of "$1"
  case $PUMA_START_ON/$found in
    never/enabled*) return 1 ;;
    never/*) ! is_active "$1" ;;
    */enabled*) is_active "$1" ;;
    *) return 1 ;;
  esac
}

# Whether one runs by another text than what is there. A run that was cut off may have put it into effect, or not.
is_companion_changed() {
  key "$ETC/$1"
  ! is_same "$STATE/live/$found" "$STAGE/new$ETC/$1"
}

# group_of_companion UNIT: sets found to the group that may ask by it, if it is for one.
group_of_companion() {
  local line
  found=''
  while IFS= read -r line; do
    case $line in
      SocketGroup=*) found=${line#*=} ;;
    esac
  done <"$STAGE/new$ETC/$1"
}

# Sees to it that a group that may ask is there.
check_companions() {
  local unit
  for unit in $companions; do
    group_of_companion "$unit"
    [ -z "$found" ] || getent group "$found" >/dev/null 2>&1 || problem "there is no group '$found' on this host ('operators')"
  done
}

# What a group may from now on, and the line of sudoers(5) that lets it do the same.
say_who_may() {
  local unit
  for unit in "$@"; do
    group_of_companion "$unit"
    [ -z "$found" ] ||
      say "who is in the group $found may: $COMMAND restart $PUMA_SERVICE; the line of sudoers that says so is: %$found ALL=(root:root) NOPASSWD: $COMMAND restart $PUMA_SERVICE"
  done
}

# settle_companions DROPPED...: puts into effect what is there of them now. What has begun here is undone by what undo finds.
settle_companions() {
  local unit said
  retire_companions "$@"
  set --
  for unit in $companions; do
    if ! is_companion_right "$unit" || is_companion_changed "$unit"; then set -- "$@" "$unit"; fi
  done
  [ $# != 0 ] || return 0
  : >"$STATE/before/companions"
  if [ "$PUMA_START_ON" = never ]; then
    step "$*: stopping, as 'ensure' is stopped"
    disable "$@"
    change_units stop "$@" 2>/dev/null || :
  else
    step "$*: enabling and starting"
    if said=$(start_companions "$@"); then say_who_may "$@"; else note companions "systemd could not start $*: $(printable "$said")"; fi
  fi
}

# Anew where it runs, and says why not. Connections that it has handed over go on.
start_companions() {
  systemctl --quiet reenable --no-reload -- "$@" 2>&1 && reset_failed "$@" && change_units restart "$@" 2>&1
}

# They run by what is there, also where a Puma that was left running does not.
keep_live_companions() {
  local unit
  for unit in $companions; do
    [ -d "$STATE/live" ] || mkdir -- "$STATE/live"
    cp -- "$ETC/$unit" "$STATE/live/$unit"
  done
}

# Stops, disables and removes them, before systemd forgets what they have made.
retire_companions() {
  local unit
  [ $# != 0 ] || return 0
  step "$*: no longer wanted"
  [ ! -d "$STATE/before" ] || : >"$STATE/before/companions"
  stop_companions "$@"
  for unit in "$@"; do
    keep_edits "$ETC/$unit"
    rm -f -- "$ETC/$unit" "$ETC/$unit.cdktf-puma"
    forget_what_was_seen "$unit"
  done
  systemctl daemon-reload
}

# What a watch had seen last is nothing that one goes by which comes later.
forget_what_was_seen() {
  local service
  service=${1#cdktf-puma-restart@}
  case $1 in
    cdktf-puma-restart@*.path) remove_if_there "$ROOT/${service%.path}/followed" ;;
  esac
}

# stop_companions UNIT...: what is only a template has nothing to stop.
stop_companions() {
  local unit
  for unit in "$@"; do
    shift
    case $unit in
      *@.*) ;;
      *) set -- "$@" "$unit" ;;
    esac
  done
  [ $# != 0 ] || return 0
  for unit in "$@"; do ! waits "$unit" || disable "$unit"; done
  change_units stop "$@" 2>/dev/null || :
  reset_failed "$@"
}

# What failed of them ends a run that has otherwise succeeded: nothing goes back for it.
tell_of_companions() {
  local cause
  [ -f "$STAGE/companions" ] || return 0
  cause=$(text_of "$STAGE/companions")
  audit "$PUMA_SERVICE by $PUMA_WHO: $cause"
  fail "$cause
  $PUMA_SERVICE is as it is to be, and the next apply goes on from there
  look further: $SYSTEMCTL status $companions"
}
