# shellcheck shell=sh
# Whether the Puma that was started is healthy. What is wrong with it is in complaint.

# From now on the start of this unit that runs now is watched.
watch() {
  watched=$1
  look
  property "$1" InvocationID
  invocation=$found
  property "$1" MainPID
  main_pid=$found first_pid=$found
}

# Whether the start that is watched still runs: as long as its process is there, nobody else is asked.
is_alive() {
  if [ "${main_pid:-0}" != 0 ] && [ -e "/proc/$main_pid" ]; then return 0; fi
  is_same_start
}

# The same in systemd's words, which know of a process that came in the place of another.
is_same_start() {
  look
  property "$watched" MainPID
  main_pid=$found
  complaint=''
  property "$watched" ActiveState
  # A systemd that is just being replaced says nothing.
  [ -n "$found" ] || return 0
  complain_of_an_end
  [ -n "$complaint" ] || complain_of_another_start
  [ -z "$complaint" ]
}

# An end that systemd has not counted yet, as it waits for RestartSec= or still clears up.
complain_of_an_end() {
  local state
  property "$watched" ActiveState
  state=$found
  property "$watched" SubState
  case $state/$found in
    failed/* | inactive/* | deactivating/* | */auto-restart*)
      property "$watched" Result
      complaint="Puma ended: $found"
      ;;
  esac
}

complain_of_another_start() {
  property "$watched" NRestarts
  if [ "$found" != 0 ]; then
    complaint="Puma ended and systemd started it again"
    return 0
  fi
  property "$watched" InvocationID
  [ "$found" = "$invocation" ] || complaint="Puma was started again by somebody else"
}

# Runs a question in the background, and gives it up as soon as Puma is gone. Its answer is in $STAGE/answer.
ask_while_alive() {
  local asking pause
  pause=0.05
  "$@" >"$STAGE/answer" 2>&1 &
  asking=$!
  while kill -0 "$asking" 2>/dev/null; do
    sleep "$pause"
    if [ "$pause" = 0.05 ]; then pause=0.1; else pause=0.2; fi
    if ! is_alive; then
      kill "$asking" 2>/dev/null || :
      end_what_is_asked
      return 1
    fi
  done
  wait "$asking"
}

# The last line of the answer, however long it is, without the status that curl makes of none.
answer() {
  tail -c 2000 "$STAGE/answer" | printable_lines | sed 's/^000//; /^$/d' | tail -n 1
}

# What it answers who succeeds: a status.
answered_status() {
  printable "$(tail -c 3 "$STAGE/answer")"
}

# A bind as a person would write it: http://0.0.0.0:9292, unix:/run/web.sock. Where none is declared, Puma names its sockets.
name_of() {
  local scheme address port
  read -r scheme address port <<EOT
$1
EOT
  case $address in
    *:*) address="[$address]" ;;
  esac
  case $scheme in
    held | any) scheme='' ;;
    unix) scheme=unix: ;;
    *) scheme=$scheme:// ;;
  esac
  printf %s "$scheme$address${port:+:$port}"
}

# wait_for_bind BIND SECONDS DEADLINE: until it answers, as long as Puma lives.
wait_for_bind() {
  until ask_while_alive probe_simply "$1"; do
    is_alive || return 1
    [ "$(now)" -lt "$3" ] || {
      complaint="$(printable "$(name_of "$1")") did not answer within ${2}s ('startTimeout'): $(answer)"
      return 1
    }
    sleep 0.1
  done
}

# wait_until_listening BINDS SECONDS DEADLINE: sets expected; without binds, to those that Puma turns out to listen on.
wait_until_listening() {
  expected=$1
  while [ -z "$expected" ]; do
    is_alive || return 1
    expected=$(listening_binds)
    complaint="Puma listens nowhere after ${2}s ('startTimeout')"
    [ -n "$expected" ] || [ "$(now)" -lt "$3" ] || return 1
    [ -n "$expected" ] || sleep 0.1
  done
}

# wait_for_binds KIND BINDS SECONDS: until every bind answers HTTP, or with the kind "tcp" until somebody listens there.
wait_for_binds() {
  local deadline bind
  deadline=$(($(now) + $3))
  wait_until_listening "$2" "$3" "$deadline" || return 1
  while read -r bind; do
    [ "$1" != tcp ] || bind="held ${bind#* }"
    wait_for_bind "$bind" "$3" "$deadline" || return 1
    case $bind in
      held*) say "somebody listens at $(printable "$(name_of "$bind")")" ;;
      *) say "$(printable "$(name_of "$bind")") answers HTTP $(answered_status)" ;;
    esac
  done <<EOT
$expected
EOT
}

