# shellcheck shell=sh
# Starts and stops of units, for no longer than they are allowed.

# seconds_in SPAN: sets found to the seconds of what systemd writes as "1min 30s", rounded up. Without an end it is an hour, and
# where it is not known systemd's default.
seconds_in() {
  local part amount
  case $1 in
    infinity) found=3600 ;;
    '') found=90 ;;
    *) found=0 ;;
  esac
  for part in $1; do
    amount=${part%%[!0-9]*}
    case $part in
      infinity) ;;
      *us | *ms) found=$((found + 1)) ;;
      *min) found=$((found + amount * 60)) ;;
      *s) found=$((found + amount + 1)) ;;
      *month | *[!0-9h]) found=$((found + amount * 86400)) ;;
      *) found=$((found + amount * 3600)) ;;
    esac
  done
}

# time_of PROPERTY UNIT...: sets found to the seconds that units may take. Each has two commands or signals to wait for, and they
# may go one after the other.
time_of() {
  local name sum unit
  name=$1
  shift
  sum=10
  for unit in "$@"; do
    property "$unit" "$name"
    seconds_in "$found"
    sum=$((sum + 2 * found))
  done
  found=$sum
}

# change_units VERB UNIT...: by systemctl, for no longer than their time-outs allow: a process can extend them by itself
# (EXTEND_TIMEOUT_USEC of sd_notify(3)), and go on with that for ever. To "retire" is to stop what nobody's reload or start may take
# back: systemd refuses them until it has stopped. Where a socket stays open, it would fail by that.
change_units() {
  local verb ended
  verb=$1
  shift
  case $verb in
    start) time_of TimeoutStartUSec "$@" ;;
    *) time_of TimeoutStopUSec "$@" ;;
  esac
  ended=0
  case $verb in
    retire) systemctl_within "$found" stop --job-mode=replace-irreversibly -- "$@" || ended=$? ;;
    *) systemctl_within "$found" "$verb" -- "$@" || ended=$? ;;
  esac
  [ "$ended" = 124 ] || return "$ended"
  change_by_force "$verb" "$@"
}

# What does not stop in its time is killed, and the change goes on. What does not start is killed, and has not started.
change_by_force() {
  local verb state
  verb=$1
  shift
  state=$(systemctl show --property=ActiveState --value -- "$@")
  case $verb/$state in
    stop/* | retire/* | start/* | */*deactivating*)
      say "$* had all the time that its unit gives it, and asked for more: killing it"
      systemctl kill --signal=KILL -- "$@" 2>/dev/null || :
      ;;
  esac
  case $verb in
    restart) change_units start "$@" ;;
    stop | retire) systemctl_within 30 stop -- "$@" ;;
    start) return 1 ;;
  esac
}
