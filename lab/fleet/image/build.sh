#!/bin/sh
# build.sh RELEASE MIRROR PACKAGES FOLDER: makes a root file system that hosts of the fleet boot from.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# The index of a release that is still in testing can be past its date on a mirror.
exec mmdebstrap --quiet --variant=minbase --include="$3" \
  --aptopt='Acquire::Check-Valid-Until "false"' \
  --customize-hook="sh '$here/customize.sh' \"\$1\"" \
  "$1" "$4" "$2"
