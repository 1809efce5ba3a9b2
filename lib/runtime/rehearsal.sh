# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# A second Puma of the new version, under a name of its own in /run, so that a reboot leaves nothing of it: as a
# rehearsal on a bind that no user reaches, or as a stand-in on the shared socket while the service is replaced.
run_units=/run/systemd/system

# The folder that systemd makes for such a unit, with the bind, the pidfile and the control socket of its own in it.
own_folder() {
  printf '/run/cdktf-puma-%s-%s' "$service" "$1"
}

# The new unit with what others have added to it on the host, less its ties to the socket and to the boot, with what two
# Pumas cannot share of its own.
understudy_unit() {
  {
    sed '/^\[Install\]/,$d' "$stage/new/$service.service"
    for file in $(property "$service.service" DropInPaths); do
      case $file in
        "$(last_release_file "$service")") ;;
        */"$service.service.d/"*) awk 1 "$file" ;;
      esac
    done
  } | grep -v -x -F -e "Requires=$socket" -e "Sockets=$socket"
  cat <<EOF

[Unit]
Description=Puma HTTP Server ($1 of $service)
[Service]
${2:+Sockets=$2}
ExecStart=
ExecStart=$(understudy_command "$1" "$3")
Restart=no
RuntimeDirectory=cdktf-puma-$service-$1
RuntimeDirectoryPreserve=yes
EOF
  # Nobody waits for what a rehearsal still does.
  [ "$1" = standin ] || echo TimeoutStopSec=5
}

# A control server of its own, which is slow to stop, is for a Puma that has one: two cannot share it.
understudy_command() {
  pid=$(property "$service.service" MainPID)
  case $(cat "$stage/control" "/proc/$pid/task/"*/comm 2>/dev/null) in
    *'puma ctl'*) printf %s "$2" ;;
    *) printf %s "$2" | sed "s# --control-url unix://$(own_folder "$1")/control.sock##" ;;
  esac
}

start_understudy() {
  invocation=''
  # What others added since systemd last read it counts from the restart on.
  [ "$(property "$service.service" NeedDaemonReload)" != yes ] || systemctl daemon-reload
  mkdir -p "$run_units" &&
    understudy_unit "$@" >"$run_units/$service-$1.service" &&
    systemctl daemon-reload &&
    systemctl start -- "$service-$1.service"
}

end_understudy() {
  systemctl stop -- "$service-$1.service" 2>/dev/null || :
  rm -rf "$run_units/$service-$1.service" "$(own_folder "$1")"
  systemctl daemon-reload
  systemctl reset-failed -- "$service-$1.service" 2>/dev/null || :
}

end_understudies() {
  for role in rehearsal standin; do
    [ ! -e "$run_units/$service-$role.service" ] || end_understudy "$role"
  done
}

# What a run that was cut off may have left.
end_leftovers() {
  [ ! -e "$run_units/$service-rehearsal.service" ] || end_understudy rehearsal
  [ -e "$run_units/$service-standin.service" ] || return 0
  # It may be all that serves: it goes when the service itself does. What systemd counted before is no sign against that.
  systemctl reset-failed -- "$service.service" 2>/dev/null || :
  is_active "$service.service" || systemctl start -- "$service.service" || return 0
  ! wait_until_serving || end_understudy standin
}

# A unit in /etc would be started in the place of ours.
check_understudies() {
  for role in rehearsal standin; do
    path=$(property "$service-$role.service" FragmentPath)
    [ -z "$path" ] || [ "$path" = "$run_units/$service-$role.service" ] ||
      problem "$path has the name that a second Puma of this service is to have ('onChange', 'rehearse')"
  done
}

# Memory for a second Puma, judged by the first: its processes' resident pages.
check_memory() {
  is_active "$service.service" || return 0
  pid=$(property "$service.service" MainPID)
  used=0
  for process in $pid $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
    pages=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$process/status" 2>/dev/null) || :
    used=$((used + ${pages:-0}))
  done
  free=$(sed -n 's/^MemAvailable:[^0-9]*\([0-9]*\).*/\1/p' /proc/meminfo)
  [ "$free" -gt "$used" ] ||
    problem "a second Puma needs about $((used / 1024)) MB for a moment, and only $((free / 1024)) MB are available ('onChange', 'rehearse')"
}

# Boots the new version where no user reaches it, and checks it. Fails with a cause, and leaves nothing.
rehearse() {
  step "rehearsing the new version on a bind of its own"
  watched=$service-rehearsal.service
  # Its bind is plain HTTP, which an application that insists on TLS answers by a redirection.
  case $health_bind/$health_headers in
    https*/*[Xx]-[Ff]orwarded-[Pp]roto:*) ;;
    https*) health_headers="X-Forwarded-Proto: https
$health_headers" ;;
  esac
  code=0
  if ! start_understudy rehearsal '' "$rehearsal_command"; then
    complaint="the new version did not start" code=1
  else
    own_bind="unix $(own_folder rehearsal)/puma.sock"
    wait_until_healthy "$own_bind" "$start_timeout" "$own_bind" || code=1
    # A control server that only the new version has: its stand-in needs one of its own, beside the service's.
    cat "/proc/$(property "$watched" MainPID)/task/"*/comm 2>/dev/null | grep 'puma ctl' >"$stage/control" || :
  fi
  [ "$code" = 0 ] || complaint=$(in_its_own_words "$complaint, in a rehearsal that no request of a user met")
  end_understudy rehearsal
  [ "$code" = 0 ] || give_up "$complaint"
  watched=$service.service
}

# From here on the new version answers too, through the sockets that systemd holds.
send_in_standin() {
  step "the new version stands in while $service.service is replaced"
  watched=$service-standin.service
  if ! start_understudy standin "$socket" "$standin_command"; then
    give_up_on_puma "the stand-in did not start"
  fi
  wait_for_binds "unix $(own_folder standin)/puma.sock" "$start_timeout" || give_up_on_puma "$complaint, in the stand-in"
  wait_until_serving || give_up_on_puma "$complaint, in the stand-in"
  watched=$service.service
}
