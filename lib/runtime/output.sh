# shellcheck shell=sh
# What a Puma says elsewhere than in the journal: files that systemd writes for its unit, and those to which it redirects its
# output by itself. Before a start it is noted how they are; after it they tell what was written since.

# output_files: sets found to the files that systemd writes for the service, a line each. Root alone decides where they are
# (roots.sh), so root may read them.
output_files() {
  local line path list
  list='
'
  opened_by_drop_ins
  while IFS= read -r line; do
    path=${line#* * }
    case $line$list in
      *"
$path
"*) ;;
      "write "*) list="$list$path
" ;;
    esac
  done <<EOT
$PUMA_OPENED
$found
EOT
  found=$list
}

# Notes the size and the beginning of each of them, and where the Puma that runs redirects its output to.
note_output() {
  local path n
  : >"$STAGE/output"
  n=0
  output_files
  while read -r path; do
    [ -n "$path" ] || continue
    n=$((n + 1))
    : >"$STAGE/output.$n"
    [ ! -f "$path" ] || head -c 65536 -- "$path" >"$STAGE/output.$n"
    printf '%s %s %s\n' "$n" "$(bytes_of "$path")" "$path" >>"$STAGE/output"
  done <<EOT
$found
EOT
  property "$SERVICE_UNIT" MainPID
  : >"$STAGE/redirects"
  [ "${found:-0}" = 0 ] || redirects_of "$found" >"$STAGE/redirects"
}

bytes_of() {
  if [ -f "$1" ]; then wc -c <"$1"; else printf 0; fi
}

# Where the output of a process ends up.
redirects_of() {
  readlink "/proc/$1/fd/1" 2>/dev/null || :
  readlink "/proc/$1/fd/2" 2>/dev/null || :
}

# What was written to these files since.
written_to_files() {
  local n size path
  [ -f "$STAGE/output" ] || return 0
  while read -r n size path; do
    [ ! -f "$path" ] || written_since "$path" "$size" "$STAGE/output.$n"
  done <"$STAGE/output"
}

# written_since FILE SIZE BEGINNING: what is new in a file that had this size and beginning. It was appended to unless it begins
# otherwise by now: with "truncate:" all of it is new, and with "file:" all up to the last byte that differs.
written_since() {
  local size end
  size=$(bytes_of "$1")
  end=0
  if [ "$size" -ge "$2" ] && head -c "$(bytes_of "$3")" -- "$1" | cmp -s - "$3"; then
    tail -c "+$(($2 + 1))" -- "$1" | tail -c 262144
    return 0
  fi
  [ "$size" != "$2" ] || end=$(cmp -l -- "$1" "$3" 2>/dev/null | tail -n 1 | awk '{ print $1 }')
  tail -c 262144 -- "$1" | awk -v end="${end:-0}" '{ print; seen += length($0) + 1 } end && seen >= end { exit }'
}

# What was written since to the files to which Puma redirects its output, which are the application's.
written_by_puma() {
  local path
  {
    cat "$STAGE/redirects" 2>/dev/null || :
    [ "${main_pid:-0}" = 0 ] || redirects_of "$main_pid"
    redirects_in_command
  } | sed '/^\/dev\//d; /^\//!d; / (deleted)$/d' | sort -u >"$STAGE/redirects.all"
  while IFS= read -r path; do
    as_user 10 tail -c 262144 -- "$path" >"$STAGE/redirected" 2>&1 || continue
    since_startup <"$STAGE/redirected"
  done <"$STAGE/redirects.all"
}

# By --redirect-stdout and --redirect-stderr.
redirects_in_command() {
  local line word option path
  property "$watched" FragmentPath
  line=$(sed -n 's/^ExecStart=//p' "${found:-/dev/null}" 2>/dev/null | tail -n 1)
  option=''
  set -f
  for word in $line; do
    word=${word#\"}
    word=${word%\"}
    case $option/$word in
      --redirect-std???/*) path=$word ;;
      */--redirect-std???=*) path=${word#*=} ;;
      *) path='' ;;
    esac
    option=$word
    case $path in
      '') ;;
      /*) printf '%s\n' "$path" ;;
      *) printf '%s\n' "$PUMA_DIRECTORY/$path" ;;
    esac
  done
  set +f
}

# What stands behind the last line by which Puma begins to write, if that was in this run: "=== puma startup: 2026-11-26 ... ===".
since_startup() {
  local at
  awk '/^=== puma startup: .* ===$/ { rest = "" } { rest = rest $0 "\n" } END { printf "%s", rest }' >"$STAGE/since"
  at=$(sed -n '1s/^=== puma startup: \(.*\) ===$/\1/p' "$STAGE/since")
  at=$(date -d "${at:-1970-01-01}" +%s 2>/dev/null) || at=0
  [ "$at" -lt "$started" ] || cat "$STAGE/since"
}
