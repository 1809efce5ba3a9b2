# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Who listens where, from /proc alone: neither ss nor lsof is on every host.

hex_port() {
  printf '%04X' "$1"
}

# An IPv4 address as /proc/net/tcp has it: bytes in reverse, in hexadecimal.
hex_address() {
  # shellcheck disable=SC2046 # four numbers
  printf '%02X' $(printf %s "$1" | awk -F. '{ print $4, $3, $2, $1 }')
}

# Inodes of the sockets that stand in the way of ADDRESS PORT.
tcp_listeners() {
  {
    sed "s/^/4 /" /proc/net/tcp
    sed "s/^/6 /" /proc/net/tcp6 2>/dev/null
  } | awk -v port=":$(hex_port "$2")" -v mine="$(case $1 in *:*) ;; *) hex_address "$1" ;; esac)" -v address="$1" '
    $5 != "0A" || substr($3, length($3) - 4) != port { next }
    { theirs = substr($3, 1, length($3) - 5); any = theirs ~ /^0+$/; all = address == "0.0.0.0" || address == "::" }
    address == "0.0.0.0" && $1 == 6 && !any { next }
    any || all || theirs == mine || (mine == "" && $1 == 6) { print $11 }'
}

unix_listeners() {
  awk -v path="$1" '$4 == "00010000" && $8 == path { print $7 }' /proc/net/unix
}

# The unit behind a socket's inode; for one that systemd itself holds, its .socket.
unit_of_inode() {
  pids=$(ls -l /proc/[0-9]*/fd 2>/dev/null | awk -v inode="socket:[$1]" '
    /^\/proc/ { split($0, part, "/"); pid = part[3] }
    $NF == inode { print pid }' | sort -nu)
  for pid in $pids; do
    [ "$pid" != 1 ] || continue
    sed -n 's/.*\/\([^/]*\.\(service\|scope\)\)\(\/.*\)\{0,1\}$/\1/p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1
    return 0
  done
  [ -z "$pids" ] || printf systemd
}

# unit_at ADDRESS PORT, or unit_at PATH: the unit that holds it, nothing if it is free.
unit_at() {
  if [ $# = 2 ]; then inodes=$(tcp_listeners "$1" "$2"); else inodes=$(unix_listeners "$1"); fi
  for inode in $inodes; do
    unit=$(unit_of_inode "$inode")
    [ "$unit" != systemd ] || unit=$(socket_unit_at "${2:-$1}")
    printf '%s\n' "${unit:-an unknown process}"
    return 0
  done
}

socket_unit_at() {
  systemctl list-sockets --full --no-legend --no-pager | awk -v end="$1" '
    $1 == end || substr($1, length($1) - length(end)) == ":" end { print $2; exit }'
}
