# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# From what is on the host to what the stack says, or back.

unpack() {
  rm -rf "$stage"
  make_folder "$stage/new"
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

# All of them lie ready before the first is put in its place: what a power cut could meet between two is a rename.
install_units() {
  changed=''
  for unit in $units; do
    if cmp -s "$stage/new/$unit" "$etc/$unit"; then
      say "$unit: unchanged"
    else
      keep_what_others_wrote "$unit"
      step "$unit: installing"
      lay_ready "$stage/new/$unit" "$etc/$unit"
      changed="$changed $unit"
    fi
  done
  for unit in $changed; do put_in_place "$etc/$unit"; done
  install_helper
  forget_last_release "$service"
}

# What stops the service by no line of a unit: a newer one restarts nothing.
install_helper() {
  cmp -s "$stage/new/stop.sh" "$state/stop.sh" || install_file "$stage/new/stop.sh" "$state/stop.sh"
}

enable_units() {
  for unit in $enabled_units; do
    [ -f "$state/before/files/$unit" ] || continue
    [ "$(install_section "$state/before/files/$unit")" = "$(install_section "$etc/$unit")" ] ||
      systemctl --quiet disable --no-reload -- "$unit"
  done
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
    for unit in $(recorded "$other" units); do
      ! is_active "$unit" || printf '%s\n' "$unit" >>"$state/before/stopped"
    done
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

check_before() {
  preflight
  [ "$rehearsed" != true ] || { check_memory; check_understudies; }
  stop_at_problems
}

prepare() {
  started=$(date +%s)
  release=$(printf %s "$release" | tr '\n' ' ')
  journal="journalctl -u $service.service${socket:+ -u $socket}"
  [ "$rehearsal" != true ] || journal="$journal -u $service-rehearsal.service"
  [ "$on_change" != overlap ] || journal="$journal -u $service-standin.service"
  trap leave EXIT
  if [ -d "$state/before" ]; then cut_off=true; else cut_off=false; fi
  check_room
  [ -z "$problems" ] || fail "nothing was changed, because of$problems"
  unpack
  is_of_others || clear_remains
  [ ! -f "$state/last" ] || say "last run: $(cat "$state/last")"
}

deploy() {
  prepare
  decide
  check_before
  if is_unchanged; then
    say "nothing to do: $units as they should be"
    install_helper
    keep_units live
    replace_record
  else
    trap : TERM INT
    leave_word "began, and did not end"
    change
  fi
}

change() {
  previous=$(recorded "$service" hash)
  if [ "$rehearsed" = true ]; then
    attempt rehearse
    [ "$code" = 0 ] || reject
  fi
  attempt begin
  [ "$code" = 0 ] || reject
  attempt converge
  [ "$code" = 0 ] || roll_back
  attempt commit
  # Without what was there before, it had come to its end when it was asked to stop.
  [ "$code" = 0 ] || [ ! -d "$state/before" ] || roll_back
  remove_what_was_stopped
  remember "${reason:+$reason; }from ${previous:-nothing} to $hash${release:+, release $release}"
  say "done: $units"
}

# What a run that was killed may have left, beside its snapshot.
clear_remains() {
  end_leftovers
  rm -rf "$state/before.new" "$state/before.done" "$state/record.new"
  for unit in $(unit_files_before) stop.sh; do rm -f -- "$etc/$unit.cdktf-puma" "$state/$unit.cdktf-puma"; done
}

main() {
  case $action in
    check)
      check_without_root
      [ -z "$problems" ] || say "also wrong on $host:$problems"
      ;;
    apply) deploy ;;
    remove) remove ;;
  esac
}
