# shellcheck shell=sh
# A service that gets a new name. systemd hands a unit that is loaded, with its process and its open sockets, to another
# name where the former one is a link to it at a reload. So nothing is closed: what comes then is a restart as any other.

# Sets predecessor and renames: the service of this stack that this one was, until its name was changed.
find_predecessor() {
  local other
  if [ "$cut_off" = true ]; then
    recall_predecessor
    [ -z "$predecessor" ] || [ "$PUMA_ACTION" = plan ] || hold_lock_of "$predecessor" ||
      fail "another run of $predecessor is under way, which $PUMA_SERVICE was: apply again once it has ended"
    return 0
  fi
  [ ! -e "$STATE/record" ] || return 0
  for other in $(abandoned_services); do
    if is_former_self "$other"; then
      predecessor=$other
      renames=$(renames_of "$other")
      record_of=''
      return 0
    fi
  done
}

# What a run that was cut off has taken over from.
recall_predecessor() {
  predecessor=$(first_line "$STATE/before/predecessor")
  renames=$(first_line "$STATE/before/renames")
  record_of=''
}

# The units of this service, each with that of another in whose place it comes.
renames_of() {
  local unit old
  recorded "$1" units
  for unit in $PUMA_UNITS; do
    for old in $found; do
      [ "${unit##*.}" != "${old##*.}" ] || printf '%s=%s ' "$unit" "$old"
    done
  done
}

# Whether another service's units can go on as this one's, and no other run has to do with it.
is_former_self() {
  local pair old
  set -- "$1" "$(renames_of "$1")"
  recorded "$1" units
  # shellcheck disable=SC2086 # lists of units
  [ ! -d "$ROOT/$1/before" ] && [ "$(count $2)" = "$(count $found)" ] && [ "$(count $2)" = "$(count $PUMA_UNITS)" ] || return 1
  for pair in $2; do
    old=$ETC/${pair#*=}
    [ -f "$old" ] && [ ! -L "$old" ] || return 1
    [ "${pair%=*}" = "${pair#*=}" ] || is_unheard_of "${pair%=*}" || return 1
  done
  [ "$PUMA_ACTION" = plan ] || hold_lock_of "$1"
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

# Keeps runs of the other service out until this one ends, a removal among them. Fails where there is one.
hold_lock_of() {
  systemd-run --quiet --collect --unit="cdktf-puma-$1" \
    --description="cdktf-puma $PUMA_ACTION of $PUMA_SERVICE on $PUMA_HOST by $PUMA_WHO" \
    tail --pid=$$ -s 0.1 -f /dev/null 2>/dev/null
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

# Makes room for the new names, as long as the units stand under the former ones.
leave_former_names() {
  step "$predecessor is now $PUMA_SERVICE: what runs goes on under the new name"
  # shellcheck disable=SC2046 # a list of units
  disable $(words_without "$(former_units)" "$PUMA_UNITS")
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
  [ -z "$predecessor" ] || [ ! -d "$ROOT/$predecessor" ] || mv -- "$ROOT/$predecessor" "$STATE/before/predecessor.state"
}

restore_predecessor() {
  [ ! -d "$STATE/before/predecessor.state" ] || mv -- "$STATE/before/predecessor.state" "$ROOT/$predecessor"
}
