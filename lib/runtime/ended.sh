# shellcheck shell=sh
# ExecStopPost= of a Puma service: at the third crash in a row it starts the unit that tells somebody, once for the row. A life
# of a minute ends the row, and what systemd has put between two starts by then (see back-off.sh): it does not by itself, and
# it counts a Puma that somebody else has ended (`kill`, `pumactl stop`) as well.
# systemd counts a restart when it begins, so at the third crash two are counted. Puma may have served before it crashed, or
# never have become ready: that was no life. Only with Restart=always may systemd forget that it failed: with another it would
# not start it again. $1 is the service, $2 the unit that is started, or nothing, $3 how systemd says that Puma ended, $4 which
# start that was.
# It is root with the service's environment, whose PATH may begin with a folder of the application's, or have no systemctl in it; or
# the user whose own systemd has the service: that one says MANAGERPID.

ended() {
  local name value up began exited restarts policy PATH
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  up=0 began=0 exited=0 restarts=0 policy=''
  while IFS='=' read -r name value; do
    case $name in
      ActiveEnterTimestampMonotonic) up=$value ;;
      ExecMainStartTimestampMonotonic) began=$value ;;
      ExecMainExitTimestampMonotonic) exited=$value ;;
      NRestarts) restarts=$value ;;
      Restart) policy=$value ;;
    esac
  done <<EOT
$(systemctl ${MANAGERPID:+--user} show --property=ActiveEnterTimestampMonotonic,ExecMainStartTimestampMonotonic \
    --property=ExecMainExitTimestampMonotonic,NRestarts,Restart -- "$1")
EOT
  if [ "$up" -ge "$began" ] && [ "$exited" -ge "$((up + 60000000))" ]; then
    if [ "$policy" = always ] && [ "$restarts" != 0 ]; then systemctl ${MANAGERPID:+--user} reset-failed -- "$1"; fi
  elif [ "$3" != success ] && [ "$restarts" -ge 2 ]; then
    say_where_to_look "${1%.service}" "$((restarts + 1))" "$4"
    if [ "$restarts" != 2 ] || [ -z "$2" ]; then return 0; fi
    systemctl ${MANAGERPID:+--user} start --no-block -- "$2"
  fi
}

# say_where_to_look SERVICE CRASHES INVOCATION: whoever looks at the service in the middle of a crash loop reads this among the last lines of its journal. What so short a process
# prints itself, the journal may not know whose it is.
say_where_to_look() {
  local words about
  words="$1 crashed $2 times in a row: 'sudo cdktf-puma status $1' says why, /var/lib/cdktf-puma/$1/on-call.txt what to do"
  about=OBJECT_SYSTEMD_UNIT
  if [ -n "${MANAGERPID-}" ]; then
    words="$1 crashed $2 times in a row: 'sh ~/.local/state/cdktf-puma/$1/run.sh status $1' says why" about=OBJECT_SYSTEMD_USER_UNIT
  fi
  printf '%s\n' SYSLOG_IDENTIFIER=cdktf-puma "$about=$1.service" "OBJECT_SYSTEMD_INVOCATION_ID=$3" \
    "MESSAGE=cdktf-puma: $words" | logger --journald 2>/dev/null || printf '%s\n' "cdktf-puma: $words"
}

ended "$1.service" "${2-}" "${SERVICE_RESULT-}" "${INVOCATION_ID-}"
