# shellcheck shell=sh
# Who is not root, an operator or whoever moves the link to a release, restarts in turns: one at a time, and not at once behind the one
# before. Who waits for the lock gets it in between, so that nobody keeps an apply away by one restart after the other.
# $TURN is the file by which they do so, $WHILE the seconds that are left to others.

# Descriptor 9 is its sign.
take_turn() {
  local ended left
  exec 9>>"$TURN"
  flock -n 9 || {
    echo "waiting for what was asked for before"
    flock 9
  }
  read -r ended <"$TURN" || ended=0
  left=$((ended + WHILE - $(date +%s)))
  if [ "$left" -gt 0 ] && [ "$left" -le "$WHILE" ]; then sleep "$left"; fi
}

# A service that was removed meanwhile has none.
end_turn() {
  [ ! -e "$TURN" ] || date +%s >"$TURN"
  exec 9>&-
}
