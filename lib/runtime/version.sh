# shellcheck shell=sh
# Which Puma the host has.

# Puma's version, as the unit's own command tells it, run as the unit runs it.
installed_version() {
  local line
  set -- --quiet --wait --pipe --collect --property=RuntimeMaxSec=20
  while IFS= read -r line; do
    case $line in
      User=* | Group=* | WorkingDirectory=* | Environment=* | EnvironmentFile=*) set -- "$@" "--property=$line" ;;
    esac
  done <"$(new_file "$ETC/$SERVICE_UNIT")"
  # shellcheck disable=SC2086 # the words of the command, which hold no space or special character
  version_in "$(systemd-run "$@" -- $PUMA_VERSION_COMMAND 2>/dev/null)"
}

# The number in "puma version 6.6.0" or "Puma version: 6.6.0".
version_in() {
  local rest
  case $1 in
    *[Pp]"uma version"*[0-9]*) ;;
    *) return 0 ;;
  esac
  rest=${1#*[Pp]uma version}
  rest=${rest#:}
  rest=${rest# }
  printf %s "${rest%%[!0-9.]*}"
}

at_least_6_1() {
  local major rest
  major=${1%%.*}
  rest=${1#*.}
  [ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "${rest%%.*}" -ge 1 ]; }
}
