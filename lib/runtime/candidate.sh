# shellcheck shell=sh
# A second Puma of the new version, under a name of its own in /run, so that a reboot leaves nothing of it: a rehearsal on
# a bind that no user reaches, or a stand-in on the shared sockets while the service is replaced. candidate.ts renders its unit.

# candidate_unit ROLE [SERVICE]
candidate_unit() {
  printf %s "${2:-$PUMA_SERVICE}-$1.service"
}

# The folder that systemd makes for it, with the bind, the pidfile and the control socket of its own in it.
own_folder() {
  printf %s "$RUNTIME/cdktf-puma-${2:-$PUMA_SERVICE}-$1"
}

own_bind() {
  printf %s "unix $(own_folder "$1")/puma.sock"
}

# The unit with what others have added to the service's on the host, less its ties.
write_candidate() {
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  directives "$PUMA_KEPT_OF_UNIT" '' $(drop_ins_of_others) >"$STAGE/with-sockets"
  without_sockets "$STAGE/with-sockets" >"$STAGE/drop-ins"
  sed "/^# What others have added/r $STAGE/drop-ins" "$STAGE/candidates/$1" >"$RUN_UNITS/$(candidate_unit "$1")"
  [ "$1" != rehearsal ] || show_new_files "$RUN_UNITS/$(candidate_unit "$1")"
  hide_general_drop_ins "$(candidate_unit "$1")"
}

# without_sockets FILE: the same without the service's sockets in each list of units that may hold them. A list that is empty then
# says nothing to systemd.
without_sockets() {
  awk -v sockets="$PUMA_SOCKETS" '
    BEGIN { for (i = split(sockets, names); i > 0; i--) own[names[i]] }
    !goes_on { is_list = sub(/^[ \t]*(Requires|Sockets)[ \t]*=/, "& "); is_whole = !/\\$/ }
    { goes_on = /\\$/ }
    is_list {
      sub(/\\$/, " \\")
      for (i = 1; i <= NF; i++) {
        word = $i
        gsub(/["\047]/, "", word)
        if (word in own) $i = ""
      }
      if (is_whole && /=[ \t]*$/) next
    }
    { print }' "$1"
}

# General drop-ins, ties and all. Those for all names that begin as a candidate's does are none of the service's.
hide_general_drop_ins() {
  local file
  for file in $(drop_ins_of_others) $(drop_ins_for "$PUMA_SERVICE-.service"); do
    case $file in
      */"$SERVICE_UNIT.d/"*) ;;
      *) [ ! -e "$file" ] || hide_from "$1" "$file" ;;
    esac
  done
}

# A control server of its own, which is slow to stop, is for a Puma that has one: two cannot share it.
write_control() {
  echo "CDKTF_PUMA_CONTROL=" >"$STAGE/control"
  property "$SERVICE_UNIT" MainPID
  if [ -e "$STAGE/has-control" ] || has_thread "$found" 'puma ctl*'; then
    printf '%s\n' "CDKTF_PUMA_CONTROL=--control-url unix://$(own_folder "$1")/control.sock" >"$STAGE/control"
  fi
}

# A unit in /etc would be started in the place of a candidate.
check_candidates() {
  local role
  look
  for role in rehearsal standin; do
    property "$(candidate_unit "$role")" FragmentPath
    [ -z "$found" ] || [ "$found" = "$RUN_UNITS/$(candidate_unit "$role")" ] ||
      problem "$found has the name that a second Puma of this service is to have ('restart')"
  done
}

# Memory for a second Puma, judged by the first: its processes' resident pages.
check_memory() {
  local pid process used free
  is_active "$SERVICE_UNIT" || return 0
  property "$SERVICE_UNIT" MainPID
  pid=$found
  used=0
  for process in $pid $(below "$pid"); do used=$((used + $(kilobytes VmRSS "/proc/$process/status"))); done
  free=$(kilobytes MemAvailable /proc/meminfo)
  [ "$free" -gt "$used" ] ||
    problem "a second Puma needs about $((used / 1024)) MB for a moment, and only $((free / 1024)) MB are available ('restart')"
}

# kilobytes NAME FILE: "NAME:  123 kB"; 0 where the file is gone.
kilobytes() {
  local name amount size
  size=0
  # A process that has ended has no such line, or no file any more.
  { while read -r name amount _; do
    [ "$name" != "$1:" ] || size=$amount
  done <"$2"; } 2>/dev/null || :
  printf %s "$size"
}

