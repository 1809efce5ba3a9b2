# shellcheck shell=sh
# Who listens where, from /proc alone: neither ss nor lsof is on every host.

# An IPv4 address as /proc/net/tcp has it: bytes in reverse, in hexadecimal.
hex_address() {
  local rest
  rest=$1
  set --
  while [ "$rest" != "${rest#*.}" ]; do
    set -- "${rest%%.*}" "$@"
    rest=${rest#*.}
  done
  printf '%02X' "$rest" "$@"
}

# Inodes of the sockets that stand in the way of ADDRESS PORT.
tcp_listeners() {
  local mine
  case $1 in
    *:*) mine='' ;;
    *) mine=$(hex_address "$1") ;;
  esac
  # shellcheck disable=SC2046 # a file or none
  awk -v port="$(printf ':%04X' "$2")" -v mine="$mine" -v address="$1" '
    $4 != "0A" || substr($2, length($2) - 4) != port { next }
    { theirs = substr($2, 1, length($2) - 5); six = length(theirs) == 32 }
    { any = theirs ~ /^0+$/; all = address == "0.0.0.0" || address == "::" }
    address == "0.0.0.0" && six && !any { next }
    any || all || theirs == mine || (mine == "" && six) { print $10 }' /proc/net/tcp $(ipv6_table)
}

# The kernel's list of sockets of IPv6, where it has one.
ipv6_table() {
  [ ! -e /proc/net/tcp6 ] || printf /proc/net/tcp6
}

unix_listeners() {
  awk -v path="$1" '$4 == "00010000" && $8 == path { print $7 }' /proc/net/unix
}

# The unit behind a socket's inode; for one that systemd itself holds, "systemd".
unit_of_inode() {
  local pids pid line unit
  pids=$(ls -l /proc/[0-9]*/fd 2>/dev/null | awk -v inode="socket:[$1]" '
    /^\/proc/ { split($0, part, "/"); pid = part[3] }
    $NF == inode && !(pid in seen) { seen[pid]; print pid }')
  for pid in $pids; do
    [ "$pid" != 1 ] || continue
    unit=$(unit_of_process "$pid")
    [ -z "$unit" ] || printf '%s\n' "$unit"
    return 0
  done
  [ -z "$pids" ] || printf systemd
}

# The service or scope that a process belongs to.
unit_of_process() {
  local line part
  { while read -r line; do
    while [ -n "$line" ]; do
      part=${line##*/}
      case $part in
        *.service | *.scope)
          printf '%s\n' "$part"
          return 0
          ;;
      esac
      [ "$line" != "${line%/*}" ] || break
      line=${line%/*}
    done
  done <"/proc/$1/cgroup"; } 2>/dev/null
}

# Inodes of the sockets at ADDRESS PORT, or at PATH.
listeners_at() {
  if [ $# = 2 ]; then tcp_listeners "$1" "$2"; else unix_listeners "$1"; fi
}

# unit_at ADDRESS PORT, or unit_at PATH: the unit that listens there, nothing if nobody does.
unit_at() {
  local inode unit
  for inode in $(listeners_at "$@"); do
    unit=$(unit_of_inode "$inode")
    [ "$unit" != systemd ] || unit=$(socket_unit_at "${2:-$1}")
    # One that closed while it was looked for, as where a service is just being removed, is in nobody's way.
    [ -n "$unit" ] || [ -z "$(words_without "$inode" "$(listeners_at "$@")")" ] || continue
    printf '%s\n' "${unit:-an unknown process}"
    return 0
  done
}

socket_unit_at() {
  systemctl list-sockets --full --no-legend --no-pager | awk -v end="$1" '
    $1 == end || substr($1, length($1) - length(end)) == ":" end { print $2; exit }'
}

# Whether a socket of this service listens at SCHEME ADDRESS [PORT], as systemd has it.
is_our_socket() {
  local at
  case $1/$2 in
    unix/* | held//*) at=$2 ;;
    */*:*) at="[$2]:$3" ;;
    *) at=$2:$3 ;;
  esac
  [ -n "$PUMA_SOCKET" ] && is_active "$PUMA_SOCKET" || return 1
  facts_of "$PUMA_SOCKET"
  case $found in
    *"
Listen=$at (Stream)
"*) ;;
    *) return 1 ;;
  esac
}

# remove_sockets OLD NEW: the files of unix sockets that are no longer bound. systemd forgets them at the reload before they close.
remove_sockets() {
  local path
  for path in $(dropped_sockets "$1" "$2"); do
    if [ -S "$path" ] && [ -z "$(unix_listeners "$path")" ]; then rm -f -- "$path"; fi
  done
}
