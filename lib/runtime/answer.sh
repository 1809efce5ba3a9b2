# shellcheck shell=sh
# Runs as root for each connection to a socket of a service's operators: $2 which service, $3 who called, as systemd names the instance
# of a connection: its last number is the user's. The connection is standard input and output: one word comes, the output of what it
# asks for goes, and "exit CODE" is the last line. It stands before the run's script, which is in the same file.
# Who calls can be anybody of a group, or what has taken over a process of his. So nothing but one of a few words is taken. A run
# writes to a file, and not to the connection, so that nobody holds it by not reading. turn.sh stands before it.
set -eu
umask 077
PUMA_SERVICE=$2 CALLER=${3##*-}
KEPT=/var/lib/cdktf-puma/$PUMA_SERVICE/run.sh
TURN=/var/lib/cdktf-puma/$PUMA_SERVICE/turn
# Tenths of a second that the rest of the output waits to be read, seconds that are left to others, and 4 KB of output that are kept.
PATIENCE=50 WHILE=5 BLOCKS=4096
export SUDO_USER='' # who asks, as a run names him; by answer
readonly PUMA_SERVICE CALLER KEPT TURN PATIENCE WHILE BLOCKS

# What one read has, and no more: a longer word is none, and one that does not come in its time neither.
read_word() {
  timeout -s KILL 10 dd bs=32 count=1 2>/dev/null | tr -d '\000'
}

# The name of a user; of one that is gone, the number.
name_of_caller() {
  local line
  line=$(getent passwd "$CALLER") || line="uid $CALLER:"
  printf %s "${line%%:*}"
}

# pass_on PROCESS: what is written, until a process has ended and all of it is read.
pass_on() {
  while kill -0 "$1" 2>/dev/null; do
    cat <&4 || return 0
    sleep 0.2
  done
  cat <&4 || :
}

# wait_at_most TENTHS PROCESS
wait_at_most() {
  local left
  left=$1
  while [ "$left" != 0 ] && kill -0 "$2" 2>/dev/null; do
    sleep 0.1
    left=$((left - 1))
  done
}

changes_something() {
  case $1 in
    restart | rollback) return 0 ;;
  esac
  return 1
}

# What is more than anybody reads is left out: the file is memory, and a task prints what it likes.
enough() {
  dd bs=4096 count="$BLOCKS" 2>/dev/null
  if [ "$(dd bs=1 count=1 2>/dev/null | wc -c)" != 0 ]; then
    echo
    echo "the rest of the output is left out: see the journal"
    cat >/dev/null
  fi
}

# do_as_asked WORD
do_as_asked() {
  local code
  ! changes_something "$1" || take_turn
  exec 5>&1
  code=$({ {
    code=0
    /bin/sh "$KEPT" "$1" "$PUMA_SERVICE" 5>&- 6>&- 9>&- || code=$?
    echo "$code" >&6
  } | enough >&5; } 6>&1)
  printf '%s\n' "exit $code"
  ! changes_something "$1" || end_turn
}

# answer WORD: what is asked for goes on to its end, whatever becomes of the connection.
answer() {
  local file asked reader
  file=$(mktemp /run/cdktf-puma-answer.XXXXXX)
  exec 3>>"$file"
  exec 4<"$file"
  rm -f -- "$file"
  SUDO_USER=$(name_of_caller)
  do_as_asked "$1" </dev/null >&3 2>&1 3>&- 4<&- &
  asked=$!
  pass_on "$asked" 3>&- &
  reader=$!
  wait "$asked" || :
  wait_at_most "$PATIENCE" "$reader"
}

word=$(read_word)
readonly word
case $word in
  restart | rollback | status | history) answer "$word" ;;
  *) printf '%s\n' "cdktf-puma: this takes one of these words: restart rollback status history" "exit 2" ;;
esac
