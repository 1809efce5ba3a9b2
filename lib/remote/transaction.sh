# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Every file of a service changes as one. $state/before holds what was there, from the first change to the last check;
# found by a later run, it tells that this one was cut off.
state=$root/$service

unit_files_before() {
  printf '%s ' "$units" "$(recorded "$service" units)" | tr -s ' \n' '\n\n' | sort -u
}

# Keeps units, enablement and activity as they are.
snapshot() {
  mkdir -p "$state"
  rm -rf "$state/before.new"
  mkdir -p "$state/before.new/files"
  for unit in $(unit_files_before); do
    [ ! -e "$etc/$unit" ] || cp -P -- "$etc/$unit" "$state/before.new/files/"
    printf '%s %s %s\n' "$unit" "$(systemctl is-enabled -- "$unit" 2>/dev/null | head -n 1)" "$(property "$unit" ActiveState)"
  done >"$state/before.new/units"
  sync
  mv "$state/before.new" "$state/before"
}

begin() {
  if [ -d "$state/before" ]; then
    say "an earlier run was cut off in the middle: going on from what was healthy before it"
  else
    snapshot
  fi
}

# Makes the new state the one to go back to.
commit() {
  rm -rf "$state/live.new"
  mkdir -p "$state/live.new"
  for unit in $units; do cp -- "$etc/$unit" "$state/live.new/"; done
  write_record >"$state/record.new"
  sync
  mv -f "$state/record.new" "$state/record"
  rm -rf "$state/live"
  mv "$state/live.new" "$state/live"
  rm -rf "$state/before"
}

write_record() {
  cat <<EOF
owner=$owner
host=$host
address=$address
units=$units
release=$release
path=$(readlink -f "$directory")
hash=$hash
binds=$(printf %s "$binds" | tr '\n' ';')
start_timeout=$start_timeout
EOF
}

# Units of the snapshot: those that ran ("up") or those that did not exist ("new").
units_that_were() {
  while read -r unit enabled active; do
    case $1/$active in
      up/active | up/activating | up/reloading) printf '%s ' "$unit" ;;
    esac
    [ "$1" != new ] || [ -e "$state/before/files/$unit" ] || printf '%s ' "$unit"
  done <"$state/before/units"
}

# Puts back what the snapshot holds, and sees it serve.
undo() {
  new=$(units_that_were new)
  # shellcheck disable=SC2086 # a list of units
  [ -z "$new" ] || systemctl stop -- $new 2>/dev/null || :
  while read -r unit enabled active; do
    put_back_file "$unit"
    put_back_enablement "$unit" "$enabled"
  done <"$state/before/units"
  systemctl daemon-reload
  put_back_activity
  rm -rf "$state/before"
  [ -f "$state/record" ] || rm -rf "$state"
  rmdir "$root" 2>/dev/null || :
}

put_back_file() {
  if [ -e "$state/before/files/$1" ] || [ -L "$state/before/files/$1" ]; then
    cmp -s "$state/before/files/$1" "$etc/$1" && return
    cp -P -- "$state/before/files/$1" "$etc/$1.cdktf-puma"
    mv -f -- "$etc/$1.cdktf-puma" "$etc/$1"
  elif [ -e "$etc/$1" ]; then
    systemctl --quiet disable --no-reload -- "$1" 2>/dev/null || :
    rm -f -- "$etc/$1"
  fi
}

put_back_enablement() {
  case $2 in
    enabled) systemctl --quiet enable --no-reload -- "$1" ;;
    disabled) systemctl --quiet disable --no-reload -- "$1" ;;
  esac
}

# Starts again what ran before, where this run had touched it.
put_back_activity() {
  [ -f "$state/before/touched" ] || return 0
  up=$(units_that_were up)
  [ -n "$up" ] || return 0
  # shellcheck disable=SC2086 # a list of units
  systemctl reset-failed -- $up 2>/dev/null || :
  # shellcheck disable=SC2046,SC2086
  systemctl restart -- $(words_without "$up" "$(sed 's/^service$/'"$socket"'/; s/^socket$//' "$state/before/touched")")
  case " $up" in
    *" $service.service "*) wait_until_healthy "$(recorded "$service" binds | tr ';' '\n')" "$start_timeout" || return 1 ;;
  esac
}
