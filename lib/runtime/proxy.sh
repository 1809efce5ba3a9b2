# shellcheck shell=sh
# Whether the proxy in front reaches the unix sockets: it has to enter each folder on the way, and to write to the socket.

check_proxy() {
  local rights owner group path
  [ -n "$PUMA_PROXY_USER" ] && am_root || return 0
  if ! id -u -- "$PUMA_PROXY_USER" >/dev/null 2>&1; then
    problem "there is no user '$PUMA_PROXY_USER' ('proxyUser')"
    return 0
  fi
  while read -r rights owner group path; do
    [ -n "$path" ] || continue
    check_way_of_proxy "$path"
    check_mode_for_proxy "$rights" "$owner" "$group" "$path"
  done <<EOT
$PUMA_PROXY_SOCKETS
EOT
}

# check_way_of_proxy SOCKET: of the folders that are there. What systemd makes on the way lets everybody in.
check_way_of_proxy() {
  local folder closed number
  set -- "$1"
  folder=$1
  while [ -n "$folder" ]; do
    folder=${folder%/*}
    [ ! -d "${folder:-/}" ] || set -- "$@" "${folder:-/}"
  done
  shift
  closed=0
  # shellcheck disable=SC2016 # its own variables
  timeout -s KILL 10 setpriv --reuid="$(id -u -- "$PUMA_PROXY_USER")" --regid="$(id -g -- "$PUMA_PROXY_USER")" --init-groups \
    --no-new-privs -- /bin/sh -c 'n=0 closed=0
      for folder in "$@"; do
        n=$((n + 1))
        [ -x "$folder" ] || closed=$n
      done
      exit $((closed == 0 ? 0 : closed + 40))' sh "$@" </dev/null >/dev/null 2>&1 || closed=$?
  number=$((closed - 40))
  [ "$number" -gt 0 ] && [ "$number" -le $# ] || return 0
  shift $((number - 1))
  problem "$PUMA_PROXY_USER may not enter $1, so it reaches no socket below it ('proxyUser'): chmod o+x $1, or use /run/$PUMA_SERVICE/puma.sock"
}

# check_mode_for_proxy MODE OWNER GROUP SOCKET: to connect is to write, which root may whatever the mode.
check_mode_for_proxy() {
  local rights owner group digit
  [ "$(id -u -- "$PUMA_PROXY_USER")" != 0 ] || return 0
  rights=$1
  owner=${2#-}
  owner=${owner:-root}
  group=${3#-}
  [ -n "$group" ] || group=$(id -gn -- "$owner" 2>/dev/null) || :
  digit=${rights#"${rights%?}"}
  rights=${rights%?}
  if [ "$owner" = "$PUMA_PROXY_USER" ]; then
    rights=${rights%?}
    digit=${rights#"${rights%?}"}
  elif is_in_group "$group"; then
    digit=${rights#"${rights%?}"}
  fi
  case $digit in
    [2367]) return 0 ;;
  esac
  problem "$PUMA_PROXY_USER may not write to $4, which will be of $owner and $group, mode $1 ('proxyUser'): give it the 'mode' 0666, or 0660 and a group that $PUMA_PROXY_USER is in"
}

# is_in_group GROUP: whether the proxy's user is.
is_in_group() {
  local groups
  groups=$(id -Gn -- "$PUMA_PROXY_USER" 2>/dev/null) || :
  case " $groups " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}
