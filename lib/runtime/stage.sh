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
  trap - EXIT
  audit "$*"
  rm -rf "$NEW"
  say "FAILED on $HOST: $*"
  exit 1
}

# What failed in no more than the words of a program, which the engine may hide.
end() {
  [ "$1" = 0 ] || fail "version $PUMA_SECRETS_VERSION of the secrets could not be written to $FOLDER: see whether it is full or read-only"
}

check_owner() {
  local owner
  # What runs there has its units as they are, and would find another's secrets in the place of its own.
  [ ! -f "$STATE/handed-over" ] || [ ! -e "$PLACE" ] ||
    fail "$SERVICE was handed over here with version $PUMA_SECRETS_VERSION of its secrets, which are left alone: choose another version"
  # A new version stands beside what runs, which a lock leaves alone: the installation that wants it says whose the lock is.
  [ ! -e "$STATE/locked" ] || [ ! -e "$PLACE" ] ||
    fail "$SERVICE is locked here, and version $PUMA_SECRETS_VERSION of its secrets is what it may be reading: nothing was touched ('npx cdktf-puma unlock')"
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

# As systemd has it, which also refuses what Unicode calls no character: of such a value it prints the whole into the journal.
is_text() {
  od -An -v -tu1 | awk '
    function is_character() {
      return code >= least && code <= 1114111 && !(code >= 55296 && code <= 57343) &&
        !(code >= 64976 && code <= 65007) && code % 65536 < 65534
    }
    {
      for (i = 1; i <= NF; i++) {
        byte = $i + 0
        if (left > 0) {
          if (byte < 128 || byte > 191) wrong = 1
          code = code * 64 + byte - 128
          if (--left == 0 && !is_character()) wrong = 1
        } else if (byte >= 128) {
          if (byte < 192 || byte > 247) wrong = 1
          left = byte < 224 ? 1 : byte < 240 ? 2 : 3
          code = byte < 224 ? byte - 192 : byte < 240 ? byte - 224 : byte - 240
          least = byte < 224 ? 128 : byte < 240 ? 2048 : 65536
        }
      }
    }
    END { exit wrong || left > 0 }'
}

# What an environment file holds between double quotes stands there as it is, but for four characters.
write_variable() {
  [ "$(value "$2" "$3" | tr -d '\000' | wc -c)" = "$(value "$2" "$3" | wc -c)" ] ||
    fail "the secret $1 holds NUL, which no environment variable can: use Secrets.credentials(), or give it as base64"
  value "$2" "$3" | is_text ||
    fail "the secret $1 is no text in UTF-8, which systemd wants in an environment file: use Secrets.credentials(), or give it as base64"
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
  trap 'end "$?"' EXIT
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
