# shellcheck shell=sh
# What has to be restarted, and why: from what is known of the host, without a further look. No program is started here.

# Whether a run that was cut off may have left a unit half way.
was_touched() {
  [ "$cut_off" = true ] && has_touched "$1"
}

# change_of_socket UNIT: sets found to what compare has found of it.
change_of_socket() {
  rest_of "$socket_changes" "$1 "
}

# reason_for UNIT CHANGE: why a unit has to be restarted; nothing where it need not be.
reason_for() {
  case $2 in
    '') ;;
    new)
      printf '%s is new' "$1"
      return 0
      ;;
    *)
      printf '%s changed: %s' "$1" "$2"
      return 0
      ;;
  esac
  if was_touched "$1"; then
    printf 'the run before this one was cut off'
  elif [ "$1" != "$SERVICE_UNIT" ]; then
    is_active "$1" || printf '%s is not active' "$1"
  else
    reason_for_service
  fi
}

# Why a service whose unit is as it was has to be restarted.
reason_for_service() {
  local before
  recorded "$PUMA_SERVICE" release
  before=$found
  if [ -n "$files_change" ]; then
    printf '%s changed' "$files_change"
  elif [ -f "$STATE/record" ] && [ "$before" != "$release" ]; then
    printf 'release %s follows %s' "${release:-(none)}" "${before:-(none)}"
  elif runs_last_release; then
    printf 'it runs the release before the last'
  elif [ "$PUMA_START_ON" = boot ]; then
    is_active "$SERVICE_UNIT" || printf '%s is not running' "$SERVICE_UNIT"
  fi
}

# Whether the service is to be there, and not to run.
is_kept_stopped() {
  [ "$PUMA_START_ON" = never ]
}

# Sets work, reopened, reason, mode, running and rehearsed.
decide() {
  running=false
  ! is_active "$SERVICE_UNIT" || running=true
  [ -z "$OTHERS_UNIT" ] || ! is_wanted_by_others || running=true
  mode=$PUMA_RESTART
  work=none
  reopened=''
  rehearsed=false
  if is_kept_stopped; then decide_to_stop; else decide_to_run; fi
}

decide_to_run() {
  local all
  reason=$(reason_for "$SERVICE_UNIT" "$service_change")
  [ -z "$predecessor" ] || decide_on_name
  if [ -n "$reason" ] && { [ "$PUMA_START_ON" = boot ] || [ "$running" = true ]; }; then work=service; fi
  all=''
  if [ "$mode/$work" = full/service ]; then all=$PUMA_SOCKETS; fi
  decide_on_sockets
  if [ -n "$all" ]; then work=both reopened=$all; fi
  case $PUMA_ACTION in
    restart | rollback) decide_on_request ;;
  esac
  case $running/$work in
    true/service | true/both) [ "$mode" = none ] || rehearsed=$PUMA_REHEARSE ;;
  esac
}

# Somebody asks for a restart, whatever else there is to do.
decide_on_request() {
  case $PUMA_ACTION/$mode in
    # Workers are forked by a Puma of the code that is to go.
    */none | rollback/phased) mode=hot ;;
  esac
  case $work in
    none) work=service reason="asked for by $PUMA_WHO" ;;
    socket) work=both reason="asked for by $PUMA_WHO" ;;
  esac
  [ -z "$target_time" ] || reason="back to the generation of $target_time: $reason"
}

# Whether it can be done by what is kept here. Who asked may have waited for a run that has changed that.
check_request() {
  local host
  ! is_kept_stopped || fail "$PUMA_SERVICE is kept stopped, so nothing was changed: an apply without that starts it ('ensure')"
  [ "$PUMA_SETTINGS_ARE" = "$PUMA_SETTINGS_FORM" ] ||
    fail "another version of cdktf-puma has left its script of $PUMA_SERVICE here, and did not succeed, so nothing was changed: apply it here once more"
  recorded "$PUMA_SERVICE" host
  host=$found
  recorded "$PUMA_SERVICE" address
  [ "$host/$found" = "$PUMA_HOST/$PUMA_ADDRESS" ] ||
    fail "$PUMA_SERVICE got another host name or address while this waited, so nothing was changed: ask once more"
}

# What waits to be started again runs, too.
decide_to_stop() {
  local unit
  reason=''
  for unit in $PUMA_UNITS; do
    property "$unit" ActiveState
    case $found in
      '' | inactive | failed) ;;
      *) work=stop reason="'ensure' is stopped" ;;
    esac
  done
}

# A renamed Puma is restarted, so that it runs as what it is called.
decide_on_name() {
  reason="$predecessor is now $PUMA_SERVICE"
  case $mode in
    none | phased)
      say "'$mode' is not possible here: $reason"
      mode=hot
      ;;
  esac
}

decide_on_sockets() {
  local unit why socket_reason
  socket_reason=''
  [ -z "$dropped_units" ] || socket_reason="${dropped_units% } is no longer wanted"
  for unit in $PUMA_SOCKETS; do
    change_of_socket "$unit"
    why=$(reason_for "$unit" "$found")
    [ -n "$why" ] || continue
    reopened="$reopened${reopened:+ }$unit"
    case $socket_reason in
      *"$why") ;;
      *) socket_reason="$socket_reason${socket_reason:+; }$why" ;;
    esac
  done
  [ -n "$socket_reason" ] || return 0
  reason=$socket_reason
  work=both
  if [ -n "$dropped_units" ] && [ "$mode" = none ]; then
    say "'none' is not possible here: $reason"
    mode=hot
  fi
  if [ "$PUMA_START_ON" = firstConnection ] && [ "$running" = false ]; then work=${reopened:+socket}; fi
  work=${work:-none}
}

# Whether a run has nothing to do.
is_unchanged() {
  [ "$work" = none ] && [ "$installed" = true ] && [ "$cut_off" = false ] && [ -z "$(dropped_files)$dropped_units$abandoned" ] &&
    are_companions_right
}

# The way that the change of what runs takes: none, stop, take_up (without a restart), leave (it goes on as it is), restart (also
# where it is a start), overlap or phased.
chosen_way() {
  case $work/$running/$mode in
    stop/*) printf stop ;;
    none/true/*) if [ -n "$taken_up" ]; then printf take_up; else printf none; fi ;;
    none/*) printf none ;;
    */true/none) printf leave ;;
    service/true/overlap) printf overlap ;;
    service/true/phased) printf phased ;;
    */true/hot | */true/full | both/true/* | socket/* | */false/*) printf restart ;;
    *) give_up "there is no way to restart that is called '$mode'" ;;
  esac
}
