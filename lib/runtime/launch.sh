# shellcheck shell=sh
# Runs as the user that the engine logs in as, and hands the payload to a transient unit of systemd: that one
# outlives a cut connection, is alone under its name, and never stands in a file that somebody else could alter.
# $1 host, $2 address, $3 "sudo", "root", "auto", or "user" for that user's own systemd, $4 the names of all services that this stack has on the host, $5 seconds to
# wait, $6 "stdin" if it is read there, and stands in no file.
# Its settings stand before it: PUMA_SERVICE, PUMA_ACTION, PUMA_LOCK_TIMEOUT, PUMA_RUN_TIMEOUT, PUMA_SETTINGS,
# PUMA_SCRIPT (gzip, base64), for a removal PUMA_OWNER, and PUMA_DEPLOYED_BY where somebody else deploys than logs in. Without a script, what runs is the one that is kept on the host.
PUMA_HOST=$1 PUMA_ADDRESS=$2 BECOME=$3 PUMA_SIBLINGS=$4 PAUSE=${5:-0} READ_FROM=${6:-file}
# Runs at one unit of others take turns, whichever drop-in of it they are about.
LOCK=cdktf-puma-${PUMA_SERVICE%:*}.service
# Where a service gets a new name, a run waits for another in its turn.
LIMIT=$((PUMA_RUN_TIMEOUT + PUMA_LOCK_TIMEOUT))
FOLDER=${0%/*}
ME=$(id -un)
if [ "$BECOME" = auto ] && [ "$(id -u)" = 0 ]; then BECOME=root; fi
if [ "$BECOME" = auto ]; then BECOME=sudo; fi
WHO="${SUDO_USER:-$ME}${SSH_CONNECTION:+ from ${SSH_CONNECTION%% *}}"
[ -z "${PUMA_DEPLOYED_BY:-}" ] || WHO="$PUMA_DEPLOYED_BY ($WHO)"
# They stand in logs, a line each.
case $WHO in
  *[[:cntrl:]]*)
    ME="uid $(id -u)"
    WHO=$ME
    ;;
esac
# The systemd that is asked, as whom the payload runs, and where the host keeps what is known of the service.
MANAGER='' RUNS_AS=root KEPT=/var/lib/cdktf-puma/$PUMA_SERVICE
if [ "$BECOME" = user ]; then
  MANAGER=--user RUNS_AS=$ME KEPT=$HOME/.local/state/cdktf-puma/$PUMA_SERVICE
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
fi
readonly MANAGER RUNS_AS KEPT
problems='' # what is wrong before anything is touched, a line each; by problem
readonly PUMA_HOST PUMA_ADDRESS BECOME PUMA_SIBLINGS PAUSE READ_FROM LOCK LIMIT FOLDER ME WHO

fail() {
  printf '%s\n' "FAILED on $PUMA_HOST: $*"
  exit 1
}

as_root() {
  if [ "$BECOME" = sudo ]; then sudo -n "$@"; else "$@"; fi
}

# The run gets its script once more as a setting, to keep it, and who takes answers for it (hear.sh).
payload() {
  [ -n "$PUMA_SCRIPT" ] || return 0
  printf '%s\n' "${PUMA_SETTINGS}PUMA_RUN_TIMEOUT=$PUMA_RUN_TIMEOUT" "PUMA_SCRIPT=$PUMA_SCRIPT" "PUMA_HEARD_BY=${PUMA_HEARD_BY:-}"
  printf %s "$PUMA_SCRIPT" | base64 -d | gzip -d
}

# Whether only this user and root may put another folder, or a file, into one of theirs: is_ours MODE OWNER GROUP
is_ours() {
  case $2 in
    root | "$ME") ;;
    *) return 1 ;;
  esac
  case $1/$3 in
    # The group of a user's own, which has his name.
    l* | d????-??-?/* | d????????[tT]/* | d???????-?/"$ME") ;;
    *) return 1 ;;
  esac
}

# Whoever may write to a folder on the way to the script could put another in its place.
check_script_folder() {
  local folder mode owner group name last strange
  folder=$FOLDER last='' strange=''
  [ "$folder" != "${folder#/}" ] || folder=$(pwd)/$folder
  while read -r mode owner group name; do
    case $mode in
      d?????????) last=$mode ;;
      l?????????) ;;
      *) continue ;;
    esac
    is_ours "$mode" "$owner" "$group" || strange=${strange:-"$name ($mode $owner:$group)"}
  done <<EOT
$(namei -l -- "$folder" 2>/dev/null)
EOT
  case $last in
    d???--[-S]--[-T]) ;;
    *) fail "other users may enter $FOLDER, where the engine puts its script, and could alter what runs as $RUNS_AS: chmod 700 $FOLDER" ;;
  esac
  [ -z "$strange" ] || fail "others than $ME could put another folder in the place of $FOLDER, where the engine puts its script: $strange is on the way there; choose another 'scriptPath' for this Host"
}

check_systemd() {
  [ -d /run/systemd/system ] || fail "systemd is not running here (no /run/systemd/system), so it cannot run Puma"
  [ "$BECOME" != root ] || [ "$(id -u)" = 0 ] ||
    fail "$ME is not root: leave 'sudo' of this Host unset, or set it to true"
  [ "$BECOME" != user ] || check_user_manager
}

# Notes something that is wrong before anything is touched.
problem() {
  problems="$problems
  - $*"
}

check_linger() {
  [ -e "/var/lib/systemd/linger/$ME" ] ||
    problem "the systemd of $ME, and Puma with it, ends when $ME logs out and does not start with the machine: 'sudo loginctl enable-linger $ME', or the same without sudo where polkit lets $ME"
}

# What a user's own systemd needs, all of it at once.
check_user_manager() {
  [ "$(id -u)" != 0 ] ||
    fail "root has the machine's systemd: log in as another user, or leave 'scope' of the PumaService to the system"
  case $HOME$XDG_RUNTIME_DIR in
    *[!A-Za-z0-9/._@+-]*) fail "the paths of $ME's home ($HOME) and runtime folder ($XDG_RUNTIME_DIR) have to be letters, digits and /._@+-" ;;
  esac
  case $PUMA_ACTION in
    remove | retain) ;;
    *) check_linger ;;
  esac
  if [ ! -S "$XDG_RUNTIME_DIR/systemd/private" ]; then
    problem "no systemd of $ME runs, as $XDG_RUNTIME_DIR has none: install libpam-systemd, and see 'systemctl status user@$(id -u).service'"
  elif [ ! -S "$XDG_RUNTIME_DIR/bus" ]; then
    problem "$ME has no bus at $XDG_RUNTIME_DIR/bus, by which a run is started: install dbus-user-session, then 'systemctl --user start dbus.socket' as $ME"
  fi
  [ -z "$problems" ] || fail "nothing was changed, because of$problems"
}

# Why the payload did not run as root, where that is the reason, with what else is wrong as far as anybody can see.
check_sudo() {
  local reason
  [ "$BECOME" = sudo ] || return 0
  reason=$(sudo -n true 2>&1) && return 0
  case $PUMA_ACTION in
    apply | plan)
      payload | sh -s -- "$PUMA_HOST" "$PUMA_ADDRESS" check "$WHO" "$PUMA_SIBLINGS" "$PUMA_SERVICE" "${PUMA_OWNER:-}" || :
      ;;
  esac
  fail "$ME cannot become root by sudo without a password: $reason"
}

lock_property() {
  systemctl ${MANAGER:+"$MANAGER"} show --property="$1" --value "$LOCK"
}

holder() {
  local since
  since=$(lock_property ActiveEnterTimestamp)
  printf %s "$(lock_property Description)${since:+ since $since}"
}

# What is kept may have gone while its turn came.
# shellcheck disable=SC2016 # for a shell of its own
RUN_KEPT='if [ -f "$0" ]; then exec /bin/sh "$0" "$@"; fi
echo "nothing of $6 is here"
case $3 in restart | rollback) false ;; esac'
readonly RUN_KEPT

run_payload() {
  if [ -n "$PUMA_SCRIPT" ]; then set -- -s --; else set -- -c "$RUN_KEPT" "$KEPT/run.sh"; fi
  payload | as_root systemd-run ${MANAGER:+"$MANAGER"} --wait --pipe --collect --unit="$LOCK" --property=KillMode=mixed \
    --property=RuntimeMaxSec="$LIMIT" --property=TimeoutStopSec="$LIMIT" \
    --description="cdktf-puma $PUMA_ACTION of $PUMA_SERVICE on $PUMA_HOST by $WHO" \
    /bin/sh "$@" "$PUMA_HOST" "$PUMA_ADDRESS" "$PUMA_ACTION" "$WHO" "$PUMA_SIBLINGS" "$PUMA_SERVICE" "${PUMA_OWNER:-}" "$PUMA_LOCK_TIMEOUT" \
    ${MANAGER:+"${MANAGER#--}"}
}

# Whether another run is active. A unit that is loaded and not active is no run: systemd lets it go once it is asked to,
# or once its last process ends.
other_is_active() {
  case $(lock_property ActiveState) in
    active | activating | deactivating | reloading) return 0 ;;
  esac
  as_root systemctl ${MANAGER:+"$MANAGER"} reset-failed "$LOCK" 2>/dev/null || :
  return 1
}

# tell_end WORDS CODE: what became of a run in the words of systemd-run, where the run itself may have said nothing of it: "Finished
# with result: timeout", or since systemd 258 "Finished with resu… timeout".
tell_end() {
  local result
  result=${1##*"Finished with"}
  result=${result%%"
"*}
  case $1/${result##* }/$2 in
    //* | *"Finished with"*/success/"$2" | *"Finished with"*/exit-code/[013]) ;;
    # A run says itself why it has failed, where a shell got so far as to read it.
    *"Finished with"*/exit-code/"$2") printf '%s\n' "$1" ;;
    *"Finished with"*/timeout/"$2")
      fail "this run did not end within ${LIMIT}s, its limit: what it was at is the last that it says above, and the next apply goes on from there"
      ;;
    *"Finished with"*) fail "this run was ended from outside (${result##* }): the next apply goes on from there" ;;
    *) end_without_run "$1" ;;
  esac
}

