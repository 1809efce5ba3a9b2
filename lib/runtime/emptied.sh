# shellcheck shell=sh
# Stands before what an engine uploads, which is $0: the engine empties it once it has ended well.

remove_emptied() {
  local _
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 2
    if [ -e "$0" ] && [ ! -s "$0" ]; then break; fi
  done
  [ -s "$0" ] || rm -f -- "$0"
}
