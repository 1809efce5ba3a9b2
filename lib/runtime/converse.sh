# shellcheck shell=sh
# Stands before transport.sh where a host asks for something that runs beside the engine.

# The end of what is sent. Its last line is a whole, behind which the shell there reads nothing of what comes.
close() {
  printf '}\n{ exec 6<&0; converse "$@"; exit; }\n'
}

# The answers, each as it comes.
forward() {
  local answer
  while IFS= read -r answer <&5 && [ "$answer" != end ]; do printf '%s\n' "$answer"; done
}

# With a command that reaches such a host: converse BEGINNING COMMAND WORD... Its exit code is the command's.
converse() {
  local beginning
  beginning=$1
  shift
  rm -f "$OWN/answers"
  mkfifo "$OWN/answers"
  exec 5<>"$OWN/answers"
  { printf %s "$beginning" && send && close && forward; } 2>/dev/null | {
    "$@"
    echo "$?" >"$OWN/code"
  } | {
    /bin/sh -c "$BESIDE" cdktf-puma "$OWN"
    echo end >&5
  }
  return "$(cat "$OWN/code")"
}
