# shellcheck shell=sh
# Stands before what a host is sent, as the body of `heard`, where the host asks for something that runs beside the engine: hands each
# answer, a line of the standard input, to the run, which knows its own by PUMA_HEARD_BY. $3 is how one becomes root there, as in
# launch.sh. $SERVICE is set before it.
ANSWERS=/run/cdktf-puma/$SERVICE
[ "$3" != user ] || ANSWERS=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/cdktf-puma/$SERVICE
PUMA_HEARD_BY=$$-$(date +%s)
readonly ANSWERS PUMA_HEARD_BY
# The folder is the run's own, and goes with it.
# shellcheck disable=SC2016 # for a shell of its own
KEEP='[ ! -d "$1" ] || { umask 077 && cat >"$1/answer-$2.new" && mv -f -- "$1/answer-$2.new" "$1/answer-$2"; }'
readonly KEEP

as_root_or_user() {
  case $1/$(id -u) in
    sudo/* | auto/[!0]*) shift && sudo -n "$@" ;;
    *) shift && "$@" ;;
  esac
}

keep() {
  printf '%s\n' "$2" | as_root_or_user "$1" /bin/sh -c "$KEEP" sh "$ANSWERS" "$PUMA_HEARD_BY" || :
}

hear() {
  local answer
  while IFS= read -r answer; do keep "$1" "$answer"; done
  keep "$1" gone
}

# The shell has read all of its script by then: what still comes are answers.
converse() {
  hear "$3" <&6 6<&- >/dev/null 2>&1 &
  # shellcheck disable=SC2064 # this one
  trap "kill $! 2>/dev/null || :" EXIT
  heard "$@" 6<&-
}
