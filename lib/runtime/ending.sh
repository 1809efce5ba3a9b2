# shellcheck shell=sh
# How a run ends, and what it leaves to be read: by who applied, in the journal, and by the next run.

# For the journal, and for the next run to say of this one.
log_end() {
  set -f
  # shellcheck disable=SC2048,SC2086 # its words
  set -- $*
  set +f
  audit "$PUMA_SERVICE by $PUMA_WHO: $*"
  write_last "$*"
}

write_last() {
  if [ ! -d "$STATE" ] || is_of_others; then return 0; fi
  # A cause can be what a health check printed, which is meant for who applies.
  umask 077
  if printf '%s\n' "$(date '+%Y-%m-%d %H:%M:%S') by $PUMA_WHO: $*" 2>/dev/null >"$STATE/last.new"; then
    mv -f -- "$STATE/last.new" "$STATE/last"
  else
    rm -f "$STATE/last.new"
  fi
  umask 022
}

# The command that shows the journal of the service and of what this run started beside it.
journal() {
  local unit
  printf %s "$JOURNALCTL -u $SERVICE_UNIT"
  for unit in $PUMA_SOCKETS; do printf %s " -u $unit"; done
  [ "$PUMA_REHEARSE" != true ] || printf %s " -u $(candidate_unit rehearsal)"
  [ "$PUMA_RESTART" != overlap ] || printf %s " -u $(candidate_unit standin)"
  [ "$PUMA_HEALTH_KIND" != command ] || printf %s " -u $ASKED_UNIT"
}

show_evidence() {
  say "--- $SYSTEMCTL status"
  # shellcheck disable=SC2086 # a list of units
  systemctl status --no-pager --full --lines=0 -- $PUMA_UNITS $OTHERS_UNIT 2>&1 | sed '/^ *CGroup:/,/^$/d' | printable_lines || :
  say "--- $(journal)"
  # shellcheck disable=SC2046 # the words of a command
  $(journal) --no-pager --quiet --output=short --since="@$started" | printable_lines | shorten_backtraces | tail -n 40 || :
  if [ -s "$STAGE/written" ]; then
    say "--- in the files that its output goes to"
    printable_lines <"$STAGE/written" | shorten_backtraces | tail -n 40 || :
  fi
  say "---"
}

# Of each backtrace its first lines, so that what it is of is seen.
shorten_backtraces() {
  awk '
    function skip() { if (n > 5) print "    [... " n - 5 " more of them]"; n = 0 }
    /[ \t]from [^ ]+:[0-9]*:?in / || /(^|: ) +[^ ]+:[0-9]+:in / { if (++n <= 5) print; next }
    { skip(); print }
    END { skip() }'
}

# Puts back what was there before this run, or before one that was cut off, and sets became.
roll_back_to_snapshot() {
  attempt undo
  if [ "$code" = 0 ]; then
    became="${predecessor:-$PUMA_SERVICE} is back to what it was"
  else
    became="${predecessor:-$PUMA_SERVICE} could NOT be put back ($(cause_of_failure)): the next apply goes on from there"
  fi
}

# The same for a run that has changed nothing itself.
roll_back_cut_off_run() {
  became="nothing was changed"
  if [ "$cut_off" = false ] || is_of_others; then return 0; fi
  roll_back_to_snapshot
  became="nothing was changed but what an earlier run, which was cut off, had begun: $became"
}

# The units that are there now: the former ones of a service whose new name did not last.
units_there() {
  local units
  units=$PUMA_UNITS$OTHERS_UNIT
  [ -z "$predecessor" ] || units=$(former_units)
  printf %s "${units% }"
}

# Ends a run that failed: the cause first, then what became of the service, then where to look.
end_in_failure() {
  log_end "failed: $1; $became"
  fail "$1
  $became
  look further: $SYSTEMCTL status $(units_there); $(journal)"
}

# Ends a run that failed in the middle. Who asks it to stop has to wait until it has put back what was there.
roll_back() {
  local cause
  trap '' TERM INT
  cause=$(cause_of_failure)
  show_evidence
  roll_back_to_snapshot
  put_in_after_failure
  end_in_failure "$cause"
}

# Ends a run that failed before it changed anything.
reject() {
  local cause
  trap '' TERM INT
  cause=$(cause_of_failure)
  show_evidence
  look
  end_leftovers "$PUMA_START_TIMEOUT"
  roll_back_cut_off_run
  put_in_after_failure
  [ "$cut_off" = true ] || forget_nothing_done
  end_in_failure "$cause"
}

# What a run that changed nothing had written down for going back.
forget_nothing_done() {
  rm -rf "$STATE/before.new"
  [ ! -d "$STATE/before" ] || forget_before
  [ -f "$STATE/record" ] || forget_state
}

# enumerated PROBLEMS: one behind the other.
enumerated() {
  local line all
  all=''
  while IFS= read -r line; do
    case $line in
      '') ;;
      "  - "*) all="$all${all:+;} ${line#  - }" ;;
      *) all="$all $line" ;;
    esac
  done <<EOT
$1
EOT
  printf %s "$all"
}

# Ends a run for all that is known to be wrong before anything is touched.
stop_at_problems() {
  [ -n "$problems" ] || return 0
  trap '' TERM INT
  roll_back_cut_off_run
  log_end "failed: $became:$(enumerated "$problems")"
  fail "$became, because of$problems"
}
