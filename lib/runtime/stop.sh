# shellcheck shell=sh
# ExecStop= of a Puma service: asks Puma to stop, waits as long as requests are in flight, and ends the stop that
# never would. With Ruby 3.3 a server that has nothing left to do can hang while it closes its own pipe (puma#3677).
# Such a process still has the thread of its server, or of its control server, it has begun to give its sockets back,
# and that server has no thread left that could serve a request or still work on one. (Puma ends idle ones after 30
# seconds. Those of the control server do not count until the application's is gone.)
# It ends by SIGSTKFLT, which nothing else sends and the unit takes as success, so that a kill stays a failure.
# Before this stands processes.sh. $1 is the main process. This runs in the sandbox of the unit, or as root where that would keep
# it from seeing Puma (see sandbox.ts); in either case with the service's environment, whose PATH may name anything.

main='' # the process that is to stop; by stop

# The kernel's tables of sockets, of our own network and of the host's where that is another, from which systemd may have handed some
# to Puma: where many may be connected, to read one takes long. /proc/net is not there with ProcSubset=pid, but is no more than a
# link to the first of these.
tables() {
  local table
  # shellcheck disable=SC3013 # dash and busybox know -ef, and so does POSIX by now
  for table in tcp tcp6 unix; do
    [ ! -r "/proc/self/net/$table" ] || printf '%s ' "/proc/self/net/$table"
    [ ! -r "/proc/1/net/$table" ] || [ "/proc/1/net/$table" -ef "/proc/self/net/$table" ] || printf '%s ' "/proc/1/net/$table"
  done
}

# The inodes of the sockets that a process listens on.
listening() {
  # shellcheck disable=SC2046 # files
  open_sockets "/proc/$1/fd" | awk '
    FILENAME !~ /^\/proc/ { its[$1]; next }
    FILENAME ~ /unix$/ ? $4 != "00010000" : $4 != "0A" { next }
    { inode = FILENAME ~ /unix$/ ? $7 : $10 }
    ("socket:[" inode "]") in its { printf " %s", inode }' - $(tables)
}

# has_given_back PROCESS INODES: whether one of these sockets is no longer open. Nobody else has a say in that.
has_given_back() {
  local sockets inode
  sockets=$(open_sockets "/proc/$1/fd")
  for inode in $2; do
    case $sockets in
      *"socket:[$inode]"*) ;;
      *) return 0 ;;
    esac
  done
  return 1
}

# waits_for_connections PROCESS SERVER: whether the server's thread still waits for them, as far as the kernel tells.
waits_for_connections() {
  local task name waits
  for task in "/proc/$1/task/"*; do
    name='' waits=''
    { read -r name <"$task/comm"; } 2>/dev/null || :
    { read -r waits <"$task/wchan"; } 2>/dev/null || :
    [ "$name" = "$2" ] || continue
    case $waits in
      *poll_schedule_timeout* | *do_sys_poll* | *do_poll* | *do_select*) return 0 ;;
    esac
  done
  return 1
}

# is_closing PROCESS SOCKETS: whether it has begun to give its sockets back, and has nobody left to serve a request. The
# control server closes last: it waits while the hooks of Puma's end run, and also while the other one hangs.
is_closing() {
  local server sockets
  server='puma ctl'
  ! has_thread "$1" 'puma srv*' || server='puma srv'
  has_thread "$1" "$server" && ! has_thread "$1" "$server tp [0-9]*" || return 1
  sockets=${2#*"/$1:"}
  [ "$sockets" = "$2" ] || has_given_back "$1" "${sockets%%/*}" || return 1
  ! waits_for_connections "$1" "$server"
}

# The sockets that a Puma listens on with each of its processes: /PROCESS: INODE INODE/…
sockets_of() {
  local process
  printf /
  for process in $1 $(below "$1"); do printf '%s:%s/' "$process" "$(listening "$process")"; done
}

closing_processes() {
  local process
  for process in $1 $(below "$1"); do
    ! is_closing "$process" "$2" || printf ' %s' "$process"
  done
}

# At SIGTERM Puma stops its control server first, which can hang before any other server was told to finish; at SIGINT
# that comes last. But a Puma that still boots, and has no control server yet, heeds SIGTERM alone.
ask_to_stop() {
  if has_thread "$1" 'puma ctl*'; then kill -s INT "$1"; else kill -s TERM "$1"; fi
}

# systemd ends this helper when Puma has had its time (TimeoutStopSec=), and would then give it the same time once more.
run_out_of_time() {
  echo "Puma has not stopped in the time that its unit gives it: killing it"
  # shellcheck disable=SC2046 # a list of processes
  kill -9 "$main" $(below "$main") 2>/dev/null || :
  exit 1
}

stop() {
  local sockets stuck last rounds PATH
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  sockets=$(sockets_of "$1")
  ask_to_stop "$1" || return 0
  main=$1 last='' rounds=0
  trap run_out_of_time TERM
  while sleep 0.05 && kill -0 "$1" 2>/dev/null; do
    stuck=$(closing_processes "$1" "$sockets")
    if [ -n "$stuck" ] && [ "$stuck" = "$last" ]; then rounds=$((rounds + 1)); else rounds=0; fi
    last=$stuck
    # shellcheck disable=SC2086 # a list of processes
    case $rounds in
      4)
        echo "Puma served its last request but hangs in its own shutdown (puma#3677): ending$stuck"
        kill -16 $stuck
        ;;
      # The first process of a PID namespace (PrivatePIDs=) heeds no signal that it has no handler for.
      40) kill -9 $stuck ;;
    esac
  done
}

stop "$1"
