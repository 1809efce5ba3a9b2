# shellcheck shell=sh
# The run's own script, as it stays on the host for removals: $PUMA_SCRIPT is the whole of it, as gzip and base64. It is there before
# anything else of the service, and in one step: half of one would be taken for a whole one.

# Whether the one that is there is of this version, as far as the record tells.
is_kept() {
  recorded "$PUMA_SERVICE" script
  [ "$found" = "$PUMA_SCRIPT_HASH" ] && [ -f "$STATE/run.sh" ]
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
}