start_candidate() {
  local unit
  unit=$(candidate_unit "$1")
  watched=$unit invocation=''
  # What others added since systemd last read it counts from the restart on.
  property "$SERVICE_UNIT" NeedDaemonReload
  if [ "$found" = yes ]; then
    systemctl daemon-reload
    look
  fi
  write_control "$1" && mkdir -p "$RUN_UNITS" && write_candidate "$1" && systemctl daemon-reload || return 1
  # Its own time-outs: until now systemd knew of no such unit.
  look
  note_output 2>/dev/null || :
  change_watched start "$unit" || return 1
  watch "$unit"
}

# Removes a folder of the application's that it goes on writing into: made root's, from its top down, before it is looked into.
# What is left for all that is no reason to fail.
take_from_application() {
  timeout -s KILL 10 find "$1" -type d -exec install -d -m 700 -o root -g root -- {} \; 2>/dev/null || :
  rm -rf -- "$1" 2>/dev/null || :
}

# end_candidate ROLE [SERVICE]
end_candidate() {
  local unit own folder
  unit=$(candidate_unit "$@")
  own=$(own_folder "$@")
  folder=$STAGE/$unit
  change_units stop "$unit" 2>/dev/null || :
  # Where the application does not find it, which may go on writing there.
  [ ! -d "$own" ] || mv -- "$own" "$folder"
  rm -rf "${RUN_UNITS:?}/$unit" "${RUN_UNITS:?}/$unit.d" "$folder" 2>/dev/null || take_from_application "$folder"
  systemctl daemon-reload
  reset_failed "$unit"
  [ "$1" != rehearsal ] || remove_mount_points
}

has_candidate() {
  [ -e "$RUN_UNITS/$(candidate_unit "$@")" ]
}

# end_candidates SERVICE
end_candidates() {
  local role
  for role in rehearsal standin; do
    ! has_candidate "$role" "$1" || end_candidate "$role" "$1"
  done
}

# What a run that was cut off may have left: end_leftovers SECONDS
end_leftovers() {
  ! has_candidate rehearsal || end_candidate rehearsal
  has_candidate standin || return 0
  # It may be all that serves: it goes when the service itself does. What systemd counted before is no sign against that.
  # shellcheck disable=SC2046 # one unit
  set -- "$1" $(names_now "$SERVICE_UNIT")
  reset_failed "$2"
  systemctl --quiet is-active -- "$2" || change_units start "$2" || :
  watch "$SERVICE_UNIT"
  ! through_restarts wait_until_serving "$1" || end_candidate standin
}

# Boots the new version where no user reaches it, and checks it. Fails with a cause, and leaves nothing.
rehearse() {
  local passed bind
  step "rehearsing the new version on a bind of its own"
  passed=true
  bind=$(own_bind rehearsal)
  if ! start_candidate rehearsal; then
    complaint="the new version did not start" passed=false
  else
    wait_until_healthy "$bind" "$bind" "$(rehearsal_headers)" || passed=false
    # A control server that only the new version has: its stand-in needs one of its own, beside the service's.
    ! has_thread "$main_pid" 'puma ctl*' || : >"$STAGE/has-control"
  fi
  [ "$passed" = true ] || complaint=$(in_its_own_words "$complaint, in a rehearsal that no request of a user met")
  end_candidate rehearsal
  [ "$passed" = true ] || give_up "$complaint"
}

# A rehearsal's bind is plain HTTP, which an application that insists on TLS answers by a redirection.
rehearsal_headers() {
  case $PUMA_HEALTH_BIND/$PUMA_HEALTH_HEADERS in
    https*/*[Xx]-[Ff]orwarded-[Pp]roto:*) ;;
    https*) printf '%s\n' "X-Forwarded-Proto: https" ;;
  esac
  printf %s "$PUMA_HEALTH_HEADERS"
}

# From here on the new version answers too, through the sockets that systemd holds.
start_standin() {
  step "the new version stands in while $SERVICE_UNIT is replaced"
  start_candidate standin || give_up_on_puma "the stand-in did not start"
  wait_for_binds answer "$(own_bind standin)" "$PUMA_START_TIMEOUT" || give_up_on_puma "$complaint, in the stand-in"
  warm_up "$(own_bind standin)" "$(rehearsal_headers)" || give_up_on_puma "$complaint, in the stand-in"
  wait_until_serving "$PUMA_START_TIMEOUT" || give_up_on_puma "$complaint, in the stand-in"
}
