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

# Notes the size and the beginning of each of them, and where the Puma that runs redirects its output to. What cannot be noted is
# missed later on, and stops no start.
note_output() {
  local path n
  true >"$STAGE/output"
  n=0
  output_files
  while read -r path; do
    [ -n "$path" ] || continue
    n=$((n + 1))
    true >"$STAGE/output.$n"
    [ ! -f "$path" ] || head -c 65536 -- "$path" >"$STAGE/output.$n"
    printf '%s %s %s\n' "$n" "$(bytes_of "$path")" "$path" >>"$STAGE/output"
    ! is_emptied || follow "$path" "$STAGE/output.$n.followed.$watched"
  done <<EOT
$found
EOT
  property "$SERVICE_UNIT" MainPID
  true >"$STAGE/redirects"
  [ "${found:-0}" = 0 ] || redirects_of "$found" >"$STAGE/redirects"
}

# Whether each command of the service empties the file, what comes after an end too: nothing is in it then of what ended.
is_emptied() {
  property "$watched" FragmentPath
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  grep -Eqs '^[ \t]*Standard(Output|Error)[ \t]*=[ \t]*truncate:' "$found" $(drop_ins_of_others)
}

# follow FILE COPY: keeps the beginning of what is written to it from now on, until this run ends.
follow() {
  tail --pid=$$ -n 0 -F -- "$1" 2>/dev/null | dd of="$2" bs=1024 count=4096 2>/dev/null &
}

# Where the output of a process ends up.
redirects_of() {
  readlink "/proc/$1/fd/1" "/proc/$1/fd/2" 2>/dev/null || :
}

# What was written to these files since.
written_to_files() {
  local n size path
  [ -f "$STAGE/output" ] || return 0
  while read -r n size path; do
    [ ! -f "$STAGE/output.$n.followed.$watched" ] || cat "$STAGE/output.$n.followed.$watched"
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

# What was written since to the files to which Puma redirects its output, which are the application's. Workers that fail one after
# the other write much: the beginning tells as much as the end. So does that of a line.
written_by_puma() {
  local path
  redirects | sort -u >"$STAGE/redirects.all"
  while IFS= read -r path; do
    [ -f "$path" ] || continue
    # shellcheck disable=SC2016 # their own
    as_user 10 sh -c 'tail -c 67108864 -- "$1" | cut -b -4000 | awk "$2"' sh "$path" '
      /^=== puma startup: .* ===$/ { begun = 1; size = count = 0 }
      begun && size < 262144 { line[++count] = $0; size += length($0) }
      END { for (i = 1; i <= count; i++) print line[i] }' >"$STAGE/since" 2>/dev/null || continue
    ! is_of_this_run || cat "$STAGE/since"
  done <"$STAGE/redirects.all"
}

# Whether that begins with a line of this run: "=== puma startup: 2026-11-26 ... ===".
is_of_this_run() {
  local at
  at=$(sed -n '1s/^=== puma startup: \(.*\) ===$/\1/p' "$STAGE/since")
  at=$(date -d "${at:-1970-01-01}" +%s 2>/dev/null) || at=0
  [ "$at" -ge "$started" ]
}

# The files that the Puma of before redirected its output to, and those that this one does or is to, as far as that can be told.
redirects() {
  local kind path
  {
    cat "$STAGE/redirects" 2>/dev/null || :
    [ "${main_pid:-0}" = 0 ] || redirects_of "$main_pid"
  } | sed '/^\/dev\//d; /^\//!d; / (deleted)$/d'
  files_in_command >"$STAGE/command"
  {
    cat "$STAGE/command"
    for path in $(sed -n 's/^config //p' "$STAGE/command") config/puma.rb config/puma/production.rb; do
      redirects_in_config "$(in_directory "$path")" || :
    done
  } | while read -r kind path; do
    [ "$kind" != redirect ] || printf '%s\n' "$(in_directory "$path")"
  done
}

in_directory() {
  case $1 in
    /*) printf %s "$1" ;;
    *) printf %s "$PUMA_DIRECTORY/$1" ;;
  esac
}

# What the command says: lines of "redirect PATH" and "config PATH".
files_in_command() {
  local line word option
  property "$watched" FragmentPath
  line=$(sed -n 's/^ExecStart=//p' "${found:-/dev/null}" 2>/dev/null | tail -n 1)
  option=''
  set -f
  for word in $line; do
    word=${word#\"}
    word=${word%\"}
    case $option/$word in
      --redirect-std???/*) printf 'redirect %s\n' "$word" ;;
      */--redirect-std???=*) printf 'redirect %s\n' "${word#*=}" ;;
      -C/*) printf 'config %s\n' "$word" ;;
    esac
    option=$word
  done
  set +f
}

# redirects_in_config FILE: the texts that a stdout_redirect in Puma's configuration file has. What comes of Ruby in them is mostly a
# folder of the release.
redirects_in_config() {
  [ -f "$1" ] || return 0
  # shellcheck disable=SC2016 # awk's own
  as_user 10 awk '
    /^[ \t]*stdout_redirect/ { lines = 4 }
    lines-- > 0 {
      while (match($0, /"[^"]*"|\047[^\047]*\047/)) {
        text = substr($0, RSTART + 1, RLENGTH - 2)
        $0 = substr($0, RSTART + RLENGTH)
        sub(/^#\{[^}]*\}\//, "", text)
        if (text !~ /^[aw]\+?$/) print "redirect " text
      }
    }' "$1" >"$STAGE/config" 2>/dev/null && cat "$STAGE/config"
}
