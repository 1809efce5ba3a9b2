#!/bin/bash
# slot.sh: claims a slot for one fleet, and does what its standard input says, a line each, answering each with a line:
#
#   host NAME NUMBER ROOTFS    an overlay of ROOTFS, and a network namespace with the address 10.213.SLOT.NUMBER
#   boot NAME                  boots it, and again whenever it reboots
#   cut NAME                   a power cut: every process of the host is killed, its files stay
#
# When the input ends, because the fleet stops or because its process is gone for whatever reason, all of it is removed.
# This process holds a lock on the slot. Where it is killed too, the next one to start removes what it left.
set -u
# A Ctrl-C is meant for the fleet's process, and its broken pipe is no reason to leave hosts behind.
trap '' INT TERM HUP PIPE

folders=/var/lib/cdktf-puma
cgroups=$(findmnt --noheadings --first-only --output TARGET --types cgroup2)

claim() {
  slot=$1 folder=$folders-$1
  exec 9>"/run/cdktf-puma-$slot.lock"
  flock --nonblock 9 || return 1
  # Its last holder may have removed the file after we opened it: then we hold the lock of nothing.
  [ "/run/cdktf-puma-$slot.lock" -ef /dev/fd/9 ]
}

kill_group() {
  while grep -qs 'populated 1' "$1/cgroup.events"; do
    find "$1" -name cgroup.procs -execdir xargs --no-run-if-empty --arg-file={} kill -KILL \; 2>/dev/null
    sleep 0.02
  done
  # Commands that were run in the host by nsenter stay in the control group of their caller. Some may end by themselves before.
  ip netns pids "puma$slot-$2" 2>/dev/null | xargs --no-run-if-empty kill -KILL 2>/dev/null || :
}

# On a machine with both versions of control groups, nspawn makes the same groups in the older hierarchy too.
remove_groups() {
  find /sys/fs/cgroup -depth -type d -regex ".*/cdktf-puma-$slot-$1\(/.*\)?" -exec rmdir {} +
}

remove_host() {
  kill_group "$cgroups/cdktf-puma-$slot-$1" "$1"
  remove_groups "$1"
  [ ! -e "/run/netns/puma$slot-$1" ] || ip netns delete "puma$slot-$1"
  umount --lazy "$folder/$1/root" 2>/dev/null
}

# The hosts of this slot by all that can be there of them: where everything is killed at once, this script may have
# removed a host's folder when the command that was to remove its namespace was killed.
hosts_left() {
  local path
  for path in "$folder"/*/ "/run/netns/puma$slot-"*; do
    [ ! -e "$path" ] || basename "$path"
  done | sed "s/^puma$slot-//" | sort -u
}

clear_slot() {
  local host
  for host in $(hosts_left); do remove_host "$host" & done
  wait
  ip link delete "puma$slot" 2>/dev/null
  umount --lazy "$folder" 2>/dev/null
  rm -rf --one-file-system "$folder"
}

release() {
  rm -f "/run/cdktf-puma-$slot.lock"
}

slots_in_use() {
  find /var/lib /run/netns -maxdepth 1 2>/dev/null |
    sed -nE 's#^.*/(cdktf-puma-|puma)([0-9]+)(-[^/]*)?$#\2#p' | sort -u
}

reap_abandoned() {
  local number
  for number in $(slots_in_use); do
    (
      claim "$number" || exit
      clear_slot
      release
    )
  done
}

# The upper layer of an overlay cannot be on an overlay, which a container's file system is.
make_folder() {
  mkdir --mode=0700 "$folder" || return
  [ "$(stat --file-system --format=%T "$folder")" != overlayfs ] || mount -t tmpfs tmpfs "$folder"
}

open_slot() {
  make_folder &&
    ip link add "puma$slot" type bridge &&
    ip address add "10.213.$slot.1/24" dev "puma$slot" &&
    ip link set "puma$slot" up
}

claim_any() {
  for number in {0..199}; do
    ! claim "$number" || return 0
  done
  echo "all 200 slots for fleets are taken"
  return 1
}

add_network() {
  local namespace=puma$slot-$1
  ip netns add "$namespace" &&
    ip link add "puma${slot}h$2" type veth peer name eth0 netns "$namespace" &&
    ip link set "puma${slot}h$2" master "puma$slot" up &&
    ip -n "$namespace" link set lo up &&
    ip -n "$namespace" address add "10.213.$slot.$2/24" dev eth0 &&
    ip -n "$namespace" link set eth0 up
}

add_host() {
  local host=$folder/$1
  mkdir "$host" "$host/upper" "$host/work" "$host/root" &&
    mount -t overlay overlay -o "lowerdir=$3,upperdir=$host/upper,workdir=$host/work" "$host/root" &&
    add_network "$1" "$2"
}

# Each host needs a control group of its own: nspawn makes one called "payload" in that of its caller, and hosts that
# share it would share the groups of their services too, so that stopping one host's stops and waits for another's.
boot_once() {
  echo "$BASHPID" >"$2/host/cgroup.procs"
  echo "$BASHPID" >"$folder/$1/nspawn.pid"
  UNIFIED_CGROUP_HIERARCHY=1 exec systemd-nspawn --quiet --directory="$folder/$1/root" --boot --register=no --keep-unit \
    --network-namespace-path="/run/netns/puma$slot-$1" --machine="$1" --hostname="$1" \
    --resolv-conf=off --timezone=off --link-journal=no --console=pipe
}

# 133 is nspawn's way to say that the host asked for a reboot.
keep_booted() {
  local group=$cgroups/cdktf-puma-$slot-$1
  echo "$BASHPID" >"$group/loop/cgroup.procs"
  # No host inherits the lock, nor the signals that this script ignores.
  exec 9>&-
  trap - INT TERM HUP PIPE
  while :; do
    (boot_once "$1" "$group")
    [ $? = 133 ] || break
  done
}

boot() {
  local group=$cgroups/cdktf-puma-$slot-$1
  remove_groups "$1"
  mkdir -p "$group/loop" "$group/host" || return
  keep_booted "$1" </dev/null >>"$folder/$1/console.log" 2>&1 &
}

obey() {
  case $1 in
    host) add_host "$2" "$3" "$4" ;;
    boot) boot "$2" ;;
    cut) kill_group "$cgroups/cdktf-puma-$slot-$2" "$2" ;;
  esac
}

main() {
  reap_abandoned
  claim_any || exit 1
  clear_slot
  open_slot || exit 1
  echo "$slot"
  while read -r command name number rootfs; do
    if message=$(obey "$command" "$name" "$number" "$rootfs" 2>&1); then
      echo "ok"
    else
      echo "$command $name failed: ${message//$'\n'/ }"
    fi
  done
  clear_slot
  release
}

# In braces, which are read as a whole before main begins: this file may be edited while a fleet is up.
{
  main
  exit
}
