# shellcheck shell=sh
# How systemd waits longer and longer between the starts of a Puma that crashes: by directives that it knows from 254 on. Older
# ones take them for misspelt, so they are in no unit: the host adds them as a drop-in where it can.

# Sets found to the drop-in.
back_off_file() {
  found=$ETC/$SERVICE_UNIT.d/50-cdktf-puma-back-off.conf
}

# Adds it to the files that there are to be. systemd tells a property of a unit only if it knows the directive.
add_back_off() {
  local file
  property "$SERVICE_UNIT" RestartSteps
  if [ -z "$PUMA_BACK_OFF" ] || [ -z "$found" ]; then return 0; fi
  back_off_file
  file=$found
  # A restart that is asked for on the host adds nothing.
  if [ "$PUMA_ACTION" = restart ] && [ ! -f "$file" ]; then return 0; fi
  files="$files
$file 644 root:root reload"
  own_paths="$own_paths${own_paths:+ }$file"
  # shellcheck disable=SC2086 # a list of lines
  printf '%s\n' '[Service]' $PUMA_BACK_OFF >"$STAGE/new$file"
}
