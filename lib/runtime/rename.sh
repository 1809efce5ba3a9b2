# shellcheck shell=sh
# A service that gets a new name. systemd hands a unit that is loaded, with its process and its open sockets, to another
# name where the former one is a link to it at a reload. So nothing is closed: what comes then is a restart as any other.

# Sets predecessor and renames: the service of this stack that this one was, until its name was changed. One that is waited for
# may be gone then.
find_predecessor() {
  local other
  if [ "$cut_off" = true ] || [ -e "$STATE/record" ]; then return 0; fi
  for other in $abandoned; do
    hold_lock_of "$other"
    if is_former_self "$other"; then
      predecessor=$other
      renames=$(renames_of "$other")
      record_of=''
      find_abandoned
      return 0
    fi
  done
}

# What a run that was cut off has taken over from. Whoever had its lock may have put all back since.
recall_predecessor() {
  predecessor=$(first_line "$STATE/before/predecessor")
  renames=$(first_line "$STATE/before/renames")
  record_of=''
  [ -n "$predecessor" ] || return 0
  hold_lock_of "$predecessor"
  # It may have come since that run was cut off, and whoever goes on from there, or puts all back, restarts what it is on.
  [ "$PUMA_ACTION" = plan ] || heed_locks_of "$predecessor"
  if [ ! -d "$STATE/before" ]; then
    cut_off=false predecessor='' renames=''
  elif [ "$PUMA_ACTION" != plan ] && [ ! -f "$ROOT/$predecessor/record" ]; then
    forget_former_units
    predecessor='' renames=''
  fi
}

# Where the predecessor has been removed since, there is nothing to go back to: what was begun is a first installation.
forget_former_units() {
  local unit rest
  while read -r unit rest; do
    [ -e "$STATE/before/files/$unit" ] || printf '%s\n' "$unit $rest"
  done <"$STATE/before/units" >"$STATE/before/units.new"
  mv -f -- "$STATE/before/units.new" "$STATE/before/units"
  rm -rf "$STATE/before/files/"* "$STATE/before/predecessor" "$STATE/before/renames"
}

# Whether a run at a service was cut off in the middle. One that has renamed it had only to clear up.
is_cut_off() {
  [ -d "$ROOT/$1/before" ] && ! is_renamed "$1"
}

# Whether a run has renamed a service for good, as it has its own record, and was cut off before it had cleared up.
is_renamed() {
  [ -f "$ROOT/$1/record" ] && [ -f "$ROOT/$1/before/predecessor" ] &&
    [ "$(first_line "$ROOT/$1/before/predecessor")" != "$1" ]
}

# The units of this service, each with that of another in whose place it comes: a socket that keeps its name with itself, each
# other unit with the next of its kind.
renames_of() {
  local unit old left
  recorded "$1" units
  left=$(words_without "$found" "$PUMA_UNITS")
  for unit in $PUMA_UNITS; do
    case " $found " in
      *" $unit "*) printf '%s=%s ' "$unit" "$unit" && continue ;;
    esac
    for old in $left; do
      [ "${unit##*.}" = "${old##*.}" ] || continue
      printf '%s=%s ' "$unit" "$old"
      left=$(words_without "$left" "$old")
      break
    done
  done
}

