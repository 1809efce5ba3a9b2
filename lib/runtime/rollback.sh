# shellcheck shell=sh
# A rollback that somebody asks for on the host: first to which generation, by what is kept now; then the run of that generation, by
# its settings, in the same turn.

find_way_back() {
  local id cut
  trap leave EXIT
  check_request
  make_stage
  settle_renames
  id='' cut=false
  if is_cut_off "$PUMA_SERVICE"; then
    cut=true
    id=$(first_line "$STATE/before/rollback")
    recall_predecessor
    put_back_what_was_there
  fi
  if [ "$cut" = true ] && [ -z "$id" ]; then
    end_with_what_was_cut_off
  else
    [ "$cut" = true ] || check_that_it_still_runs
    start_way_back
  fi
}

# What somebody wants to go back from is what was being put there.
end_with_what_was_cut_off() {
  log_end "back to what was healthy before a run that was cut off"
  say "done: $PUMA_UNITS$OTHERS_UNIT: what the run had begun that was cut off is undone, and that was the rollback; ask once more to go back further"
}

# Two who ask at once mean the same step.
check_that_it_still_runs() {
  local line
  recorded "$PUMA_SERVICE" generation
  line=$found
  [ "${line%% *}" = "$ASKED_OF" ] ||
    fail "something else came to $PUMA_SERVICE while this waited ($(printable "${line#* * }")), so nothing was changed: see '$COMMAND history $PUMA_SERVICE', and ask once more"
}

start_way_back() {
  local id
  generation_before
  id=$found
  [ -n "$id" ] ||
    fail "there is no generation of $PUMA_SERVICE before the one that runs, so nothing was changed: what was gone back from comes again by an apply, and of what was healthy before nothing is kept"
  check_generation "$id"
  say_target "$id"
  start_anew "$id"
}

# check_generation ID: whether it can be gone back to by what is here.
check_generation() {
  local folder path link
  folder=$GENERATIONS/$1
  if ! grep -qx "PUMA_SETTINGS_ARE=$PUMA_SETTINGS_FORM" "$folder/settings" 2>/dev/null ||
    { [ -z "$OTHERS_UNIT" ] && [ ! -f "$folder/live/$SERVICE_UNIT" ]; }; then
    fail "the generation of $(time_of_generation "$1") was kept by another version of cdktf-puma, or is not whole, so nothing was changed: apply what you want to go back to"
  fi
  [ -z "$OTHERS_UNIT" ] || return 0
  recorded "$PUMA_SERVICE/generations/$1" path
  path=$found
  link=$(sed -n 's/^WorkingDirectory=//p' "$folder/live/$SERVICE_UNIT" | tail -n 1)
  if [ -n "$path" ] && { [ ! -d "$path" ] || [ ! -x "$(old_executable "$folder/live/$SERVICE_UNIT" "$link" "$path")" ]; }; then
    fail "the code of the generation of $(time_of_generation "$1") is gone from $path, so nothing was changed: keep more releases, and apply what you want to go back to"
  fi
}

say_target() {
  say "going back to the generation of $(time_of_generation "$1")$(code_in "$PUMA_SERVICE/generations/$1")"
}
