# Put here by cdktf-puma, which keeps it up to date: what its services on this host can be asked for.
# shellcheck shell=sh
set -eu
umask 022

fail() {
  printf '%s\n' "cdktf-puma: $*" >&2
  exit 1
}

usage() {
  printf '%s\n' "usage: cdktf-puma status SERVICE" "       cdktf-puma restart SERVICE" >&2
  exit 2
}

# By sudo, too, no more than this can be asked for.
[ $# = 2 ] || usage
case $1 in
  status | restart) ;;
  *) usage ;;
esac
case $2 in
  '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9_.-]*) fail "this is no name of a service" ;;
esac
[ "$(id -u)" = 0 ] || fail "only root may: sudo cdktf-puma $1 $2"
[ -f "/var/lib/cdktf-puma/$2/run.sh" ] || fail "there is no service $2 of cdktf-puma on this host"
exec /bin/sh "/var/lib/cdktf-puma/$2/run.sh" "$1" "$2"
