#!/bin/sh
# ExecStop= of a Puma service: asks Puma to stop, waits as long as requests are in flight, and ends the stop that
# never would. With Ruby 3.3 a server that has nothing left to do can hang while it closes its own pipe (puma#3677).
# Such a process still has the thread of its server, or of its control server, it has begun to give its sockets back,
# and it has no thread left that could serve a request or still work on one. (Puma ends idle ones after 30 seconds.)
# It ends by SIGSTKFLT, which nothing else sends and the unit takes as success, so that a kill stays a failure.
pid=$1

# All processes below one: with Puma's fork_worker, workers are children of the first of them.
below() {
  # shellcheck disable=SC2013 # words
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
    echo "$child"
    below "$child"
  done
}

# The inodes of the sockets that a process listens on.
listening() {
  inodes=$(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\]$/ \1 /p')
  [ -n "$inodes" ] || return 0
  grep -hE ' 0A |: [0-9A-F]+ [0-9]+ 00010000 ' /proc/net/tcp /proc/net/tcp6 /proc/net/unix 2>/dev/null | grep -oF "$inodes" | tr -d '\n'
}

# Whether a server thread still waits for connections, as far as the kernel tells: so a control server's does while
# Puma's own hooks run, long after the other servers have closed.
waits_for_connections() {
  for task in "/proc/$1/task/"*; do
    case $(cat "$task/comm" 2>/dev/null) in
      'puma srv' | 'puma ctl') ;;
      *) continue ;;
    esac
    case $(cat "$task/wchan" 2>/dev/null) in
      *poll_schedule_timeout* | *do_sys_poll* | *do_poll* | *do_select*) return 0 ;;
    esac
  done
  return 1
}

is_closing() {
  case $(cat /proc/"$1"/task/*/comm 2>/dev/null) in
    *'puma srv tp '[0-9]* | *'puma ctl tp '[0-9]*) return 1 ;;
    *'puma srv'* | *'puma ctl'*) ;;
    *) return 1 ;;
  esac
  case $before in
    *"/$1:$(listening "$1")/"*) return 1 ;;
  esac
  ! waits_for_connections "$1"
}

before=/
for process in $pid $(below "$pid"); do
  before="$before$process:$(listening "$process")/"
done

# At SIGTERM Puma stops its control server first, which can hang before any other server was told to finish; at SIGINT
# that comes last. But a Puma that still boots, and has no control server yet, heeds SIGTERM alone.
case $(cat "/proc/$pid/task/"*/comm 2>/dev/null) in
  *'puma ctl'*) signal=INT ;;
  *) signal=TERM ;;
esac
kill -s "$signal" "$pid" || exit 0
rounds=0 last=
while sleep 0.05 && kill -0 "$pid" 2>/dev/null; do
  stuck=
  for process in $pid $(below "$pid"); do
    if is_closing "$process"; then stuck="$stuck $process"; fi
  done
  if [ -n "$stuck" ] && [ "$stuck" = "$last" ]; then rounds=$((rounds + 1)); else rounds=0; fi
  last=$stuck
  if [ "$rounds" -ge 4 ]; then
    echo "Puma served its last request but hangs in its own shutdown (puma#3677): ending$stuck"
    # shellcheck disable=SC2086 # a list of processes
    kill -16 $stuck
  fi
done
