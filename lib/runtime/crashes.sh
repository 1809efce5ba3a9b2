# shellcheck shell=sh
# A Puma that crashes again and again, as whoever looks at it sees it: by what systemd counts and says.

# said_at UNIT FIELD...: sets found to when the machine's systemd last said something of a unit, in seconds of the clock, by what else it
# said with it.
said_at() {
  local unit line
  unit=$1
  shift
  line=$(journalctl --quiet --output=short-unix --lines=1 "UNIT=$unit" _UID=0 "$@" 2>/dev/null) || :
  found=${line%%.*}
  case $found in
    *[!0-9]*) found='' ;;
  esac
}

# tell_crashes SECONDS WAIT: of a Puma that has been up for so many seconds, whose next start systemd makes after that wait. A life of a
# minute ends the row (ended.sh), and an end that systemd has not counted yet is one more.
tell_crashes() {
  local crashes sub
  property "$SERVICE_UNIT" SubState
  sub=$found
  property "$SERVICE_UNIT" NRestarts
  crashes=${found:-0}
  tell restarts "$crashes"
  case $sub in
    auto-restart*) crashes=$((crashes + 1)) ;;
    failed) crashes=1 ;;
    dead) return 0 ;;
  esac
  if [ "$crashes" = 0 ] || [ "$1" -ge 60 ]; then return 0; fi
  tell crashes "$crashes"
  [ "$sub" = failed ] || tell_row "$crashes"
  tell_cause
  case $sub in
    auto-restart*) tell next_start "$2" ;;
  esac
}

# tell_row CRASHES: since when, and who was told.
tell_row() {
  said_at "$SERVICE_UNIT" N_RESTARTS=1
  [ -n "$found" ] || return 0
  tell crashing_since "$found"
  started=$found
  [ -n "$PUMA_ALARM" ] || return 0
  tell alarm "$PUMA_ALARM"
  said_at "$PUMA_ALARM" JOB_TYPE=start
  if [ "$1" -ge 3 ] && [ -n "$found" ] && [ "$found" -ge "$started" ]; then tell alarm_at "$found"; fi
}

# In the words of Puma itself, or of what starts it.
tell_cause() {
  note_ends
  tell cause "$(cause_of_start true 0)"
}

# The ends of the files that its output goes to count as written since.
note_ends() {
  local path n size
  n=0
  true >"$STAGE/output"
  output_files
  while read -r path; do
    [ -f "$path" ] || continue
    n=$((n + 1))
    size=$(bytes_of "$path")
    true >"$STAGE/output.$n"
    printf '%s %s %s\n' "$n" "$((size > 16384 ? size - 16384 : 0))" "$path" >>"$STAGE/output"
  done <<EOT
$found
EOT
}
