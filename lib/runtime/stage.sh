# shellcheck shell=sh
# Runs as root on a host, from the launcher: puts one version of a service's secrets into files of root's, which a unit will
# name. Nothing that it prints comes from a secret, and nothing that it starts has one in its arguments or its environment.
# $1 host, $6 service, $7 owner. Before it stand PUMA_SECRETS_VERSION, and PUMA_VALUES: four words for each secret, which are KIND
# (environment, credential, encrypted), NAME, "whole" or "chomped", and a colon with base64 behind it.
set -eu
umask 022
export LC_ALL=C
# Nobody may be listening any more: it goes on to its end all the same.
trap '' PIPE HUP
exec 2>&1
HOST=$1 SERVICE=$6 OWNER=$7
STATE=/var/lib/cdktf-puma/$SERVICE
FOLDER=$STATE/secrets
PLACE=$FOLDER/$PUMA_SECRETS_VERSION
NEW=$FOLDER/.$PUMA_SECRETS_VERSION.new
OLD=$FOLDER/.$PUMA_SECRETS_VERSION.old
readonly HOST SERVICE OWNER STATE FOLDER PLACE NEW OLD

say() {
  printf '%s\n' "$*" 2>/dev/null || :
}

# The journal keeps it, as the engine may hide it.
audit() {
  printf 'cdktf-puma: %s\n' "$SERVICE: $*" | systemd-cat -t cdktf-puma 2>/dev/null || :
}

fail() {
  audit "$*"
  rm -rf "$NEW"
  say "FAILED on $HOST: $*"
  exit 1
}

check_owner() {
  local owner
  [ -f "$STATE/record" ] || return 0
  owner=$(sed -n 's/^owner=//p' "$STATE/record")
  [ "$owner" = "$OWNER" ] || fail "$SERVICE belongs to another stack here: no secret was brought to it"
}

decoded() {
  printf %s "${1#:}" | base64 -d
}

# value END BASE64: without the line break at its end if it is to be chomped.
value() {
  if [ "$1" = chomped ] && [ "$(decoded "$2" | tail -c 1 | od -An -tx1)" = " 0a" ]; then
    decoded "$2" | head -c "$(($(decoded "$2" | wc -c) - 1))"
  else
    decoded "$2"
  fi
}

# What an environment file holds between double quotes stands there as it is, but for four characters.
write_variable() {
  [ "$(value "$2" "$3" | tr -d '\000' | wc -c)" = "$(value "$2" "$3" | wc -c)" ] ||
    fail "the secret $1 holds NUL, which no environment variable can: use Secrets.credentials()"
  if command -v iconv >/dev/null; then
    value "$2" "$3" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1 ||
      fail "the secret $1 is no text in UTF-8, which systemd wants in an environment file: use Secrets.credentials()"
  fi
  {
    printf '%s="' "$1"
    value "$2" "$3" | sed -e 's/[\\"$`]/\\&/g'
    printf '"\n'
  } >>"$NEW/environment"
}

encrypt() {
  command -v systemd-creds >/dev/null || fail "the systemd of this host cannot encrypt credentials: it has to be 250 or newer ('secrets')"
  value "$2" "$3" | systemd-creds encrypt --name="$1" - "$NEW/credentials/$1" >/dev/null 2>&1 ||
    fail "systemd-creds could not encrypt the secret $1: 'systemd-creds setup' on this host tells why"
}

# stage KIND NAME END BASE64
stage() {
  [ -n "$(value "$3" "$4" | od -An -tx1 | head -n 1)" ] ||
    fail "the secret $2 is empty: it was not given to this apply (an ephemeral variable has to be, at each one)"
  case $1 in
    environment) write_variable "$2" "$3" "$4" ;;
    credential) value "$3" "$4" >"$NEW/credentials/$2" ;;
    encrypted) encrypt "$2" "$3" "$4" ;;
  esac
}

main() {
  check_owner
  mkdir -p "$STATE"
  umask 077
  mkdir -p "$FOLDER"
  rm -rf "$NEW" "$OLD"
  mkdir "$NEW" "$NEW/credentials"
  set -f
  # shellcheck disable=SC2086 # words, and no here-document, which some shells put into a file in /tmp
  set -- $PUMA_VALUES
  while [ $# -ge 4 ]; do
    stage "$1" "$2" "$3" "$4"
    shift 4
  done
  find "$NEW" -type f -exec chmod 0400 {} +
  [ ! -e "$PLACE" ] || mv -T -- "$PLACE" "$OLD"
  mv -T -- "$NEW" "$PLACE"
  rm -rf "$OLD"
  sync -f "$PLACE" 2>/dev/null || sync
  audit "version $PUMA_SECRETS_VERSION of the secrets is here"
  say "version $PUMA_SECRETS_VERSION of the secrets of $SERVICE is on $HOST"
}
