# shellcheck shell=sh
# A task of the version that is to come: a command that runs once for each release, by the lines of the new unit, in a unit of its
# own. What it prints comes by way of the journal: a pipe of ours would be in the hands of the application.

# Whether it has succeeded for this release: as this service's, or, where that has not run it yet, as that of its former name.
has_run() {
  local line file
  for file in "$STATE/tasks" "$ROOT/${predecessor:-$PUMA_SERVICE}/tasks"; do
    [ -f "$file" ] || continue
    while IFS= read -r line; do
      case $line in
        "$PUMA_TASK_KEY $release") return 0 ;;
        "$PUMA_TASK_KEY "*) return 1 ;;
      esac
    done <"$file"
  done
  return 1
}

# Notes that it has. Of each task the last release counts: a release that comes back is a new one.
record_task() {
  make_folders "$STATE"
  {
    sed "/^$PUMA_TASK_KEY /d" "$STATE/tasks" 2>/dev/null || :
    printf '%s\n' "$PUMA_TASK_KEY $release"
  } >"$STATE/tasks.new"
  to_disk "$STATE/tasks.new"
  mv -f -- "$STATE/tasks.new" "$STATE/tasks"
  to_disk "$STATE"
}

# What a run that was killed has left running: nobody knows what it is at, so it is left to itself until its own limit.
wait_for_task_of_before() {
  is_task_under_way || return 0
  say "a task of a run that was killed is still under way: waiting for its end"
  while is_task_under_way; do sleep 1; done
}

is_task_under_way() {
  case $(systemctl show --property=ActiveState --value -- "$TASK_UNIT") in
    active | activating | deactivating) return 0 ;;
  esac
  return 1
}

# One that is asked to stop has ten seconds.
end_task() {
  systemctl stop -- "$TASK_UNIT" 2>/dev/null || :
}

forget_surroundings_of_task() {
  rm -rf -- "${RUN_UNITS:?}/$TASK_UNIT.d"
}

# By the lines of the service that is to come, word for word, and with its files.
surround_task() {
  make_folders "$RUN_UNITS/$TASK_UNIT.d"
  hide_drop_ins_for_all "$TASK_UNIT"
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  directives '' "$PUMA_LEFT_TO_PUMA" "$STAGE/new$ETC/$SERVICE_UNIT" $(drop_ins_of_others) \
    >"$RUN_UNITS/$TASK_UNIT.d/10-service.conf"
  show_new_files "$RUN_UNITS/$TASK_UNIT.d/10-service.conf"
}

# From here on the journal is shown.
begin_output() {
  journalctl --quiet --output=cat --lines=1 --show-cursor 2>/dev/null | sed -n '$s/^-- cursor: /--cursor=/p' >"$STAGE/place" || :
}

# Of what a command printed, three lines that may tell why it failed: the last, or what stands behind Rake's own "rake aborted!". Where in
# the code it came to that, a backtrace tells, and Rake behind it.
lines_that_tell() {
  awk '
    / aborted!$/ { is_aborted = 1; count = 0 }
    /^[ \t]*$/ || /^[ \t]+(from|at) / || /^[ \t]*[^ \t]+:[0-9]+:in [`\047][^\047]*\047$/ { next }
    /^Caused by:$/ || /^Tasks: TOP => / || /^\(See full trace by running task with --trace\)$/ { next }
    is_aborted && count == 3 { next }
    { line[++count] = $0 }
    END { for (i = count > 3 ? count - 2 : 1; i <= count; i++) print line[i] }'
}

# show_output UNIT: what came of it to the journal since it was last looked at, and keeps the last lines. After an entry that is not the unit's, systemd
# 247 leaves out the first that is: so it is from that entry on at first.
show_output() {
  journalctl --quiet --output=cat --show-cursor "$(text_of "$STAGE/place")" "_SYSTEMD_UNIT=$1" \
    >"$STAGE/shown" 2>/dev/null || :
  # What an application prints stands before the last line.
  sed '$d' "$STAGE/shown" | printable_lines >"$STAGE/lines"
  [ -s "$STAGE/lines" ] || return 0
  sed -n '$s/^-- cursor: /--after-cursor=/p' "$STAGE/shown" >"$STAGE/place"
  sed 's/^/| /' "$STAGE/lines" 2>/dev/null || :
  cat -- "$STAGE/last-lines" "$STAGE/lines" 2>/dev/null | lines_that_tell >"$STAGE/last-lines.new" || :
  mv -f -- "$STAGE/last-lines.new" "$STAGE/last-lines"
}

# run_shown UNIT DESCRIPTION SECONDS_TO_STOP SECONDS SCRIPT NAME: to its end, in a unit that is prepared. Fails with a cause. The
# journal drops none of its lines, however many there are: the last tell why it failed.
run_shown() {
  local seconds name asking ended
  seconds=$4 name=$6
  rm -f -- "$STAGE/last-lines"
  begin_output
  run_as "$1" "$2" "$3" "$seconds" "StandardOutput=journal
LogRateLimitIntervalSec=0" -- /bin/sh -c "$5" >"$STAGE/asked" 2>&1 &
  asking=$! ended=0
  while kill -0 "$asking" 2>/dev/null; do
    sleep 0.5
    show_output "$1"
  done
  wait "$asking" || ended=$?
  journalctl --quiet --sync 2>/dev/null || :
  show_output "$1"
  [ "$ended" = 0 ] || give_up "$(why_it_failed "$name" "$seconds")"
}

run_task() {
  step "running the task $PUMA_TASK_NAME for release $(printable "$release")"
  surround_task
  run_shown "$TASK_UNIT" "A task of $SERVICE_UNIT" 10 "$PUMA_TASK_TIMEOUT" "exec $PUMA_TASK" "the task $PUMA_TASK_NAME"
}

# why_it_failed NAME SECONDS: in systemd's words: "code=exited/status=3", or "code=killed, status=9/KILL".
why_it_failed() {
  local words how status last
  words=$(text_of "$STAGE/asked")
  how=${words##*code=}
  how=${how%%"
"*}
  status=${how##*status=}
  last=$(last_words)
  case $words/$how in
    *"Finished with"*timeout*/*) printf %s "$1 did not end within ${2}s ('timeout')$last" ;;
    */exited*status=2??/*) printf %s "$1 was not run as systemd could not start it ($status)$last" ;;
    */exited*) printf %s "$1 failed with exit status ${status%%/*}$last" ;;
    */killed* | */dumped*) printf %s "$1 was ended by a signal ($status)$last" ;;
    *) printf %s "$1 was not started: $(printable "$(one_line "$words")")" ;;
  esac
}

last_words() {
  local line words
  words=''
  while IFS= read -r line; do words="$words${words:+; }$line"; done <<EOT
$(text_of "$STAGE/last-lines")
EOT
  printf %s "${words:+: $words}"
}
