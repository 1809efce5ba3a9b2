# shellcheck shell=sh
# What a user's own systemd cannot do, and the machine's can.

check_user_scope() {
  local scheme where port
  [ -n "$MANAGER" ] || return 0
  while read -r scheme where port; do
    case $scheme in
      '') ;;
      unix) check_place_of_user_socket "$where" ;;
      *) check_port_of_user "$where" "$port" ;;
    esac
  done <<EOT
$PUMA_BINDS
EOT
  check_controllers
}

# check_port_of_user ADDRESS PORT: a socket is opened by the user, too.
check_port_of_user() {
  local first
  # No "read": the kernel gives no more than one byte of it to who asks for one.
  first=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null) || :
  [ "$2" -lt "${first:-1024}" ] || return 0
  case $(unit_at "$PUMA_UNITS" "$1" "$2") in
    *.service | *.socket) return 0 ;;
  esac
  if [ -z "$PUMA_SOCKETS" ] && has_capable_ruby; then return 0; fi
  problem "$MANAGER_USER may not listen at port $2, which is one of root's: let a proxy listen there, let all users by the sysctl net.ipv4.ip_unprivileged_port_start=$2, or leave 'scope' to the system ('binds')"
}

# check_place_of_user_socket PATH: in the nearest folder that there is systemd makes the others.
check_place_of_user_socket() {
  local folder
  [ -n "$PUMA_SOCKETS" ] || return 0
  folder=${1%/*}
  until [ -d "${folder:-/}" ]; do folder=${folder%/*}; done
  [ -w "${folder:-/}" ] ||
    problem "$MANAGER_USER may not write to ${folder:-/}, where systemd is to make the socket $1: use $RUNTIME/$PUMA_SERVICE.sock, or a folder of $MANAGER_USER's ('binds')"
}

# Limits of a control group are in force where the machine's systemd has left its controllers to the user's.
check_controllers() {
  local left controller directives
  group_of_manager
  left=" $(text_of "/sys/fs/cgroup${found#*::}/cgroup.controllers") "
  while read -r controller directives; do
    case $left in
      *" $controller "*) continue ;;
    esac
    limits_in_unit "$directives"
    [ -z "$found" ] ||
      problem "$found would not be in force: the controller '$controller' is not left to the systemd of $MANAGER_USER; as root, put '[Service]' and 'Delegate=cpu cpuset io memory pids' into /etc/systemd/system/user@.service.d/delegate.conf, and boot anew ('directives')"
  done <<EOT
cpu CPUWeight StartupCPUWeight CPUQuota
cpuset AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes StartupAllowedMemoryNodes
io IOWeight StartupIOWeight IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec
memory MemoryMin MemoryLow MemoryHigh MemoryMax MemorySwapMax MemoryZSwapMax
pids TasksMax
EOT
}

# limits_in_unit NAMES: sets found to the first of these directives by which the new unit, or a drop-in of others, sets a limit.
limits_in_unit() {
  local name
  for name in $1; do
    values_of "$name"
    if [ -n "$found" ]; then
      found=$name=
      return 0
    fi
  done
}
