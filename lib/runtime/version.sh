# shellcheck shell=sh
# Which Puma the host has.

# The version of the Puma that the new unit is to run. Its command is asked only where another could answer than the one
# that runs, whose title tells: that is the boot of a Ruby.
puma_version() {
  local version
  version=''
  if runs_same_code; then
    property "$SERVICE_UNIT" MainPID
    version=$(version_of_process "$found")
  fi
  if [ -n "$version" ]; then printf %s "$version"; else installed_version; fi
}

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

# Puma's version, as the unit's own command tells it, run as the unit runs it.
installed_version() {
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  surround "$STAGE/new$ETC/$SERVICE_UNIT" $(drop_ins_of_others)
  run_surrounded 20 LimitFSIZE=64K --quiet --pipe -- /bin/sh -c "exec $PUMA_VERSION_COMMAND" >"$STAGE/version" 2>/dev/null || :
  version_in "$(text_of "$STAGE/version")"
}

# The number in "puma version 6.6.0", "Puma version: 6.6.0" or "puma 6.6.0 (tcp://…)".
version_in() {
  local rest
  case $1 in
    *[Pp]"uma version: "[0-9]*) rest=${1#*[Pp]uma version: } ;;
    *[Pp]"uma version "[0-9]*) rest=${1#*[Pp]uma version } ;;
    "puma "[0-9]*) rest=${1#puma } ;;
    *) return 0 ;;
  esac
  printf %s "${rest%%[!0-9.]*}"
}

at_least_6_1() {
  local major rest
  major=${1%%.*}
  rest=${1#*.}
  [ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "${rest%%.*}" -ge 1 ]; }
}
