# shellcheck shell=sh
# What somebody sees of the generations who asks on the host, or applies.

# The ids of those that are kept beside the one that runs, newest first.
kept_generations() {
  local folder list
  list=''
  for folder in "$GENERATIONS"/*; do
    [ ! -f "$folder/record" ] || list="${folder##*/} $list"
  done
  printf %s "$list"
}

# say_generation RECORD SIGN: a line of it.
say_generation() {
  local id by
  recorded "$1" generation
  id=${found%% *} by=${found#* * }
  say "$2$(time_of_generation "$id") $(printable "${by%% *} by ${by#* }")$(code_in "$1")"
}

# Newest first, and a "*" before what runs. Of a run that was cut off nothing counts but what there was before it.
say_history() {
  local id runs
  runs=$PUMA_SERVICE
  ! is_cut_off "$PUMA_SERVICE" || runs=$PUMA_SERVICE/before
  recorded "$runs" generation
  if [ -n "$found" ]; then
    say_generation "$runs" "* "
  else
    say "what is here now is no generation: it does not run yet, or is kept stopped"
  fi
  for id in $(kept_generations); do say_generation "$PUMA_SERVICE/generations/$id" "  "; done
}

# For who applies: what somebody has asked for here since the last apply.
say_asked_since() {
  local id
  is_asked_for_here "$PUMA_SERVICE" || return 0
  say "since the last apply:"
  say_generation "$PUMA_SERVICE" "  "
  for id in $(kept_generations); do
    is_asked_for_here "$PUMA_SERVICE/generations/$id" || return 0
    say_generation "$PUMA_SERVICE/generations/$id" "  "
  done
}

is_asked_for_here() {
  recorded "$1" generation
  case ${found#* * } in
    "restart "* | "rollback "*) ;;
    *) return 1 ;;
  esac
}

# rolled_back: sets found to which generation what is there was rolled back to, and by whom; '' where it came otherwise.
rolled_back() {
  local base
  recorded "$PUMA_SERVICE" generation
  base=${found#* }
  case ${base#* } in
    "rollback "*) found="$(time_of_generation "${base%% *}") by ${base#* * }" ;;
    *) found='' ;;
  esac
}