# has_status BIND HEADERS
has_status() {
  local status ended
  ended=0
  # Not a pipe: who asks can be the application's user, who could hold one and let us wait for its end.
  probe "$1" "$PUMA_HEALTH_PATH" "$PUMA_HEALTH_HOST" "$PUMA_HEALTH_TIMEOUT" "$2" >"$STAGE/status" 2>&1 || ended=$?
  status=$(tail -c 2000 "$STAGE/status")
  [ "$ended" = 0 ] || {
    printf '%s' "${status%000}"
    return 1
  }
  [ "$status" = "$PUMA_HEALTH_STATUS" ] || {
    printf 'HTTP %s' "$status"
    return 1
  }
}

# What the command prints goes to the journal: a file or a pipe of ours would be in the hands of the application.
run_health_command() {
  local told
  surround_as_watched || return 1
  # shellcheck disable=SC2016 # its own variable
  told=$(run_surrounded "$PUMA_HEALTH_TIMEOUT" StandardOutput=journal -- \
    /bin/sh -c 'export PUMA_BIND="$1"; shift; exec '"$PUMA_HEALTH_COMMAND" sh "$1" 2>&1) && return 0
  journalctl --quiet --sync 2>/dev/null || :
  journalctl --quiet --output=cat --lines=1 --since="@$started" "_SYSTEMD_UNIT=$ASKED_UNIT" | printable_lines || :
  case $told in
    *"result: timeout"*) echo "it did not end within ${PUMA_HEALTH_TIMEOUT}s" ;;
  esac
  return 1
}

# warm_up BIND HEADERS: asks for each path of the list once, as long as Puma lives.
warm_up() {
  local path
  while read -r path; do
    [ -n "$path" ] || continue
    ask_while_alive is_warm "$1" "$path" "$2" || {
      is_alive || return 1
      complaint="the warm-up failed at $path ('healthCheck'): $(answer)"
      return 1
    }
    say "warm-up: $path answers HTTP $(answered_status)"
  done <<EOT
${PUMA_WARM_UP:-}
EOT
}

# is_warm BIND PATH HEADERS: a page that is not there, or wants a login, has warmed up what answers so.
is_warm() {
  probe "$1" "$2" "$PUMA_HEALTH_HOST" "$PUMA_WARM_UP_TIMEOUT" "$3" >"$STAGE/status" 2>&1 || {
    tail -c 2000 "$STAGE/status"
    return 1
  }
  printf 'HTTP %s' "$(tail -c 3 "$STAGE/status")"
  case $(tail -c 3 "$STAGE/status") in
    5*) return 1 ;;
  esac
}

# Repeats a health check until it passes, its retries are used up, or Puma is gone.
wait_for_check() {
  local tries
  tries=0
  until ask_while_alive "$@"; do
    is_alive || return 1
    tries=$((tries + 1))
    [ "$tries" -le "$PUMA_HEALTH_RETRIES" ] || {
      complaint="the health check did not pass: $(answer)"
      return 1
    }
    sleep "$PUMA_HEALTH_INTERVAL"
  done
  say "the health check passes"
}

# Lives on for the time that the service is given to show that it stays. What has answered may have been another.
stay_alive() {
  local end left
  end=$(($(now_in_hundredths) + PUMA_SETTLE * 100))
  while
    left=$((end - $(now_in_hundredths)))
    [ "$left" -gt 0 ]
  do
    is_alive || return 1
    if [ "$left" -lt 50 ]; then sleep "$(printf 0.%02d "$left")"; else sleep 0.5; fi
  done
  is_same_start
}

# wait_until_healthy BINDS CHECKED HEADERS: CHECKED is the bind that a health check asks, with these headers.
wait_until_healthy() {
  local checked
  if [ "$PUMA_HEALTH_KIND" != none ]; then
    wait_for_binds "$PUMA_HEALTH_KIND" "$1" "$PUMA_START_TIMEOUT" || return 1
    checked=${2:-${expected%%"
"*}}
    case $PUMA_HEALTH_KIND in
      http) warm_up "$checked" "$3" && wait_for_check has_status "$checked" "$3" || return 1 ;;
      command) wait_for_check run_health_command "$(name_of "$checked")" || return 1 ;;
    esac
  fi
  stay_alive
}

# wait_until_serving SECONDS: until its processes accept connections.
wait_until_serving() {
  local deadline
  deadline=$(($(now) + $1))
  until is_serving "$main_pid"; do
    is_alive || return 1
    complaint="Puma was not ready within ${1}s ('startTimeout')"
    [ "$(now)" -lt "$deadline" ] || return 1
    sleep 0.1
  done
  is_same_start
}