run_alone() {
  local waited idle told code message
  waited=0 idle=0 told=false
  while :; do
    code=0
    { message=$(run_payload 2>&1 1>&3) || code=$?; } 3>&1
    case $code/$message in
      0/*) break ;;
      *"Unit $LOCK already exists"* | *"Unit $LOCK was already loaded"*) ;;
      *) break ;;
    esac
    if other_is_active; then
      [ "$told" = true ] || printf '%s\n' "waiting for another run to end: $(holder)"
      [ "$waited" -lt "$PUMA_LOCK_TIMEOUT" ] || fail "another run did not end within ${PUMA_LOCK_TIMEOUT}s: $(holder)"
      idle=0 told=true
    else
      idle=$((idle + 1))
      [ "$idle" -le 10 ] || fail "$LOCK is loaded though no run is active in it, so systemd starts none: see systemctl${MANAGER:+ $MANAGER} status $LOCK"
    fi
    waited=$((waited + 1))
    sleep 1
  done
  tell_end "$message" "$code"
  return "$code"
}

# What sudo has to say, or systemd-run of a run that it did not start, is no word of the run.
end_without_run() {
  check_sudo
  printf '%s\n' "$1"
}

# The engine leaves its script behind: whole where the run failed, emptied a moment later where it did not.
remove_scripts() {
  # The engine gives us a terminal, whose end would end what we leave running.
  trap '' HUP
  rm -f -- "$0"
  (
    remove_scripts_of_before
    remove_emptied
  ) >/dev/null 2>&1 </dev/null &
}

# Those of runs that were cut off: before the host booted, or long ago. Another run's is held open by its shell once that has got
# so far.
remove_scripts_of_before() {
  find "$FOLDER" -maxdepth 1 -name 'cdktf-puma-*.sh' \( ! -newer /run/systemd/notify -o -mmin +5 \) -exec rm -f {} + 2>/dev/null || :
}

launch() {
  check_systemd
  if [ "$PAUSE" != 0 ]; then
    check_sudo
    printf '%s\n' "waiting ${PAUSE}s after the hosts before this one"
    sleep "$PAUSE"
  fi
  run_alone
}

# A connection that is cut ends this shell by a signal, and some shells run no EXIT trap then.
trap 'exit 129' HUP INT TERM
if [ "$READ_FROM" = file ]; then
  trap remove_scripts EXIT
  check_script_folder
fi
# The shell reads this script from its standard input: whoever else read there would take the rest of it.
launch </dev/null
