# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# What is written down of a service on its host, beside its units.

# keep_units FOLDER: "written" is what this library last wrote, "live" what runs.
keep_units() {
  rm -rf "${state:?}/$1.new"
  mkdir -p "$state/$1.new"
  for unit in $units; do cp -- "$etc/$unit" "$state/$1.new/"; done
  rm -rf "${state:?}/$1"
  mv "$state/$1.new" "$state/$1"
}

replace_record() {
  rm -f "$state/record.new"
  write_record >"$state/record.new"
  to_disk "$state"
  mv -f "$state/record.new" "$state/record"
}

# A path that can stand in records and units. Others than root choose the names of its folders, so one with anything in
# it that could be more than a name is as good as none.
plain_path() {
  case $1 in
    *[!A-Za-z0-9._/@+:,=~-]*) ;;
    *) printf %s "$1" ;;
  esac
}

# Where the application stands that runs, which a link may have left.
application_path() {
  if [ -f "$stage/left" ] || [ "$work" = none ]; then recorded "$service" path | grep . && return 0; fi
  plain_path "$(readlink -f "$directory")"
}

write_record() {
  cat <<EOF
owner=$owner
host=$host
address=$address
units=$units
release=$release
path=$(application_path)
$(for unit in $units; do printf 'invocation:%s=%s\n' "$unit" "$(property "$unit" InvocationID)"; done)
hash=$hash
binds=$(printf %s "$binds" | tr '\n' ';')
start_timeout=$start_timeout
EOF
}

# By a second name of the same file, which takes no room on a disk that may be full.
put_back_record() {
  rm -f "$state/record.new"
  if [ ! -f "$state/before/record" ]; then
    rm -f "$state/record"
  elif ! cmp -s "$state/before/record" "$state/record"; then
    ln -- "$state/before/record" "$state/record.new"
    mv -f -- "$state/record.new" "$state/record"
  fi
}

# What this library last wrote, and what runs: a run that failed at its very end may have noted that already.
put_back_notes() {
  for notes in written live; do
    [ -d "$state/before/$notes" ] || continue
    rm -rf "${state:?}/$notes"
    mv -- "$state/before/$notes" "$state/$notes"
  done
  rm -rf "$state/written.new" "$state/live.new" "$state/record.new"
}

forget_state() {
  rm -rf "$state"
  rmdir "$root" 2>/dev/null || :
}
