# shellcheck shell=sh
# Runs where the engine runs, from transport.sh, $0 being the host: asks commands for secrets, and prints lines that stand before
# the launcher's. Calls of `fetch` stand behind it. What a command says on its standard error may be the secret: nobody is shown it.

encoded() {
  base64 | tr -d '\n'
}

# fetch KIND NAME END COMMAND WORD...
fetch() {
  local name code
  name=$2
  command -v "$4" >/dev/null || fail "there is no command $4 for the secret $name on the machine that runs the engine"
  # shellcheck disable=SC2016 # for the shell that reads it
  printf 'SECRETS="$SECRETS\n%s %s %s :' "$1" "$name" "$3"
  shift 3
  # The code of the command, and not of what its output goes through.
  { code=$({ {
    "$@" </dev/null 2>/dev/null 3>&- 4>&-
    echo "$?" >&3
  } | encoded >&4; } 3>&1); } 4>&1
  [ "$code" = 0 ] || fail "the command of the secret $name, $1, ended with exit code $code on the machine that runs the engine; what it said is not shown, as it may be the secret: run it by hand"
  printf '"\n'
}

fail() {
  printf '%s\n' "FAILED on $0: $*" >&2
  exit 1
}
