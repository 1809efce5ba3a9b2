# shellcheck shell=sh
# A lock that somebody has put on a service (see lock.sh): nothing that would change it here is begun until it is taken away.

# locked_by SERVICE: sets found to whose lock is on a service, since when and why; '' where there is none.
locked_by() {
  local line by since why
  found='' by='' since='' why=''
  [ -e "$ROOT/$1/locked" ] || return 0
  while IFS= read -r line; do
    case $line in
      by=*) by=${line#by=} ;;
      since=*) since=${line#since=} ;;
      why=*) why=${line#why=} ;;
    esac
  done <<EOT
$(text_of "$ROOT/$1/locked")
EOT
  found="${by:-somebody} since ${since:-some time}: ${why:-no reason is given}"
}

# Ends a run that would change what is locked, before it has looked at anything. One that looks only says it.
heed_lock() {
  case $PUMA_ACTION in
    check | plan | status | facts | history | cancel) return 0 ;;
  esac
  # shellcheck disable=SC2046 # names of services
  heed_locks_of "$PUMA_SERVICE" $(drop_ins_beside)
}

# heed_locks_of SERVICE...
heed_locks_of() {
  local other
  for other in "$@"; do
    locked_by "$other"
    [ -z "$found" ] || fail "nothing was touched, as $other is locked here by $(printable "$found") ('npx cdktf-puma unlock'; here: rm $ROOT/$other/locked)"
  done
}

# The other drop-ins of another's unit, which is restarted for each of them.
drop_ins_beside() {
  local file other
  [ -n "$OTHERS_UNIT" ] || return 0
  for file in "$ROOT/${PUMA_SERVICE%:*}:"*/locked; do
    other=${file%/locked}
    other=${other##*/}
    [ "$other" = "$PUMA_SERVICE" ] || [ ! -e "$file" ] || printf '%s ' "$other"
  done
}

# What else a run would stop or rename.
check_locks() {
  local other
  for other in $PUMA_SERVICE $predecessor $abandoned $(drop_ins_beside); do
    locked_by "$other"
    [ -z "$found" ] || problem "$other is locked here by $(printable "$found") ('npx cdktf-puma unlock'; here: rm $ROOT/$other/locked)"
  done
}

# pass_lock_on FORMER SERVICE: one that came while a service was being renamed holds for what that is called now.
pass_lock_on() {
  [ ! -e "$ROOT/$1/locked" ] || [ -e "$ROOT/$2/locked" ] || mv -- "$ROOT/$1/locked" "$ROOT/$2/locked" || :
}
