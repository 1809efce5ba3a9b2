# shellcheck shell=sh
# What the host asks for where the engine runs: by a line of its output, which beside.sh reads there, and none of an application's is
# like it. The answer is a file, which hear.sh writes: WHAT and "ok", or WHAT and why not; "gone" where nobody answers any more. It has
# the name of the connection that this run came by: another's, which waits for its turn, may end meanwhile.

# Nobody hears what is asked of a run that somebody has started on the host.
is_heard() {
  [ "$PUMA_ACTION" = apply ]
}

# The answer to what was asked before is none to what is asked now, such as the same once more on the way back.
forget_answer() {
  [ "$(text_of "$STAGE/answer-$PUMA_HEARD_BY")" = gone ] || rm -f -- "$STAGE/answer-$PUMA_HEARD_BY"
}

# ask_engine WHAT NAME: fails with a cause. The engine's side keeps the time; an answer has half a minute more.
ask_engine() {
  local tries answer
  forget_answer
  printf '\001cdktf-puma asks %s\n' "$1" 2>/dev/null || :
  tries=$((5 * PUMA_AROUND_TIMEOUT + 150))
  while :; do
    answer=$(text_of "$STAGE/answer-$PUMA_HEARD_BY")
    case $answer in
      "$1 ok") return 0 ;;
      "$1 "*) give_up "$2 $(printable "${answer#"$1 "}")" ;;
      gone) give_up "$2 was not run, or nobody knows how it ended: the engine that applied is gone" ;;
    esac
    [ "$tries" -gt 0 ] || give_up "$2 was asked for where the engine runs, and nothing answered within $((PUMA_AROUND_TIMEOUT + 30))s"
    tries=$((tries - 1))
    sleep 0.2
  done
}
