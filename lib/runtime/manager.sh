# shellcheck shell=sh
# The systemd that has the service: the machine's, or with PUMA_SCOPE=user that of the user who logs in. What asks it goes by here.

systemctl() {
  command systemctl ${MANAGER:+"$MANAGER"} "$@"
}

# systemctl_within SECONDS WORD...: is ended after that time, with the code 124.
systemctl_within() {
  local seconds
  seconds=$1
  shift
  timeout "$seconds" systemctl ${MANAGER:+"$MANAGER"} "$@"
}

systemd_run() {
  systemd-run ${MANAGER:+"$MANAGER"} "$@"
}

systemd_analyze() {
  systemd-analyze ${MANAGER:+"$MANAGER"} "$@"
}

# Of a user's units the journal has other fields, and what their systemd says of them is said by that user. Before 257 he may not
# ask for what is still on its way there.
journalctl() {
  local word
  if [ -z "$MANAGER" ]; then
    command journalctl "$@"
    return
  fi
  for word in "$@"; do
    shift
    case $word in
      _SYSTEMD_UNIT=*) word=_SYSTEMD_USER_UNIT=${word#*=} ;;
      UNIT=*) word=USER_UNIT=${word#*=} ;;
      _UID=0) word=_UID=$(id -u) ;;
    esac
    set -- "$@" "$word"
  done
  case " $* " in
    *" --sync "*) command journalctl "$@" || sleep 1 ;;
    *) command journalctl "$MANAGER" "$@" ;;
  esac
}
