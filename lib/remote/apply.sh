# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# From what is on the host to what the stack says, or back.

unpack() {
  rm -rf "$stage"
  mkdir -p "$stage/new"
  while read -r file text; do
    printf %s "$text" | base64 -d >"$stage/new/$file"
  done <<EOF
$files
EOF
}

keep_copy() {
  mkdir -p /var/backups/cdktf-puma
  copy=/var/backups/cdktf-puma/$1
  while [ -e "$copy" ]; do copy=$copy~; done
  cp -P -- "$etc/$1" "$copy"
  say "$1: $2; a copy of it is kept as $copy"
}

keep_what_others_wrote() {
  if [ ! -e "$etc/$1" ] || ! cmp -s "$etc/$1" "$state/before/files/$1"; then
    return 0
  elif [ ! -f "$state/written/$1" ]; then
    keep_copy "$1" "taken over from its former owner"
  elif ! cmp -s "$state/written/$1" "$etc/$1"; then
    keep_copy "$1" "was edited on the host"
  fi
}

install_units() {
  for unit in $units; do
    if cmp -s "$stage/new/$unit" "$etc/$unit"; then
      say "$unit: unchanged"
    else
      keep_what_others_wrote "$unit"
      step "$unit: installing"
      install_file "$stage/new/$unit" "$etc/$unit"
    fi
  done
  install_file "$stage/new/stop.sh" "$state/stop.sh"
  forget_last_release "$service"
}

enable_units() {
  # shellcheck disable=SC2086 # a list of units
  systemctl --quiet enable --no-reload -- $enabled_units 2>&1
  # shellcheck disable=SC2046
  set -- $(words_without "$units" "$enabled_units")
  [ $# = 0 ] || systemctl --quiet disable --no-reload -- "$@"
}

retire_what_is_dropped() {
  # shellcheck disable=SC2046 # a list of units
  set -- $(words_without "$(recorded "$service" units)" "$units")
  if [ $# != 0 ]; then
    step "$*: no longer wanted"
    touched both
    retire_units "$@"
  fi
  for other in $(abandoned_services); do
    step "$other: no longer in this stack, and in the way: stopping it"
    recorded "$other" units | tr ' ' '\n' >>"$state/before/stopped"
    # shellcheck disable=SC2046 # a list of units
    systemctl stop -- $(recorded "$other" units) 2>/dev/null || :
  done
}

# What was only stopped as long as it might have been needed again.
remove_what_was_stopped() {
  for other in $(abandoned_services); do remove_service "$other"; done
}

converge() {
  install_units
  retire_what_is_dropped
  mark "enabling $enabled_units"
  enable_units
  mark "reloading systemd"
  systemctl daemon-reload
  change_over
}

show_journal() {
  say "--- journalctl --unit=$1"
  journalctl --no-pager --quiet --output=short --since="@$started" --unit="$1" ${socket:+--unit="$socket"} | tail -n 40 || :
}

show_evidence() {
  say "--- systemctl status"
  # shellcheck disable=SC2086 # a list of units
  systemctl status --no-pager --full --lines=0 -- $units 2>&1 | sed '/^ *CGroup:/,/^$/d' || :
  show_journal "$service.service"
  say "---"
}

cause_of_failure() {
  cat "$stage/cause" 2>/dev/null || printf 'this step did not succeed: %s' "$(cat "$stage/step" 2>/dev/null)"
}

# Ends a run that failed: shows why, puts back, and says what became of it.
roll_back() {
  cause=$(cause_of_failure)
  show_evidence
  attempt undo
  if [ "$code" = 0 ]; then
    back="$service is back to what it was"
  else
    back="$service could NOT be put back ($(cause_of_failure)): the next apply goes on from there"
  fi
  remember "failed: $cause; $back"
  fail "$cause
  $back
  look further: systemctl status $units; journalctl -u $service.service"
}

# Runs a function of which any command may fail, and sets code.
attempt() {
  rm -f "$stage/cause"
  set +e
  (
    set -e
    "$@"
  )
  code=$?
  set -e
}

# What the next run says of this one.
remember() {
  audit "$service by $who: $*"
  case $(recorded "$service" owner) in
    "" | "$owner") ;;
    *) return 0 ;;
  esac
  [ ! -d "$state" ] || printf '%s by %s: %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$who" "$*" >"$state/last" || :
}

check_before() {
  preflight
  [ "$rehearsed" != true ] || { check_memory; check_understudies; }
  [ -n "$problems" ] || return 0
  if [ -d "$state/before" ]; then attempt undo; fi
  [ -z "$problems" ] || remember "nothing was changed:$problems"
  fail "nothing was changed, because of$problems"
}

deploy() {
  started=$(now)
  release=$(printf %s "$release" | tr '\n' ' ')
  trap leave EXIT
  unpack
  clear_remains
  [ ! -f "$state/last" ] || say "last run: $(cat "$state/last")"
  end_leftovers
  decide
  check_before
  if is_unchanged; then
    say "nothing to do: $units as they should be"
    keep_units live
    replace_record
    return 0
  fi
  trap : TERM INT
  if [ "$rehearsed" = true ]; then
    attempt rehearse
    [ "$code" = 0 ] || reject "$(cause_of_failure)"
  fi
  attempt begin
  [ "$code" = 0 ] || reject "$(cause_of_failure)"
  attempt converge
  [ "$code" = 0 ] || roll_back
  previous=$(recorded "$service" hash)
  attempt commit
  [ "$code" = 0 ] || roll_back
  remove_what_was_stopped
  remember "from ${previous:-nothing} to $hash${release:+, release $release}"
  say "done: $units"
}

# What a run that was killed may have left, beside its snapshot.
clear_remains() {
  rm -rf "$state/before.new" "$state/before.done"
  for unit in $units stop.sh; do rm -f "$etc/$unit.cdktf-puma" "$state/$unit.cdktf-puma"; done
}

# The last of a run: an end that nobody announced is named by its step.
leave() {
  code=$?
  [ "$code" = 0 ] || [ -f "$stage/announced" ] || say "FAILED on $host: $(cause_of_failure)"
  rm -rf "$stage"
  rmdir /run/cdktf-puma 2>/dev/null || :
}

# Ends a run that failed before it changed anything.
reject() {
  if [ -d "$state/before" ]; then attempt undo; fi
  remember "failed: $1; nothing was changed"
  fail "$1
  nothing was changed
  look further: journalctl --unit=$service-rehearsal.service --unit=$service.service"
}

main() {
  case $action in
    check)
      preflight
      [ -z "$problems" ] || say "also wrong on $host:$problems"
      ;;
    apply) deploy ;;
    remove) remove ;;
  esac
}