# Whether another service's units can go on as this one's. What was known of it is from before its lock was held.
is_former_self() {
  local pair old
  record_of=''
  set -- "$1" "$(renames_of "$1")"
  recorded "$1" units
  # shellcheck disable=SC2086 # lists of units
  ! is_cut_off "$1" && [ "$(count $2)" = "$(count $found)" ] && [ "$(count $2)" = "$(count $PUMA_UNITS)" ] || return 1
  for pair in $2; do
    old=$ETC/${pair#*=}
    [ -f "$old" ] && [ ! -L "$old" ] || return 1
    [ "${pair%=*}" = "${pair#*=}" ] || is_unheard_of "${pair%=*}" || return 1
  done
}

# Whether systemd has no unit of this name, nor one that waits for it.
is_unheard_of() {
  [ -z "$(systemctl list-units --all --full --plain --no-legend -- "$1")" ] &&
    [ "$(systemctl show --property=LoadState --value -- "$1")" = not-found ]
}

# Whether there is a unit that waits for one of these names. Its idea of them would take the place of what gets the name.
are_waited_for() {
  systemctl list-units --all --full --plain --no-legend -- "$@" | grep -q ' not-found *inactive '
}

# Keeps runs of another service out until this one ends, a removal among them. One that is under way is waited for.
hold_lock_of() {
  local lock waited
  [ "$PUMA_ACTION" != plan ] || return 0
  lock=cdktf-puma-$1.service waited=0
  until systemd_run --quiet --collect --unit="$lock" \
    --description="cdktf-puma $PUMA_ACTION of $PUMA_SERVICE on $PUMA_HOST by $PUMA_WHO" \
    tail --pid=$$ -s 0.1 -f /dev/null 2>/dev/null; do
    systemctl reset-failed "$lock" 2>/dev/null || :
    [ "$waited" != 0 ] || say "waiting for another run to end, as $PUMA_SERVICE was $1: $(holder_of "$lock")"
    [ "$waited" -lt "$PUMA_LOCK_TIMEOUT" ] ||
      fail "another run did not end within ${PUMA_LOCK_TIMEOUT}s, and $PUMA_SERVICE was $1; nothing was changed: $(holder_of "$lock")"
    waited=$((waited + 1))
    sleep 1
  done
}

holder_of() {
  systemctl show --property=Description --value -- "$1"
}

# Drop-ins that others have made for a former name would count no more.
check_drop_ins() {
  local pair old new file folder twin
  for pair in $renames; do
    old=${pair#*=} new=${pair%=*}
    property "$new" DropInPaths
    for file in $found; do
      folder=${file%/*}
      folder=${folder##*/}
      twin=${file%/*/*}/$new.d
      case $new/$folder/$file in
        */service.d/* | */socket.d/* | "$new/$new.d/"* | */"$ETC/$old.d/50-cdktf-puma-"*) continue ;;
        "${folder%".${new##*.}.d"}"*/*-."${new##*.}.d"/*) continue ;;
      esac
      [ -e "$twin/${file##*/}" ] ||
        problem "$file would not count for $new, which is $old until now: copy it to $twin/ before ('name')"
    done
  done
}

# Names that change hands: what runs under this one would lose its addresses, and what has those that are wanted its name.
check_name() {
  local file other
  [ -f "$STATE/record" ] || return 0
  for file in "$ROOT"/*/record; do
    other=${file%/record}
    other=${other##*/}
    if [ "$other" != "$PUMA_SERVICE" ] && is_ours "$other" && shares_a_bind "$other" &&
      ! shares_a_bind "$PUMA_SERVICE" && may_change_hands "$other"; then
      problem "$PUMA_SERVICE listens elsewhere until now, and $other listens where it is to: where names change hands, one of the services has to get a name that is new, in an apply of its own ('name')"
    fi
  done
}

# Whether there is a service that may be what was called like this one until now: another one of the stack, or one that is new.
may_change_hands() {
  local sibling
  for sibling in $PUMA_SIBLINGS; do
    if [ "$sibling" = "$1" ] || [ ! -f "$ROOT/$sibling/record" ]; then return 0; fi
  done
  return 1
}

# The former names of the units.
former_units() {
  local pair
  for pair in $renames; do printf '%s ' "${pair#*=}"; done
}

# What runs under the former names goes on under the new ones, whose units are in place.
take_names() {
  # shellcheck disable=SC2086 # a list
  pass_on $renames
}

# The same, back.
give_names_back() {
  local pair
  say "what runs is called $predecessor again"
  set --
  for pair in $renames; do set -- "$@" "${pair#*=}=${pair%=*}"; done
  pass_on "$@"
}

# pass_on TO=FROM...: a unit that keeps its name stays as it is.
pass_on() {
  local pair
  for pair in "$@"; do
    shift
    [ "${pair%=*}" = "${pair#*=}" ] || set -- "$@" "$pair"
  done
  for pair in "$@"; do ln -sfn -- "${pair%=*}" "$ETC/${pair#*=}"; done
  systemctl daemon-reload
  for pair in "$@"; do rm -f -- "$ETC/${pair#*=}"; done
  systemctl daemon-reload
}

# As long as the units stand under the former names, too. Who boots between the two finds both enabled.
leave_former_names() {
  local unit
  step "$predecessor is now $PUMA_SERVICE: what runs goes on under the new name"
  for unit in $(words_without "$(former_units)" "$PUMA_UNITS"); do
    # One that a run has made a link before it was cut off is enabled and disabled as what it leads to.
    [ ! -L "$ETC/$unit" ] || rm -f -- "$ETC/$unit"
    keep_edits "$ETC/$unit"
    disable "$unit"
  done
  forget_last_release "$predecessor"
}

# Whether what runs can get its former names back as it runs. Where another unit waits for one, it has to be stopped.
may_give_names_back() {
  [ -n "$predecessor" ] || return 1
  # shellcheck disable=SC2046 # a list of units
  are_waited_for $(former_units) || return 0
  touched both
  return 1
}

# keep_predecessor FOLDER
keep_predecessor() {
  printf '%s\n' "$predecessor" >"$1/predecessor"
  printf '%s\n' "$renames" >"$1/renames"
}

# What is known of the predecessor is kept as long as there may be a way back.
put_predecessor_away() {
  if [ -z "$predecessor" ] || [ ! -d "$ROOT/$predecessor" ]; then return 0; fi
  pass_lock_on "$predecessor" "$PUMA_SERVICE"
  mv -- "$ROOT/$predecessor" "$STATE/before/predecessor.state"
}

restore_predecessor() {
  [ ! -d "$STATE/before/predecessor.state" ] || mv -- "$STATE/before/predecessor.state" "$ROOT/$predecessor"
}
