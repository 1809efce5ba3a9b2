# shellcheck shell=sh
# What is to be, beside what is there and what runs.

# Sets what decide and preflight go by.
compare() {
  local unit
  change_of "$SERVICE_UNIT"
  service_change=$found
  if [ -z "$service_change" ]; then
    change_of "$SERVICE_UNIT" ''
    taken_up=$found
  fi
  socket_changes='
'
  for unit in $PUMA_SOCKETS; do
    change_of "$unit"
    case ${predecessor:+renamed}/$found in
      # Whose it is it knows by the reload that comes with a new name.
      */ | renamed/Service) ;;
      *) socket_changes="$socket_changes$unit $found
" ;;
    esac
  done
  read_change_of_files
  installed=false
  if are_installed && is_enabled_right && ! runs_last_release; then installed=true; fi
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

# change_of UNIT [TAKEN_UP]: sets found to what differs from what runs: "new", or directives (see changed_directives).
change_of() {
  local live new
  if [ -n "$OTHERS_UNIT" ]; then
    change_of_drop_in "${2-$PUMA_RELOAD_ONLY}"
    return 0
  fi
  new=$STAGE/new$ETC/$1
  running_version "$1"
  live=$found
  if [ ! -f "$live" ]; then
    found=new
  elif is_same "$live" "$new"; then
    found=''
  else
    found=$(changed_directives "$live" "$new" "${2-$PUMA_RELOAD_ONLY}")
  fi
}

# The first of the files beside the units by whose change what runs would be another. What was started again since the last run has
# read what stands there, and so has what nobody has kept a copy of, as others brought it.
read_change_of_files() {
  local path again live
  again=false
  ! was_started_again "$SERVICE_UNIT" || again=true
  for path in $restart_paths; do
    key "$path"
    live=$STATE/live/$found
    if [ "$again" = true ] || { [ "$cut_off" = false ] && [ ! -f "$live" ]; }; then live=$path; fi
    is_same "$live" "$STAGE/new$path" || {
      files_change=$path
      return 0
    }
  done
}
