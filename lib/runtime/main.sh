# shellcheck shell=sh
# The run as a whole, from its first look to its last word.

deploy() {
  prepare
  is_of_others || clear_remains
  [ ! -f "$STATE/last" ] || say "last run: $(printable "$(first_line "$STATE/last")")"
  say_asked_since
  judge
  stop_at_problems
  if is_unchanged; then
    say "nothing to do: $PUMA_UNITS$OTHERS_UNIT as they should be"
    refresh
    put_in_at_the_end
  else
    change_host
  fi
}

# Runs a task before any host changes, once all that is known to be wrong on this one is.
do_task() {
  prepare
  wait_for_task_of_before
  if has_run; then
    # As what it was before it was renamed, too.
    record_task
    say "the task $PUMA_TASK_NAME has succeeded for release $(printable "$release") before: it does not run again"
    return 0
  fi
  judge
  [ -z "$problems" ] || fail "no task was run and no host was changed, because of$problems"
  trap interrupt TERM INT
  attempt run_task
  remove_mount_points
  [ "$code" = 0 ] || end_task_in_failure
  forget_surroundings_of_task
  record_task
  audit "$PUMA_SERVICE by $PUMA_WHO: the task $PUMA_TASK_NAME succeeded for release $release"
  say "done: the task $PUMA_TASK_NAME"
}

end_task_in_failure() {
  local cause
  trap '' TERM INT
  end_task
  forget_surroundings_of_task
  cause=$(cause_of_failure)
  audit "$PUMA_SERVICE by $PUMA_WHO: $(one_line "$cause")"
  fail "$cause
  no host was changed
  look further: $JOURNALCTL -u $TASK_UNIT"
}

# What a run with nothing to do writes down anew where it is another: a newer helper, a restart by hand.
refresh() {
  install_helpers
  keep_script
  refresh_settings
  forget_old_secrets || :
  recorded "$PUMA_SERVICE" generation
  generation=$found
  take_over_generation
  [ -n "$generation" ] || name_first_generation
  recorded "$PUMA_SERVICE" path
  [ "$(write_record "$release" "$found")" != "$(text_of "$STATE/record")" ] || return 0
  keep_copies live
  replace_record "$release" "$(application_path)"
}

# Of what an older version has installed, or somebody has started since. What is kept stopped is none.
name_first_generation() {
  ! is_kept_stopped || return 0
  started=$(date +%s)
  name_generation "$release" ''
}

# Who asks the run to stop, or its limit, ends what it is at. It is left to itself how it goes back.
interrupt() {
  local cause by
  trap '' TERM INT
  [ -n "$attempted" ] || return 0
  cause="the run was asked to stop, or has reached its limit, at this step: $(printable "$(first_line "$STAGE/step")")"
  by=$(printable "$(first_line "$STAGE/cancelled")")
  [ -z "$by" ] || cause="the run was cancelled by $by, at this step: $(printable "$(first_line "$STAGE/step")")"
  note cause "$cause"
  # shellcheck disable=SC2046 # processes
  kill -TERM "$attempted" $(below "$attempted") 2>/dev/null || :
  # Its name is wanted on the way back, too.
  end_what_is_asked
  [ "$PUMA_ACTION" != task ] || end_task
}

start_changing() {
  started=$(date +%s)
  trap interrupt TERM INT
  write_last "began, and did not end"
}

change_host() {
  start_changing
  recorded "$PUMA_SERVICE" hash
  change "${found:-nothing}"
}

change_as_asked() {
  prepare
  clear_remains
  judge
  stop_at_problems
  change_host
}

# change HASH: from the units of this hash.
change() {
  attempt keep_script
  [ "$code" = 0 ] || reject
  if [ "$rehearsed" = true ]; then
    attempt rehearse
    [ "$code" = 0 ] || reject
    read_host
  fi
  if has_around; then
    attempt take_out
    remove_mount_points
    [ "$code" = 0 ] || reject
  fi
  attempt begin
  [ "$code" = 0 ] || reject
  attempt converge_and_commit
  # Without what was there before, it had come to its end when it was asked to stop.
  [ "$code" = 0 ] || [ ! -d "$STATE/before" ] || roll_back
  remove_what_was_stopped
  log_end "${reason:+$reason; }from $1 to $PUMA_HASH${release:+, release $release}"
  put_in_at_the_end
  tell_of_companions
  say "done: $PUMA_UNITS$OTHERS_UNIT"
}

converge_and_commit() {
  if [ "$PUMA_ACTION" = restart ]; then take_up_what_is_there; else converge; fi
  commit
}

# A restart that somebody asks for on the host: of what is there, by the settings of what was healthy last, so that a version
# that is not changes nothing.
restart_as_asked() {
  trap leave EXIT
  [ -n "$TARGET" ] || settle_before_restart
  change_as_asked
}

settle_before_restart() {
  check_request
  make_stage
  settle_renames
  if is_cut_off "$PUMA_SERVICE"; then
    recall_predecessor
    put_back_what_was_there
  fi
  recorded "$PUMA_SERVICE" hash
  [ "$found" = "$PUMA_HASH" ] || fail "what is kept here of $PUMA_SERVICE is not of what runs: apply it here once more, with -replace"
  ! is_still_rolled_back || start_anew "$OF_NOW"
}

# go_back: to the generation that was found, whose settings these are.
go_back() {
  target_time=$(time_of_generation "$TARGET")
  change_as_asked
}

# Takes a drop-in away: as an apply that wants none, by the settings of what was healthy last.
withdraw() {
  trap leave EXIT
  make_stage
  if is_cut_off "$PUMA_SERVICE"; then put_back_what_was_there; fi
  # Of a first installation that was cut off nothing is left, once it is undone.
  if [ ! -f "$STATE/record" ]; then
    say "nothing of $PUMA_SERVICE is here"
    return 0
  fi
  ! is_anothers || return 0
  read_account
  read_units
  look
  compare
  decide
  start_changing
  attempt begin
  [ "$code" = 0 ] || reject
  attempt take_drop_in_away
  [ "$code" = 0 ] || roll_back
  remove_service "$PUMA_SERVICE"
  audit "$PUMA_SERVICE removed by $PUMA_WHO"
  say "$OTHERS_UNIT is without it"
}

main() {
  heed_lock
  case $PUMA_ACTION in
    check)
      check_without_root
      [ -z "$problems" ] || say "also wrong on $PUMA_HOST:$problems"
      ;;
    plan) plan ;;
    task) do_task ;;
    apply) deploy ;;
    restart) restart_as_asked ;;
    rollback) if [ -n "$TARGET" ]; then go_back; else find_way_back; fi ;;
    history) say_history ;;
    cancel) cancel ;;
    status) status ;;
    facts) show_facts ;;
    remove) remove ;;
    withdraw) withdraw ;;
    retain) remove ;;
  esac
}
