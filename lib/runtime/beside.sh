# shellcheck shell=sh
# Runs where the engine runs, from transport.sh: shows what a host prints, and runs what it asks for around its change (engine.sh). Its
# standard input is that output, descriptor 5 takes answers. Its settings have CDKTF_PUMA_ before them: BEFORE and AFTER, each a command
# for a shell, AROUND_TIMEOUT in seconds, and for the commands HOST, ADDRESS and IDENTITY. $1 is a folder of its own.
set -u
OWN=$1
LIMIT=$CDKTF_PUMA_AROUND_TIMEOUT
BEFORE=$CDKTF_PUMA_BEFORE
AFTER=$CDKTF_PUMA_AFTER
ASKS=$(printf '\001cdktf-puma asks ')
readonly OWN LIMIT BEFORE AFTER ASKS
times=0 # how often the host has asked; by answer

# What a command prints, as it may stand in a terminal.
printable_lines() {
  LC_ALL=C tr '\000-\010\013-\037\177' '?' | LC_ALL=C cut -b -500
}

# The processes below one, each before those that it has started: below PID
below() {
  { ps -A -o pid= -o ppid= 2>/dev/null || ps -o pid,ppid; } | awk -v first="$1" '
    { parent[$1] = $2 }
    END { for (pid in parent) for (p = parent[pid]; p in parent; p = parent[p]) if (p == first) { print pid; break } }'
}

# Asked to stop, it has a second.
stop() {
  local all
  all="$1 $(below "$1")"
  # shellcheck disable=SC2086 # processes
  kill -TERM $all 2>/dev/null
  sleep 1
  # shellcheck disable=SC2086 # processes
  kill -KILL $all 2>/dev/null
}

# perform COMMAND: to its end; why it failed is in $OWN/why.
perform() {
  local asked end code
  : >"$OWN/why"
  /bin/sh -c "exec $1" </dev/null >"$OWN/printed" 2>&1 5>&- &
  # A second that has begun is not a whole one.
  asked=$! end=$(($(date +%s) + LIMIT + 1)) code=0
  while kill -0 "$asked" 2>/dev/null; do
    if [ "$(date +%s)" -ge "$end" ]; then
      stop "$asked"
      echo "did not end within ${LIMIT}s ('timeout')" >"$OWN/why"
      break
    fi
    sleep 0.2
  done
  wait "$asked" 2>/dev/null || code=$?
  [ "$code" = 0 ] || [ -s "$OWN/why" ] || echo "failed with exit status $code where the engine runs" >"$OWN/why"
  printable_lines <"$OWN/printed" | sed 's/^/| /'
}

# Its last words, in one line.
last_words() {
  printable_lines <"$OWN/printed" | sed '/^[[:space:]]*$/d' | tail -n 3 | awk '{ printf "%s%s", (NR == 1 ? ": " : "; "), $0 }'
}

# answer WHAT: a run asks for no more than a few, so a host that asks on and on is not itself.
answer() {
  case $1 in
    before | after) times=$((times + 1)) ;;
    *) return 0 ;;
  esac
  case $1/$times in
    */?[0-9]*)
      : >"$OWN/printed"
      echo "is asked for too often" >"$OWN/why"
      ;;
    before/*) perform "$BEFORE" ;;
    after/*) perform "$AFTER" ;;
  esac
  if [ -s "$OWN/why" ]; then
    printf '%s\n' "$1 $(cat "$OWN/why")$(last_words)" >&5
  else
    printf '%s\n' "$1 ok" >&5
  fi
}

show() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      "$ASKS"*) answer "${line#"$ASKS"}" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}

show
