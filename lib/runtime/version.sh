# shellcheck shell=sh
# Which Puma the host has.

# Whether what runs is the code that a restart would run.
runs_same_code() {
  local folder
  is_active "$SERVICE_UNIT" || return 1
  recorded "$PUMA_SERVICE" release
  [ "$found" = "$release" ] || return 1
  property "$SERVICE_UNIT" MainPID
  folder=$(readlink "/proc/$found/cwd") || return 1
  [ "$folder" = "$(readlink -f "$PUMA_DIRECTORY")" ] || return 1
  running_version "$SERVICE_UNIT"
  [ -f "$found" ] && [ "$(code_lines "$found")" = "$(code_lines "$STAGE/new$ETC/$SERVICE_UNIT")" ]
}

# The lines of a unit that decide which Ruby and which gems its command finds.
code_lines() {
  local line
  while IFS= read -r line; do
    case ${line#Environment=} in
      "$line") ;;
      PATH=* | HOME=* | LD_* | GEM* | BUNDLE* | RUBY* | RBENV* | RVM* | ASDF* | MISE* | CHRUBY* | '"'*) ;;
      *) continue ;;
    esac
    case $line in
      Type=* | User=* | Group=* | WorkingDirectory=* | Environment=* | EnvironmentFile=* | ExecStart=*) printf '%s\n' "$line" ;;
    esac
  done <"$1"
}

# "puma 6.6.0 (tcp://0.0.0.0:9292) [blog]" is the title of Puma's main process.
version_of_process() {
  version_in "$(first_line "/proc/$1/cmdline")"
}

# Runs the new unit's own command with --version in the place of Puma's arguments, as the unit would run it. What it says is in
# $STAGE/version, what became of it in $STAGE/asked.
ask_command() {
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  surround "$STAGE/new$ETC/$SERVICE_UNIT" $(drop_ins_of_others)
  show_new_files "$RUN_UNITS/$ASKED_UNIT.d/10-service.conf"
  write_config_check
  with_config_check
  ask_by "${found}exec $PUMA_VERSION_COMMAND 2>&1"
}

# ask_by SCRIPT: what starts Puma whatever it is told is ended as soon as that is seen, before it serves.
ask_by() {
  local asking title
  title=''
  run_surrounded 20 LimitFSIZE=64K --pipe -- /bin/sh -c "$1" >"$STAGE/version" 2>"$STAGE/asked" &
  asking=$!
  while kill -0 "$asking" 2>/dev/null; do
    sleep 0.1
    title=$(title_of_asked)
    if [ -n "$title" ] || starts_anyway; then end_what_is_asked; fi
  done
  wait "$asking" || asking=failed
  [ -z "$title" ] || printf '%s\n' "$title" >"$STAGE/version"
  [ "$asking" != failed ]
}

# The title of a Puma that runs there, which may write a log of its own.
title_of_asked() {
  local process title
  process=$(systemctl show --property=MainPID --value -- "$ASKED_UNIT")
  title=$(first_line "/proc/${process:-0}/cmdline")
  case $title in
    "puma "[0-9]*) printf %s "$title" ;;
  esac
}

# Whether the command started Puma, though it was asked for a version.
starts_anyway() {
  case $(text_of "$STAGE/version") in
    *"Puma starting in"* | "puma "[0-9]*) return 0 ;;
  esac
  return 1
}

# Whether the command takes no --version, which the service does not say.
refuses_version() {
  grep -Eiq -e '--version|^usage:' "$STAGE/version"
}

# Whether the command wants what systemd passes to the service, and nothing else: with a socket it succeeds, or says that this is none.
wants_socket() {
  [ -n "$PUMA_SOCKETS" ] || return 1
  # shellcheck disable=SC2016 # its own variable
  ask_by 'exec 3</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec '"$PUMA_VERSION_COMMAND 2>&1" || starts_anyway ||
    grep -Eiq 'not a socket|non-socket|ENOTSOCK' "$STAGE/version"
}

# Whether the command failed by itself, so that it would fail as the service, too.
has_failed_by_itself() {
  local size
  size=$(bytes_of "$STAGE/version")
  # What ends without a word may be a script that starts Puma whatever it is told, and writes a log of its own.
  case $size/$(text_of "$STAGE/asked") in
    0/*"result: exit-code"*) return 1 ;;
    *"result: exit-code"* | *"result: signal"* | *"result: core-dump"*) ;;
    *) return 1 ;;
  esac
  # It may have been ended for what it said, as no service is.
  [ "$size" -lt 65536 ] || return 1
  # What starts Puma whatever it is told is no version command; what prepares the service has not run.
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  ! starts_anyway &&
    ! grep -Eqs '^[[:space:]]*(ExecStartPre|RuntimeDirectory|OpenFile)[[:space:]]*=' "$STAGE/new$ETC/$SERVICE_UNIT" $(drop_ins_of_others)
}

# The last that the command said, without the lines of a backtrace, or how it ended.
last_words_of_command() {
  local words
  words=$(printable_lines <"$STAGE/version" | awk '
    /^[ \t]/ || /^$/ { next }
    { last[++n] = $0 }
    END { for (i = n > 3 ? n - 2 : 1; i <= n; i++) printf "%s%s", (words++ ? "; " : ""), last[i] }')
  [ -n "$words" ] || words="it ended with $(printable "$(sed -n 's/.*code=//p' "$STAGE/asked")")"
  printf %s "$words"
}

# The number in "puma version 6.6.0", "Puma version: 6.6.0", "* Version 4.3.8 (ruby …" or "puma 6.6.0 (tcp://…)".
version_in() {
  local rest
  case $1 in
    *[Pp]"uma version: "[0-9]*) rest=${1#*[Pp]uma version: } ;;
    *[Pp]"uma version "[0-9]*) rest=${1#*[Pp]uma version } ;;
    *"* Version "[0-9]*) rest=${1#*"* Version "} ;;
    "puma "[0-9]*) rest=${1#puma } ;;
    *) return 0 ;;
  esac
  rest=${rest%%[!0-9.]*}
  case $rest in
    *..* | *[0-9][0-9][0-9][0-9][0-9]*) ;;
    *) printf %s "${rest%.}" ;;
  esac
}

# Whether a version is the one that the unit is written for, as far as 'pumaVersion' says it.
is_as_declared() {
  case $1. in
    "${PUMA_VERSION:-$1}".*) return 0 ;;
  esac
  return 1
}

at_least_6_1() {
  local major rest
  major=${1%%.*}
  rest=${1#*.}
  [ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "${rest%%.*}" -ge 1 ]; }
}
