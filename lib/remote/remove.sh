# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Stops, disables and removes what this stack owns, and nothing else.

# The services of this stack on this host that it no longer declares: they were renamed, or their removal is under way.
abandoned_services() {
  for record in "$root"/*/record; do
    other=$(basename "$(dirname "$record")")
    if ! is_ours "$other" || [ "$(recorded "$other" host)" != "$host" ]; then continue; fi
    words_without "$other" "$service $siblings"
  done
}

# Socket first, both in one command: a socket that stays would start the service again.
retire_units() {
  # Without a unit's name, reset-failed would mean all units of the host.
  [ $# != 0 ] || return 0
  systemctl stop -- "$@" 2>/dev/null || :
  systemctl --quiet disable --no-reload -- "$@" 2>/dev/null || :
  for unit in "$@"; do rm -f -- "$etc/$unit"; done
  systemctl daemon-reload
  systemctl reset-failed -- "$@" 2>/dev/null || :
  say "$*: stopped, disabled and removed"
}

remove_service() {
  # shellcheck disable=SC2046 # a list of units
  retire_units $(recorded "$1" units)
  rm -rf "${root:?}/$1" "$etc/$1.service.d/50-cdktf-puma-last-release.conf"
  rmdir "$etc/$1.service.d" 2>/dev/null || :
  rmdir "$root" 2>/dev/null || :
}

remove() {
  mkdir -p "$stage"
  trap 'rm -rf "$stage"; rmdir /run/cdktf-puma 2>/dev/null || :' EXIT
  end_leftovers
  if [ -d "$state/before" ]; then
    say "an earlier run was cut off in the middle: putting back what was there before it"
    attempt undo
    [ "$code" = 0 ] || fail "could not put back what was there: $(cause_of_failure)"
  fi
  if [ -z "$(recorded "$service" owner)" ]; then
    say "nothing of $service is here"
  elif ! is_ours "$service" || [ "$(recorded "$service" host)" != "$host" ]; then
    say "$service belongs to the stack '$(recorded "$service" owner)' (host '$(recorded "$service" host)' there): left alone"
  elif [ "$(recorded "$service" address)" != "$address" ]; then
    say "$service is now kept under the address $(recorded "$service" address): left alone"
  else
    remove_service "$service"
    audit "$service removed by $who"
  fi
}
