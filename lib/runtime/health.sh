# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Whether the Puma that was started is well. It is the one of the unit $watched; what is wrong with it is in $complaint.
watched=$service.service
complaint=''
# That of the start that is watched, once it is known.
invocation=''

# Seconds by a clock that nobody sets.
now() {
  cut -d. -f1 /proc/uptime
}

# Whether the Puma that was started is still the one that runs.
is_alive() {
  shown=$(systemctl show --property=ActiveState --property=NRestarts --property=InvocationID "$watched")
  # A systemd that is just being replaced says nothing.
  [ -n "$shown" ] || return 0
  case $shown in
    *ActiveState=failed* | *ActiveState=inactive*) complaint="Puma ended: $(property "$watched" Result)"; return 1 ;;
  esac
  case $shown in
    *NRestarts=0*) ;;
    *) complaint="Puma ended and systemd started it again"; return 1 ;;
  esac
  case $shown in
    *"InvocationID=$invocation"*) ;;
    *) complaint="Puma was started again by somebody else"; return 1 ;;
  esac
}

# What is wrong with a Puma, with the last that it said of it itself.
in_its_own_words() {
  journalctl --quiet --sync 2>/dev/null || :
  words=$(journalctl --quiet --output=cat --since="@$started" "_SYSTEMD_INVOCATION_ID=${invocation:-$(property "$watched" InvocationID)}" |
    grep -E '^! |Error' | tail -n 1)
  printf %s "$1${words:+: $words}"
}

give_up_on_puma() {
  give_up "$(in_its_own_words "$1")"
}

# What no question to Puma exits with.
gone=99

# Runs a question in the background, and gives it up as soon as Puma is gone.
ask_while_alive() {
  "$@" >"$stage/answer" 2>&1 &
  asking=$!
  while kill -0 "$asking" 2>/dev/null; do
    is_alive || { kill "$asking" 2>/dev/null || :; return "$gone"; }
    sleep 0.05
  done
  wait "$asking"
}

# A bind as a person would write it: http://0.0.0.0:9292, unix:/run/web.sock.
name_of() {
  printf %s "$1" | sed 's/ \([0-9a-f:]*:[0-9a-f:]*\) / [\1] /; s/^held //; s/^any //; s/^unix /unix:/; s/^\(https\{0,1\}\) /\1:\/\//; s/ \([0-9]*\)$/:\1/'
}

# Asks one bind until it answers, as long as Puma lives and until the deadline.
wait_for_bind() {
  while :; do
    code=0
    # shellcheck disable=SC2086 # a bind is two or three words
    ask_while_alive probe $1 || code=$?
    [ "$code" != 0 ] || return 0
    [ "$code" != "$gone" ] && is_alive || return 1
    complaint="$(name_of "$1") did not answer within ${2}s: $(tail -n 1 "$stage/answer")"
    [ "$(now)" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

wait_until_listening() {
  expected=$1
  while [ -z "$expected" ]; do
    is_alive || return 1
    expected=$(listening_binds)
    complaint="Puma listens nowhere after ${2}s"
    [ -n "$expected" ] || [ "$(now)" -lt "$deadline" ] || return 1
    [ -n "$expected" ] || sleep 0.1
  done
}

# wait_for_binds BINDS SECONDS: until every bind answers; without binds, those that Puma turns out to listen on.
wait_for_binds() {
  invocation=$(property "$watched" InvocationID)
  deadline=$(($(now) + $2))
  wait_until_listening "$1" "$2" || return 1
  [ "$health_kind" != tcp ] || expected=$(printf '%s\n' "$expected" | sed 's/^[a-z]* /held /')
  while read -r bind; do
    wait_for_bind "$bind" "$2" || return 1
    case $bind in
      held*) say "$(name_of "$bind") is held" ;;
      *) say "$(name_of "$bind") answers HTTP $(cat "$stage/answer")" ;;
    esac
  done <<EOF
$expected
EOF
  is_alive
}

has_status() {
  answer=$(probe "$@" 2>&1) || { printf '%s' "${answer%000}"; return 1; }
  [ "$answer" = "$health_status" ] || { printf 'HTTP %s' "$answer"; return 1; }
}

run_health_command() {
  # shellcheck disable=SC2086 # one assignment a line
  as_user env PUMA_BIND="$1" timeout -k 5 "$health_timeout" sh -c "cd -- \"\$1\" && exec $health_command" sh "$directory"
}

# Repeats a health check until it passes, its retries are used up, or Puma is gone.
wait_for_check() {
  tries=0
  until ask_while_alive "$@"; do
    is_alive || return 1
    complaint="the health check did not pass: $(tail -n 1 "$stage/answer")"
    tries=$((tries + 1))
    [ "$tries" -le "$health_retries" ] || return 1
    sleep "$health_interval"
  done
  say "the health check passes"
}

check_health() {
  case $health_kind in
    http)
      ask_path=$health_path ask_host=$health_host ask_headers=$health_headers ask_timeout=$health_timeout
      # shellcheck disable=SC2086 # a bind is two or three words
      wait_for_check has_status $1
      ;;
    command) wait_for_check run_health_command "$(name_of "$1")" ;;
  esac
}

# Lives on for the time that the service is given to show that it stays.
stay_alive() {
  until=$(($(now) + $1))
  while [ "$(now)" -lt "$until" ]; do
    is_alive || return 1
    sleep 0.1
  done
}

# wait_until_healthy BINDS SECONDS CHECKED: CHECKED is the bind that a health check over HTTP asks.
wait_until_healthy() {
  case $health_kind in
    none) invocation=$(property "$watched" InvocationID) ;;
    tcp) wait_for_binds "$1" "$2" || return 1 ;;
    *)
      wait_for_binds "$1" "$2" || return 1
      check_health "${3:-$(printf '%s\n' "$expected" | head -n 1)}" || return 1
      ;;
  esac
  stay_alive "$settle"
}
