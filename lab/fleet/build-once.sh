#!/bin/sh
# build-once.sh TARGET COMMAND [ARGUMENT...]: COMMAND makes the folder whose name is added as its last argument,
# which becomes TARGET once it is whole. Of several that run at once, one builds and the others wait for it.
set -eu
target=$1
shift
mkdir -p "$(dirname "$target")"
# COMMAND inherits the lock: where this script is killed, nobody builds beside what still runs.
exec 9>"$target.lock"
flock 9
[ ! -e "$target" ] || exit 0
rm -rf "$target.part"
"$@" "$target.part" || {
  status=$?
  rm -rf "$target.part"
  exit "$status"
}
mv "$target.part" "$target"
