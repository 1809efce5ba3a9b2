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
  locked_by "$PUMA_SERVICE"
  [ -z "$found" ] || fail "nothing was touched, as $PUMA_SERVICE is locked here by $(printable "$found") ('npx cdktf-puma unlock'; here: rm $ROOT/$PUMA_SERVICE/locked)"
}

# What else a run would stop or rename.
check_locks() {
  local other
  for other in $PUMA_SERVICE $predecessor $abandoned; do
    locked_by "$other"
    [ -z "$found" ] || problem "$other is locked here by $(printable "$found") ('npx cdktf-puma unlock'; here: rm $ROOT/$other/locked)"
  done
}
