# shellcheck shell=sh
# Whether the process that systemd started is Puma. Where a script does not exec it, Puma is a child of that: it is not passed the
# sockets, and nobody listens as it tells that it is ready.

# Whether another process than the main one said, in the start that is watched, that it is Puma. Of one that could not be watched
# yet, systemd knows the last.
is_puma_another() {
  local start main
  start=$invocation
  main=$first_pid
  if [ -z "$start" ] || [ "${main:-0}" = 0 ]; then
    property "$watched" InvocationID
    start=$found
    property "$watched" ExecMainPID
    main=$found
  fi
  [ -n "$start" ] && [ "${main:-0}" != 0 ] || return 1
  journalctl --quiet --output=short --since="@$started" "_SYSTEMD_INVOCATION_ID=$start" | printable_lines |
    awk -v main="$main" '
    /\]: (\[[0-9]+\] )?Puma starting in / && match($0, /\[[0-9]+\]: /) { n++; if (substr($0, RSTART + 1) + 0 == main) same = 1 }
    END { exit !n || same }'
}

# complain_of_main_process COMPLAINT: the complaint, or what it comes of where Puma has to be the main process, and is not. A daemon
# is never the process that systemd started, and names itself in its PID file.
complain_of_main_process() {
  local where
  if [ "$PUMA_DAEMON" != true ] && { [ "$PUMA_NOTIFIES" = true ] || [ -n "$PUMA_SOCKETS" ]; } && is_puma_another; then
    where=${1#*, in }
    [ "$where" != "$1" ] || where=''
    printf %s "the main process of $watched is not Puma, but what started it: let that end with 'exec' ('command')${where:+, in $where}"
  else
    printf %s "$1"
  fi
}

# change_watched VERB UNIT...: as change_units does it. A start for which systemd would wait in vain until its time is over is ended.
change_watched() {
  local watching ended before
  property "$watched" InvocationID
  before=$found ended=0
  if [ "$PUMA_NOTIFIES" != true ]; then
    change_units "$@" || ended=$?
  else
    note start ''
    stop_what_tells_in_vain >/dev/null 2>&1 &
    watching=$!
    change_units "$@" || ended=$?
    kill "$watching" 2>/dev/null || :
  fi
  [ "$ended" = 0 ] || watch_failed_start "$before"
  # Its script is gone, and nobody sees to it that such a Puma does not hang as it stops.
  if [ "$ended" != 0 ] && [ "$PUMA_NOTIFIES" = true ] && tells_in_vain; then
    systemctl kill --signal=KILL -- "$watched" 2>/dev/null || :
  fi
  return "$ended"
}

# watch_failed_start BEFORE: the start that failed is the one to tell of, and not that of the invocation BEFORE it. systemd soon
# begins another, and may have by now. Where it has, what has looked at it meanwhile knows its process.
watch_failed_start() {
  look
  property "$watched" InvocationID
  invocation=$found
  property "$watched" ExecMainPID
  first_pid=$found
  # shellcheck disable=SC2046 # two words
  set -- $(failed_start "$1")
  [ $# = 2 ] || return 0
  failed_with=$2
  [ "$1" != "$invocation" ] || return 0
  invocation=$1 first_pid=0
  # shellcheck disable=SC2046 # two words
  set -- $(text_of "$STAGE/start")
  [ "${1:-}" != "$invocation" ] || first_pid=$2
}

# failed_start BEFORE: the invocation of the last start that failed, and how, as systemd itself says.
failed_start() {
  journalctl --quiet --sync 2>/dev/null || :
  journalctl --quiet --output=export --since="@$started" _PID=1 "UNIT=$watched" MESSAGE_ID=d9b373ed55a64feb8242e02dbe79a49c 2>/dev/null |
    awk -F= -v before="$1" '
      function end() { if (id != "" && id != before) last = id " " result; id = result = "" }
      $1 == "INVOCATION_ID" { id = $2 }
      $1 == "UNIT_RESULT" { result = $2 }
      /^$/ { end() }
      END { end(); print last }'
}

stop_what_tells_in_vain() {
  local start
  while sleep 5; do
    ! tells_in_vain || systemctl stop --no-block -- "$watched"
    property "$watched" InvocationID
    start=$found
    property "$watched" ExecMainPID
    note start "$start $found"
  done
}

# Whether systemd heeds the main process alone, and that is not Puma.
tells_in_vain() {
  look
  property "$watched" NotifyAccess
  [ "$found" = main ] && is_puma_another
}
