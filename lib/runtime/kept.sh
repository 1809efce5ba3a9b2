# shellcheck shell=sh
# What a run keeps on the host for those that somebody starts there, and for removals: its own script, as $PUMA_SCRIPT brings it, the
# command that starts it, and the settings of what is healthy. The script is there before anything else of the service, and in one
# step: half of one would be taken for a whole one.

# Whether the one that is there is of this version, as its first line tells: another's, whose run failed, is no part of what that
# has put back. Who asks for a run here brings none.
is_kept() {
  local line
  [ -n "$PUMA_SCRIPT" ] || return 0
  { read -r line <"$STATE/run.sh"; } 2>/dev/null && [ "$line" = "PUMA_SCRIPT_HASH=$PUMA_SCRIPT_HASH" ]
}

keep_script() {
  ! is_kept || return 0
  mark "keeping the script of this run"
  [ -d "$STATE" ] || make_folders "$STATE"
  umask 077
  printf %s "$PUMA_SCRIPT" | base64 -d | gzip -d >"$STATE/run.sh.new"
  umask 022
  to_disk "$STATE/run.sh.new"
  mv -f -- "$STATE/run.sh.new" "$STATE/run.sh"
  to_disk "$STATE"
  keep_command
  keep_readme
}

# The command is for people: a host where it cannot be is as good, and another's of this name stays. A user has none.
keep_command() {
  [ -z "$MANAGER" ] || return 0
  if [ -e "$COMMAND" ] && ! is_our_command; then
    say "note: $COMMAND is another's: what restarts $PUMA_SERVICE here is sh $STATE/run.sh restart $PUMA_SERVICE"
    return 0
  fi
  put_command 2>/dev/null || say "note: $COMMAND cannot be written here"
}

put_command() {
  mkdir -p -- "${COMMAND%/*}" && rm -f -- "$COMMAND.new" && print_command >"$COMMAND.new" && chmod 755 "$COMMAND.new" &&
    mv -f -- "$COMMAND.new" "$COMMAND"
}

# print_setting NAME VALUE: as a line that a shell reads.
print_setting() {
  local rest
  rest=$2
  printf %s "$1='"
  while [ "$rest" != "${rest#*\'}" ]; do
    printf %s "${rest%%\'*}'\\''"
    rest=${rest#*\'}
  done
  printf '%s\n' "$rest'"
}

# The files of the settings, without what is in them: that stands in its place.
print_files() {
  # shellcheck disable=SC2086 # words without any special character
  set -- $PUMA_FILES
  while [ $# != 0 ]; do
    printf '%s\n' "$1 $2 $3 $4 :"
    shift 5
  done
}

# In one step: half of them would be read as if there were no more. They are on disk with the record.
write_settings() {
  [ -n "$PUMA_SCRIPT$TARGET" ] || return 0
  umask 077
  if [ -n "$TARGET" ]; then cp -- "$GENERATIONS/$TARGET/settings" "$STATE/settings.new"; else print_settings >"$STATE/settings.new"; fi
  umask 022
  mv -f -- "$STATE/settings.new" "$STATE/settings"
}

# Those of a run with nothing to do, which may be others than those of the run before: how health is checked is in no unit.
refresh_settings() {
  [ -n "$PUMA_SCRIPT" ] || return 0
  [ "$(print_settings)" != "$(text_of "$STATE/settings")" ] || return 0
  write_settings
  to_disk "$STATE/settings"
}
