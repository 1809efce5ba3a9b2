# shellcheck shell=sh
# What cdktf-puma-restart@SERVICE.service runs: it restarts the service where the link to its release was moved and leads to another
# than what runs, or where a certificate is another, as `cdktf-puma restart` does. systemd loses what happens while this runs, and takes
# a further start for this one, so it looks again at its end: also where it failed, since what failed may have been replaced.
# $1 is the service, $2 the folder that it starts in, and then follow "link PATH" and "certificate CERT KEY".
# What it has seen last is in the folder of the service: what was not moved since is no news, be it that somebody went back to a
# release before, or that this one did not boot. The link is mostly the application's, so it restarts in turns: turn.sh stands before it.
set -u
umask 077
export LC_ALL=C
SERVICE=$1 DIRECTORY=$2
shift 2
FOLDER=/var/lib/cdktf-puma/$SERVICE MANAGER=''
if [ "$(id -u)" != 0 ]; then FOLDER=$HOME/.local/state/cdktf-puma/$SERVICE MANAGER=--user; fi
TURN=$FOLDER/turn WHILE=5
readonly SERVICE DIRECTORY FOLDER MANAGER TURN WHILE
seen=''   # what is followed as it is now, a line each; by look_until_settled
before='' # the same of the look before; by is_another
main=''   # the process of the service; by follow
why=''    # who restarts it, as people are told; by follow, judge, judge_certificate
code=0    # the exit code of the last restart; by restart, judge_certificate

say() {
  printf '%s\n' "$*"
}

# shown UNIT PROPERTY
shown() {
  systemctl ${MANAGER:+"$MANAGER"} show --property="$2" --value -- "$1"
}

# Whoever has the lock may be about to restart it by itself.
wait_for_run() {
  while :; do
    case $(shown "cdktf-puma-$SERVICE.service" ActiveState) in
      active | activating | deactivating | reloading) sleep 1 ;;
      *) return 0 ;;
    esac
  done
}

# A line for each of what is followed, which differs where that was moved or written: a link that is set anew is another link.
look() {
  while [ $# != 0 ]; do
    case $1 in
      link)
        printf '%s %s %s %s\n' link "$2" "$(stat -c '%i %z' -- "$2" 2>/dev/null)" "$(readlink -f -- "$2")"
        shift 2
        ;;
      certificate)
        printf '%s %s %s\n' certificate "$2" "$(cat -- "$2" "$3" 2>/dev/null | sha256sum)"
        shift 3
        ;;
    esac
  done
}

# Who replaces a certificate and its key does one after the other. A link that moves all the time keeps nobody waiting.
look_until_settled() {
  local again left
  left=10
  seen=$(look "$@")
  case " $* " in
    *" certificate "*) ;;
    *) return 0 ;;
  esac
  while again=$(sleep 1 && look "$@") && [ "$again" != "$seen" ] && [ "$left" != 0 ]; do seen=$again left=$((left - 1)); done
}

# is_news WHAT LINE: whether it was another at the last look. What is looked at for the first time is no news.
is_news() {
  case "
$before
" in
    *"
$2
"*) return 1 ;;
    *"
$1 "*) ;;
    *) return 1 ;;
  esac
}

leads_to_another() {
  [ "$(readlink -f -- "$DIRECTORY")" != "$(readlink "/proc/$main/cwd")" ]
}

# When the process started that systemd knows, in seconds of the clock.
started_at() {
  local monotonic up
  monotonic=$(shown "$SERVICE.service" ExecMainStartTimestampMonotonic)
  read -r up _ </proc/uptime
  printf %s "$(($(date +%s) - ${up%.*} + monotonic / 1000000))"
}

# is_newer FILE...: whether one of them was written, or its link set, since Puma has started, which has read it then.
is_newer() {
  local started time
  # Both clocks were read in whole seconds.
  started=$(($(started_at) - 1))
  for time in $(stat -c %Z -- "$@" 2>/dev/null) $(stat -L -c %Z -- "$@" 2>/dev/null); do [ "$time" -lt "$started" ] || return 0; done
  return 1
}

# Whether a certificate is of this key: is_pair CERT KEY. A key with a password tells nobody.
is_pair() {
  local public
  public=$(openssl x509 -in "$1" -noout -pubkey 2>/dev/null) || return 1
  case $(openssl pkey -in "$2" -pubout -passin pass: 2>&1) in
    "$public") ;;
    *ENCRYPTED* | *"maybe wrong password"* | *"bad decrypt"*) ;;
    *) return 1 ;;
  esac
}

# Sets why to what there is to restart for.
judge() {
  while [ $# != 0 ]; do
    case $1 in
      link)
        if is_news "link $2" "$(look link "$2")" && leads_to_another; then why=${why:-the release link}; fi
        shift 2
        ;;
      certificate)
        if is_news "certificate $2" "$(look certificate "$2" "$3")" && is_newer "$2" "$3"; then judge_certificate "$2" "$3"; fi
        shift 3
        ;;
    esac
  done
}

judge_certificate() {
  if is_pair "$@"; then
    why=${why:-the certificate $1}
  else
    say "$1 is no certificate of the key $2, so nothing was restarted for it"
    code=1
  fi
}

# What it prints is this unit's through cat(1) alone: of the run that has the lock, the lines belong to that.
restart() {
  exec 3>&1
  code=$({ {
    SUDO_USER=$why /bin/sh "$FOLDER/run.sh" restart "$SERVICE" 2>&1 3>&- 4>&- 9>&-
    echo $? >&4
  } | cat >&3; } 4>&1)
}

# Without that it would never come to an end: where the service was removed meanwhile, or the disk is full.
keep() {
  printf '%s\n' "$seen" 2>/dev/null >"$FOLDER/followed.new" && mv -f -- "$FOLDER/followed.new" "$FOLDER/followed"
}

# Whether there is anything to do. Who may write to a folder that is watched could have it look without end: so often it does not.
is_another() {
  look_until_settled "$@"
  before=$(cat "$FOLDER/followed" 2>/dev/null)
  [ "$seen" = "$before" ] || return 0
  sleep 1
  look_until_settled "$@"
  [ "$seen" != "$before" ]
}

# Whether there is something to restart for, and somebody has locked the service: it stays news until the lock is gone (see lock.sh).
meets_lock() {
  [ -n "$why" ] && [ -e "$FOLDER/locked" ] || return 1
  say "$SERVICE is locked, so it was not restarted for $why: whoever unlocks it has this look again"
}

follow() {
  local PATH
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  # What is there as the watch begins is known; what comes while a run is waited for is not.
  if [ ! -e "$FOLDER/followed" ]; then
    look_until_settled "$@"
    keep || exit 1
  fi
  while wait_for_run && is_another "$@"; do
    take_turn
    wait_for_run
    look_until_settled "$@"
    main=$(shown "$SERVICE.service" MainPID)
    why=''
    # What does not run starts with what is there.
    [ "${main:-0}" = 0 ] || judge "$@"
    ! meets_lock || break
    keep || exit 1
    [ -n "$why" ] || break
    restart
    end_turn
  done
  exit "$code"
}

follow "$@"
