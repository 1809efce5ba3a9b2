# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Stops, disables and removes what this stack owns, and nothing else.

# Services of this stack on this host that it no longer declares and that hold what this one is to bind: their removal
# may be under way at the same time, before or after us.
abandoned_services() {
  for record in "$root"/*/record; do
    other=$(basename "$(dirname "$record")")
    case " $service $siblings " in
      *" $other "*) continue ;;
    esac
    if is_ours "$other" && [ "$(recorded "$other" host)" = "$host" ] && shares_a_bind "$other"; then printf '%s ' "$other"; fi
  done
}

shares_a_bind() {
  recorded "$1" binds | tr ';' '\n' | while read -r _ theirs; do
    ! printf '%s\n' "$binds" | grep -q " $theirs\$" || echo yes
  done | grep -q yes
}

# Socket first, both in one command: a socket that stays would start the service again.
retire_units() {
  # Without a unit's name, reset-failed would mean all units of the host.
  [ $# != 0 ] || return 0
  systemctl stop -- "$@" 2>/dev/null || :
  systemctl --quiet disable --no-reload -- "$@" 2>/dev/null || :
  for unit in "$@"; do rm -f -- "$etc/$unit" "$etc/$unit.cdktf-puma"; done
  systemctl daemon-reload
  systemctl reset-failed -- "$@" 2>/dev/null || :
  say "$*: stopped, disabled and removed"
}

remove_service() {
  # shellcheck disable=SC2046 # a list of units
  retire_units $(recorded "$1" units) $(new_units_of_cut_off_run "$1")
  # First what a later run would take for something to put back.
  rm -rf "${root:?}/$1/before"
  rm -rf "${root:?}/$1"
  forget_last_release "$1"
  rmdir "$root" 2>/dev/null || :
}

# Units that a run had begun to add when it was cut off.
new_units_of_cut_off_run() {
  [ -f "$root/$1/before/units" ] || return 0
  while read -r unit _; do
    [ -e "$root/$1/before/files/$unit" ] || printf '%s ' "$unit"
  done <"$root/$1/before/units"
}

remove() {
  make_folder "$stage"
  trap leave EXIT
  if [ -z "$(recorded "$service" owner)" ] && [ -d "$state/before" ]; then
    say "an earlier run was cut off in the middle: putting back what was there before it"
    end_leftovers
    attempt undo
    [ "$code" = 0 ] || fail "could not put back what was there: $(cause_of_failure)"
  elif [ -z "$(recorded "$service" owner)" ]; then
    end_understudies
    forget_state
    say "nothing of $service is here"
  elif ! is_ours "$service" || [ "$(recorded "$service" host)" != "$host" ]; then
    say "$service belongs to the stack '$(recorded "$service" owner)' (host '$(recorded "$service" host)' there): left alone"
  elif [ "$(recorded "$service" address)" != "$address" ]; then
    say "$service is now kept under the address $(recorded "$service" address): left alone"
  else
    end_understudies
    remove_service "$service"
    audit "$service removed by $who"
  fi
}
