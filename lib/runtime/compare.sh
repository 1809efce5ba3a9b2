# shellcheck shell=sh
# What is to be, beside what is there and what runs.

# Sets what decide and preflight go by.
compare() {
  change_of "$SERVICE_UNIT"
  service_change=$found
  [ -n "$service_change" ] || read_taken_up
  if [ -n "$PUMA_SOCKET" ]; then
    change_of "$PUMA_SOCKET"
    # Whose it is it knows by the reload that comes with a new name.
    [ -n "$predecessor" ] && [ "$found" = Service ] || socket_change=$found
  fi
  read_change_of_files
  installed=false
  if are_installed && is_enabled_right; then installed=true; fi
}

is_enabled_right() {
  local unit
  for unit in $PUMA_UNITS; do
    enablement_of "$unit"
    case " $PUMA_ENABLED_UNITS /$unit/$found" in
      *" $unit "*/"$unit"/enabled* | *" $unit "*/"$unit"/static | *" $unit "*/"$unit"/indirect) ;;
      *" $unit "* | */"$unit"/enabled*) return 1 ;;
    esac
  done
}

# change_of UNIT: sets found to what differs from what runs: "new", or directives.
change_of() {
  local live new
  new=$STAGE/new$ETC/$1
  running_version "$1"
  live=$found
  if [ ! -f "$live" ]; then
    found=new
  elif is_same "$live" "$new"; then
    found=''
  else
    found=$(changed_directives "$live" "$new")
  fi
}

# What differs from the service that runs, and systemd takes up by a reload.
read_taken_up() {
  local live new
  new=$STAGE/new$ETC/$SERVICE_UNIT
  running_version "$SERVICE_UNIT"
  live=$found
  [ ! -f "$live" ] || is_same "$live" "$new" || taken_up=$(changed_directives "$live" "$new" '')
}

# The first of the files beside the units by whose change what runs would be another.
read_change_of_files() {
  local path
  for path in $restart_paths; do
    key "$path"
    is_same "$STATE/live/$found" "$STAGE/new$path" || {
      files_change=$path
      return 0
    }
  done
}
