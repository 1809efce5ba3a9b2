# shellcheck shell=sh
# Whom the service runs as. What runs as somebody else runs through as_user.

read_account() {
  [ -z "$OTHERS_UNIT" ] || read_others_account
  [ -z "$PUMA_USER" ] || account=$(id -- "$PUMA_USER" 2>/dev/null) || :
}

# Another's unit says by itself whom it runs as, to systemd.
read_others_account() {
  local user
  user=$(systemctl show --property=User --value -- "$OTHERS_UNIT")
  [ -z "$user" ] || account=$(id -- "$user" 2>/dev/null) || :
}

# The same of whom a removal is not told: of who ran what comes back.
read_account_before() {
  local user
  kept_file "$ETC/${predecessor:-$PUMA_SERVICE}.service"
  user=$(sed -n 's/^User=//p' "$found" 2>/dev/null | tail -n 1)
  [ -z "$user" ] || account=$(id -- "$user" 2>/dev/null) || :
}

has_user() {
  [ -n "$account" ]
}

has_group() {
  [ -z "$PUMA_GROUP" ] || getent group "$PUMA_GROUP" >/dev/null 2>&1
}

# The numbers of "uid=1000(deploy) gid=1000(deploy) groups=1000(deploy),27(sudo)": account_ids gid
account_ids() {
  local rest number
  rest=,${account#*"$1="}
  number=''
  while [ "$rest" != "${rest#,}" ]; do
    rest=${rest#,}
    printf %s "${number:+,}${rest%%[!0-9]*}"
    number=${rest%%[!0-9]*}
    rest=${rest#"$number"}
    # Names may hold spaces.
    case $rest in
      "("*) rest=${rest#*")"} ;;
    esac
  done
}

# The groups that the service's processes are in, by their numbers.
groups_of_service() {
  local name line numbers
  numbers=$(account_ids groups)
  for name in $PUMA_SUPPLEMENTARY_GROUPS; do
    line=$(getent group "$name") || continue
    line=${line#*:*:}
    numbers=$numbers,${line%%:*}
  done
  printf %s "$numbers"
}

# as_user SECONDS WORD...: runs a command as the service's user, where there is one and we may, for so long at most. That user
# can stop what is its own by SIGSTOP: it is root who ends it. It can also take what such a process has open, so our own output is
# none of it: errors go where the answer goes.
as_user() {
  local seconds
  seconds=$1
  shift
  if has_user && has_group && am_root; then
    timeout -s KILL "$seconds" setpriv --reuid="$(account_ids uid)" --regid="${PUMA_GROUP:-$(account_ids gid)}" \
      --groups="$(groups_of_service)" --no-new-privs -- "$@" 2>&1
  else
    "$@"
  fi
}

# Only a check for somebody who could not become root runs as anybody else.
am_root() {
  [ "$PUMA_ACTION" != check ]
}
