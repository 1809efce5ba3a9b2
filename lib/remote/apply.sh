# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# From what is on the host to what the stack says, or back.

step() {
  say "$*"
  printf '%s\n' "$*" >"$stage/step"
}

give_up() {
  printf '%s\n' "$*" >"$stage/cause"
  exit 1
}

unpack() {
  rm -rf "$stage"
  mkdir -p "$stage/new"
  while read -r file text; do
    printf %s "$text" | base64 -d >"$stage/new/$file"
  done <<EOF
$files
EOF
}

# What a unit looks like for the processes that run now.
running_version() {
  if [ -f "$state/live/$1" ]; then printf %s "$state/live/$1"; else printf %s "$etc/$1"; fi
}

# Why a unit has to be restarted; nothing where it need not be.
reason_for() {
  if [ ! -f "$(running_version "$1")" ]; then
    printf '%s is new' "$1"
  elif needs_restart "$(running_version "$1")" "$stage/new/$1"; then
    printf '%s changed: %s' "$1" "$(changed_directives "$(running_version "$1")" "$stage/new/$1")"
  elif [ "$1" = "$service.service" ] && [ -f "$state/record" ] && [ "$(recorded "$service" release)" != "$release" ]; then
    printf "release '%s' follows '%s'" "$release" "$(recorded "$service" release)"
  elif [ -f "$state/before/touched" ]; then
    printf 'the run before this one was cut off'
  elif [ "$1" != "$service.service" ] || [ "$start_on" = boot ]; then
    is_active "$1" || printf '%s is not running' "$1"
  fi
}

# Sets work to none, service, socket or both, and reason.
decide() {
  work=none reason=$(reason_for "$service.service")
  [ -z "$reason" ] || work=service
  if [ "$start_on" = firstConnection ] && ! is_active "$service.service"; then work=none; fi
  socket_reason='' dropped=$(words_without "$(recorded "$service" units)" "$units")
  [ -z "$socket" ] || socket_reason=$(reason_for "$socket")
  [ -z "$dropped" ] || socket_reason="${dropped% } is no longer wanted"
  [ -n "$socket_reason" ] || return 0
  reason=$socket_reason work=both
  if [ "$start_on" = firstConnection ] && ! is_active "$service.service"; then work=socket; fi
}

is_unchanged() {
  for unit in $units; do cmp -s "$stage/new/$unit" "$etc/$unit" || return 1; done
  [ "$work" = none ] && [ ! -d "$state/before" ] && [ -z "$(abandoned_services)" ] && is_enabled_right
}

is_enabled_right() {
  for unit in $units; do
    case " $enabled_units " in
      *" $unit "*) systemctl --quiet is-enabled -- "$unit" || return 1 ;;
      *) ! systemctl --quiet is-enabled -- "$unit" || return 1 ;;
    esac
  done
}

keep_copy() {
  mkdir -p /var/backups/cdktf-puma
  copy=/var/backups/cdktf-puma/$1
  while [ -e "$copy" ]; do copy=$copy~; done
  cp -P -- "$etc/$1" "$copy"
  say "$1: $2; a copy of it is kept as $copy"
}

install_units() {
  for unit in $units; do
    if cmp -s "$stage/new/$unit" "$etc/$unit"; then
      say "$unit: unchanged"
      continue
    elif [ -e "$etc/$unit" ] && [ ! -f "$state/live/$unit" ]; then
      keep_copy "$unit" "taken over from its former owner"
    elif [ -f "$state/live/$unit" ] && ! cmp -s "$state/live/$unit" "$etc/$unit"; then
      [ ! -e "$etc/$unit" ] || [ -f "$state/before/touched" ] || keep_copy "$unit" "was edited on the host"
    fi
    step "$unit: installing"
    install_file "$stage/new/$unit" "$etc/$unit"
  done
  install_file "$stage/new/stop.sh" "$state/stop.sh"
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
    printf 'both\n' >"$state/before/touched"
    retire_units "$@"
  fi
  for other in $(abandoned_services); do
    step "$other: its new name is $service"
    remove_service "$other"
  done
}

# Starts or restarts what must be; socket and service in one command, as systemd wants it.
restart_units() {
  case $work in
    none) return ;;
    service) set -- "$service.service" ;;
    socket) set -- "$socket" ;;
    both) set -- ${socket:+"$socket"} "$service.service" ;;
  esac
  step "restarting $*: $reason"
  printf '%s\n' "$work" >"$state/before/touched"
  systemctl reset-failed -- "$@" 2>/dev/null || :
  systemctl restart -- "$@" || give_up "systemd could not start $*"
}

converge() {
  install_units
  retire_what_is_dropped
  enable_units
  systemctl daemon-reload
  restart_units
  case $work in
    service | both) wait_until_healthy "$binds" "$start_timeout" || give_up "$complaint" ;;
    socket) say "$socket listens; the first connection starts Puma" ;;
  esac
}

show_evidence() {
  say "--- systemctl status"
  # shellcheck disable=SC2086 # a list of units
  systemctl status --no-pager --full --lines=0 -- $units 2>&1 | sed '/^ *CGroup:/,/^$/d' || :
  say "--- journalctl --unit=$service.service"
  # shellcheck disable=SC2086
  journalctl --no-pager --quiet --output=short --since="@$started" --unit="$service.service" ${socket:+--unit="$socket"} | tail -n 40 || :
  say "---"
}

roll_back() {
  cause=$(cat "$stage/cause" 2>/dev/null || printf 'this step did not succeed: %s' "$(cat "$stage/step")")
  show_evidence
  set +e
  (set -e; undo)
  code=$?
  set -e
  if [ "$code" = 0 ]; then
    back="$service is back to what it was"
  else
    back="$service could NOT be put back: $(cat "$stage/step"); the next apply goes on from there"
  fi
  remember "failed: $cause; $back"
  fail "$cause
  $back
  look further: systemctl status $units; journalctl -u $service.service"
}

# What the next run says of this one.
remember() {
  audit "$service by $who: $*"
  [ ! -d "$state" ] || printf '%s by %s: %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$who" "$*" >"$state/last"
}

deploy() {
  started=$(now)
  stage=/run/cdktf-puma/$service
  trap 'rm -rf "$stage"; rmdir /run/cdktf-puma 2>/dev/null || :' EXIT
  unpack
  [ ! -f "$state/last" ] || say "last run: $(cat "$state/last")"
  preflight
  if [ -n "$problems" ]; then
    [ ! -d "$state/before" ] || undo
    fail "nothing was changed, because of$problems"
  fi
  decide
  if is_unchanged; then
    say "nothing to do: $units as they should be"
    write_record >"$state/record"
    return
  fi
  begin
  trap : TERM INT
  set +e
  (set -e; converge)
  code=$?
  set -e
  [ "$code" = 0 ] || roll_back
  previous=$(recorded "$service" hash)
  commit
  remember "from ${previous:-nothing} to $hash${release:+, release $release}"
  say "done: $units"
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
