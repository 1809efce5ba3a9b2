# shellcheck shell=sh
# Who listens where, from /proc alone: neither ss nor lsof is on every host. Users choose names that stand there: no such
# name may make a line of its own, or turn one of the kernel's into another.

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
    any || all || theirs == mine || (mine == "" && six) { print $10 }' $(socket_tables tcp tcp6)
}

# unix_listeners PATH: inodes of the sockets that listen there by a line of /proc/net/unix. Without PATH all that do: lines of "INODE
# PATH". The name of a socket may hold a line break, and then whatever its owner likes: an inode that has another line too, or
# is no unix socket's, has a "~" behind it.
unix_listeners() {
  # shellcheck disable=SC2046 # files
  awk -v path="${1-}" '
    FILENAME !~ /unix$/ { lines[$(FILENAME ~ /packet$/ ? 9 : 10)] += 2; next }
    { lines[$7]++ }
    $4 == "00010000" && $7 ~ /^[0-9]+$/ && NF == 8 && (path == "" || path == $8) { inode[++n] = $7; name[n] = $8 }
    END {
      for (i = 1; i <= n; i++) print inode[i] (lines[inode[i]] > 1 ? "~" : "") (path == "" ? " " name[i] : "")
    }' $(socket_tables unix tcp tcp6 udp udp6 raw raw6 netlink packet)
}

# Inodes of the sockets at ADDRESS PORT, or at PATH.
listeners_at() {
  if [ $# = 2 ]; then tcp_listeners "$1" "$2"; else unix_listeners "$1"; fi
}

# holders_of INODES PATH: who has these sockets open, lines of "INODE PROCESS". With a path, which anybody may claim as often as he
# likes, lines of "path PROCESS" or "path~ PROCESS".
holders_of() {
  {
    printf '%s\n' "$1"
    open_sockets /proc/[0-9]*/fd
  } | awk -v path="$2" '
    { inode = $1; gsub(/[^0-9]/, "", inode) }
    NF == 1 { socket[inode] = path == "" ? inode : "path" ($1 == inode ? "" : "~"); next }
    !(inode in socket) { next }
    { split($2, part, "/"); holder = socket[inode] " " part[3] }
    !(holder in told) { told[holder]; print holder }'
}

# group_of PROCESS BEGINNING END: sets found to the first line of its control groups like this, less the end.
# shellcheck disable=SC2254 # it is a pattern
group_of() {
  local line
  found=''
  while read -r line; do
    case $found/$line in
      /$2*"$3") found=${line%"$3"} ;;
    esac
  done 2>/dev/null <"/proc/$1/cgroup" || :
}

# group_of_manager: sets found to where the systemd that has the service has its units.
group_of_manager() {
  local rest
  if [ -n "$MANAGER" ]; then
    group_of "$$" '*/user@*.service/' ''
    rest=${found#*/user@}
    found=${found%%/user@*}/user@${rest%%/*}
    return 0
  fi
  group_of 1 '*:name=systemd:' /init.scope
  [ -n "$found" ] || group_of 1 0:: /init.scope
}

# unit_of_process PROCESS: sets found to the service or scope that it belongs to. That is the outermost, where systemd has its own
# groups: below it they are called as their owner likes, such as the units of a user's own systemd.
unit_of_process() {
  local top
  group_of_manager
  top=$found
  group_of "$1" "$top/" ''
  found=${found#"$top"/}
  while :; do
    case ${found%%/*} in
      *.slice) found=${found#*.slice/} ;;
      *.service | *.scope) break ;;
      *) found='' && return 0 ;;
    esac
  done
  found=${found%%/*}
}

# unit_of_socket SOCKET OURS HOLDERS PATH: sets found to the unit that has a socket open, to one of OURS if one of these does, to
# nothing if none does. systemd itself is "systemd". Another's is none of that path unless it sees the same file there as we do.
unit_of_socket() {
  local socket process best
  best=''
  while read -r socket process; do
    [ "$socket" = "$1" ] || continue
    if [ "$process" = 1 ]; then found=systemd; else unit_of_process "$process"; fi
    # A user's own is another process.
    [ "$MANAGER/$found" != --user/init.scope ] || found=systemd
    case " $2 " in
      *" ${found:-/} "*) return 0 ;;
    esac
    # shellcheck disable=SC3013 # dash and bash know it
    [ -z "$4" ] || [ "/proc/$process/root$4" -ef "$4" ] || continue
    [ "${best:-systemd}" != systemd ] || best=${found:-$best}
  done <<EOT
$3
EOT
  found=$best
}

# unit_at OURS ADDRESS PORT, or unit_at OURS PATH: the unit that listens there, nothing if nobody does. The kernel says who has a
# port, so a socket of another counts before one of ours; who has a path it says in words of others, so there ours count before.
unit_at() {
  local ours path sockets holders socket mine other
  ours=$1 path='' mine='' other=''
  shift
  [ $# = 2 ] || path=$1
  sockets=$(listeners_at "$@")
  [ -n "$sockets" ] || return 0
  holders=$(holders_of "$sockets" "$path")
  [ -z "$path" ] || sockets='path path~'
  for socket in $sockets; do
    unit_of_socket "$socket" "$ours" "$holders" "$path"
    [ "$found" != systemd ] || found=$(socket_unit_at "${2:-$1}")
    [ -n "$found$path" ] || is_closed "$socket" "$@" || found='an unknown process'
    case " $ours /$socket" in
      *" ${found:-/} "*) mine=$found ;;
      *"~") ;;
      *) other=$found ;;
    esac
    [ -n "$path" ] || [ -z "$other" ] || break
  done
  if [ -z "$path" ]; then printf %s "${other:-$mine}"; else printf %s "${mine:-$other}"; fi
}

# is_closed INODE ADDRESS PORT: whether it closed while it was looked for, as where a service is just being removed.
is_closed() {
  local socket
  socket=$1
  shift
  [ -n "$(words_without "$socket" "$(tcp_listeners "$@")")" ]
}

socket_unit_at() {
  systemctl list-sockets --full --no-legend --no-pager | awk -v end="$1" '
    $1 == end || substr($1, length($1) - length(end)) == ":" end { print $2; exit }'
}

# Whether a socket of this service listens at SCHEME ADDRESS [PORT], as systemd has it.
is_our_socket() {
  local at unit
  case $1/$2 in
    unix/* | held//*) at=$2 ;;
    */*:*) at="[$2]:$3" ;;
    *) at=$2:$3 ;;
  esac
  for unit in $PUMA_SOCKETS; do
    is_active "$unit" || continue
    facts_of "$unit"
    case $found in
      *"
Listen=$at (Stream)
"*) return 0 ;;
    esac
  done
  return 1
}

# remove_sockets OLD NEW: the files of unix sockets that are no longer bound. systemd forgets them at the reload before they close.
remove_sockets() {
  local path
  for path in $(dropped_sockets "$1" "$2"); do
    if [ -S "$path" ] && [ -z "$(unix_listeners "$path")" ]; then rm -f -- "$path"; fi
  done
}
