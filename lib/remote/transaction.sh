# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Every file of a service changes as one. $state/before holds what was there, from the first change to the last check;
# found by a later run, it tells that this one was cut off.

unit_files_before() {
  printf '%s ' "$units" "$(recorded "$service" units)" | tr ' ' '\n' | sed '/^$/d' | sort -u
}

# Keeps units, enablement and activity as they are, and where the application stands that runs now.
snapshot() {
  mark "keeping what is there"
  mkdir -p "$state"
  rm -rf "$state/before.new"
  mkdir -p "$state/before.new/files"
  for unit in $(unit_files_before); do
    [ ! -e "$etc/$unit" ] || cp -P -- "$etc/$unit" "$state/before.new/files/"
    printf '%s %s %s\n' "$unit" "$(systemctl is-enabled -- "$unit" 2>/dev/null | head -n 1)" "$(property "$unit" ActiveState)"
  done >"$state/before.new/units"
  readlink "/proc/$(property "$service.service" MainPID)/cwd" >"$state/before.new/path" || recorded "$service" path >"$state/before.new/path"
  to_disk "$state/before.new"
  mv "$state/before.new" "$state/before"
  to_disk "$state"
}

begin() {
  if [ -d "$state/before" ]; then
    say "an earlier run was cut off in the middle: going on from what was healthy before it"
    touch "$state/before/resumed"
  else
    snapshot
  fi
}

# From here on "putting back" includes starting again what ran: "service", or "both" it and its socket.
touched() {
  printf '%s\n' "$1" >"$state/before/touched"
}

# Makes the new state the one to go back to.
commit() {
  mark "keeping what is there now"
  keep_units written
  # Where Puma was left running, a later run still has to find what it differs by.
  if [ -f "$stage/left" ]; then release=$(recorded "$service" release); else keep_units live; fi
  replace_record
  rm -rf "$state/before"
}

# keep_units FOLDER: "written" is what this library last wrote, "live" what runs.
keep_units() {
  rm -rf "${state:?}/$1.new"
  mkdir -p "$state/$1.new"
  for unit in $units; do cp -- "$etc/$unit" "$state/$1.new/"; done
  rm -rf "${state:?}/$1"
  mv "$state/$1.new" "$state/$1"
}

replace_record() {
  write_record >"$state/record.new"
  to_disk "$state"
  mv -f "$state/record.new" "$state/record"
}

write_record() {
  cat <<EOF
owner=$owner
host=$host
address=$address
units=$units
release=$(printf %s "$release" | tr '\n' ' ')
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
  [ -d "$state/before" ] || return 0
  step "putting back what was there"
  new=$(units_that_were new)
  # shellcheck disable=SC2086 # a list of units
  [ -z "$new" ] || systemctl stop -- $new 2>/dev/null || :
  while read -r unit enabled active; do
    put_back_file "$unit"
    put_back_enablement "$unit" "$enabled"
  done <"$state/before/units"
  return_to_last_release
  systemctl daemon-reload
  # shellcheck disable=SC2086 # a list of units
  [ -z "$new" ] || systemctl reset-failed -- $new 2>/dev/null || :
  put_back_activity
  end_leftovers
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
  [ "$(cat "$state/before/touched")" != service ] || up=$(words_without "$up" "$socket")
  # shellcheck disable=SC2086 # a list of units
  systemctl reset-failed -- $up 2>/dev/null || :
  # shellcheck disable=SC2086
  systemctl restart -- $up 2>&1 || give_up "systemd could not start $up"
  case " $up" in
    *" $service.service "*) ;;
    *) return 0 ;;
  esac
  health_kind=answer settle=0 start_timeout=$(recorded "$service" start_timeout)
  [ -n "$start_timeout" ] || start_timeout=90
  wait_until_serving || give_up "$complaint"
  wait_until_healthy "$(recorded "$service" binds | tr ';' '\n')" "$start_timeout" || give_up "$complaint"
}

last_release_file() {
  printf %s "$etc/$service.service.d/50-cdktf-puma-last-release.conf"
}

# Where a link such as Capistrano's "current" has moved on to what does not run, the release that ran is started by its
# own path, until the next apply.
return_to_last_release() {
  [ -f "$state/before/touched" ] && [ -f "$state/before/files/$service.service" ] || return 0
  link=$(sed -n 's/^WorkingDirectory=//p' "$state/before/files/$service.service" | tail -n 1)
  path=$(cat "$state/before/path")
  if [ -z "$path" ] || [ "$(readlink -f "$link")" = "$path" ]; then return 0; fi
  if [ ! -d "$path" ]; then
    say "$link now points to $(readlink -f "$link"), and the release that ran before, $path, is gone"
    return
  fi
  say "$link now points to $(readlink -f "$link"): starting the release that ran before, $path"
  mkdir -p "$etc/$service.service.d"
  awk -v link="$link" -v path="$(printf %s "$path" | sed 's/%/%%/g')" '
    BEGIN { print "[Service]" }
    /^ExecStart=/ { print "ExecStart=" }
    /^(WorkingDirectory|ExecStart)=/ {
      while (at = index($0, link)) { done = done substr($0, 1, at - 1) path; $0 = substr($0, at + length(link)) }
      print done $0; done = ""
    }' "$state/before/files/$service.service" >"$(last_release_file)"
}

forget_last_release() {
  rm -f "$(last_release_file)"
  rmdir "$etc/$service.service.d" 2>/dev/null || :
}
