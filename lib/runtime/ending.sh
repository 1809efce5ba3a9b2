# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# How a run ends, and what it leaves to be read: by who applied, in the journal, and by the next run.

# For the journal, and for the next run to say of this one.
remember() {
  set -- "$(printf %s "$*" | tr -s '\n ' ' ')"
  audit "$service by $who: $*"
  leave_word "$*"
}

leave_word() {
  if [ ! -d "$state" ] || is_of_others; then return 0; fi
  if printf '%s\n' "$(date '+%Y-%m-%d %H:%M:%S') by $who: $*" 2>/dev/null >"$state/last.new"; then
    mv -f -- "$state/last.new" "$state/last"
  else
    rm -f "$state/last.new"
  fi
}

# The journal of the service and of what this run started beside it.
show_evidence() {
  say "--- systemctl status"
  # shellcheck disable=SC2086 # a list of units
  systemctl status --no-pager --full --lines=0 -- $units 2>&1 | sed '/^ *CGroup:/,/^$/d' || :
  say "--- $journal"
  # shellcheck disable=SC2086 # the words of a command
  $journal --no-pager --quiet --output=short --since="@$started" | tail -n 40 || :
  say "---"
}

cause_of_failure() {
  cat "$stage/cause" 2>/dev/null || printf 'this step did not succeed: %s' "$(cat "$stage/step" 2>/dev/null)"
}

# Puts back what was there before this run, or before one that was cut off, and sets became: what is said of it.
take_back() {
  attempt undo
  if [ "$code" = 0 ]; then
    became="$service is back to what it was"
  else
    became="$service could NOT be put back ($(cause_of_failure)): the next apply goes on from there"
  fi
}

# The same for a run that has changed nothing itself.
take_back_cut_off_run() {
  became="nothing was changed"
  if [ "$cut_off" = false ] || is_of_others; then return 0; fi
  take_back
  became="nothing was changed but what an earlier run, which was cut off, had begun: $became"
}

# Ends a run that failed: the cause first, then what became of the service, then where to look.
end_in_failure() {
  remember "failed: $1; $became"
  fail "$1
  $became
  look further: systemctl status $units; $journal"
}

# Ends a run that failed in the middle. Who asks it to stop has to wait until it has put back what was there.
roll_back() {
  trap '' TERM INT
  cause=$(cause_of_failure)
  show_evidence
  take_back
  end_in_failure "$cause"
}

# Ends a run that failed before it changed anything.
reject() {
  trap '' TERM INT
  cause=$(cause_of_failure)
  show_evidence
  end_leftovers
  take_back_cut_off_run
  [ "$cut_off" = true ] || forget_nothing_done
  end_in_failure "$cause"
}

# What a run that changed nothing had written down for going back.
forget_nothing_done() {
  rm -rf "$state/before.new"
  [ ! -d "$state/before" ] || forget_before
  [ -f "$state/record" ] || forget_state
}

# Ends a run for all that is known to be wrong before anything is touched.
stop_at_problems() {
  [ -n "$problems" ] || return 0
  trap '' TERM INT
  take_back_cut_off_run
  remember "$became:$problems"
  fail "$became, because of$problems"
}

# The last of a run: an end that nobody announced is named by its step.
leave() {
  code=$?
  [ "$code" = 0 ] || [ "$announced" = true ] || say "FAILED on $host: $(cause_of_failure)"
  rm -rf "$stage"
  rmdir /run/cdktf-puma 2>/dev/null || :
}
