# shellcheck shell=sh
# What is to be, beside what is there and what runs.

# Sets what decide and preflight go by.
compare() {
  service_change=$(change_of "$SERVICE_UNIT")
  [ -z "$PUMA_SOCKET" ] || socket_change=$(change_of "$PUMA_SOCKET")
  files_change=$(change_of_files)
  installed=false
  if are_installed && is_enabled_right; then installed=true; fi
}

is_enabled_right() {
  local unit enabled
  for unit in $PUMA_UNITS; do
    enabled=$(enablement_of "$unit")
    case " $PUMA_ENABLED_UNITS /$unit/$enabled" in
      *" $unit "*/"$unit"/enabled* | *" $unit "*/"$unit"/static | *" $unit "*/"$unit"/indirect) ;;
      *" $unit "* | */"$unit"/enabled*) return 1 ;;
    esac
  done
}

# change_of UNIT: what differs from what runs: "new", or directives.
change_of() {
  local live
  live=$(running_version "$1")
  if [ ! -f "$live" ]; then
    printf new
  elif ! is_same "$live" "$(new_file "$ETC/$1")"; then
    changed_directives "$live" "$(new_file "$ETC/$1")"
  fi
}

# The first of the files beside the units by whose change what runs would be another.
change_of_files() {
  local path
  for path in $(managed_files restart); do
    is_same "$STATE/live/$(key "$path")" "$(new_file "$path")" || {
      printf '%s' "$path"
      return 0
    }
  done
}
