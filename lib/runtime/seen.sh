# shellcheck shell=sh
# What is asked for of a service that somebody looks at. Nothing is changed, and no run is waited for.

tell_all() {
  read_files
  read_account
  read_units
  look
  started=$(date +%s) watched=$SERVICE_UNIT
  tell service "$PUMA_SERVICE"
  tell host "$PUMA_HOST"
  tell_state
  tell_health
  tell_release
  tell_edits
  tell_runs
}

tell_state() {
  local unit activity
  if is_up; then tell serves yes; else tell serves no; fi
  ! is_kept_stopped || tell stopped yes
  locked_by "$PUMA_SERVICE"
  tell locked "$found"
  for unit in $PUMA_UNITS $OTHERS_UNIT; do
    property "$unit" ActiveState
    activity=$found
    property "$unit" SubState
    tell unit "$unit $activity $found"
  done
  is_kept_stopped || tell_companions
  tell_puma
}

# Of the units beside the service's what does not wait as it should, and whether the last restart by itself has failed.
tell_companions() {
  local unit
  for unit in $companions; do
    is_active "$unit" || tell not_waiting "$unit"
  done
  [ -n "${PUMA_WATCHED:-}" ] || return 0
  unit=cdktf-puma-restart@$SERVICE_UNIT
  ! systemctl --quiet is-failed -- "$unit" || tell restart_failed "$unit"
}

# Whether it serves, or would at the first connection.
is_up() {
  local unit
  ! is_active "$SERVICE_UNIT" || return 0
  [ "$PUMA_START_ON" = firstConnection ] || return 1
  for unit in $PUMA_SOCKETS; do is_active "$unit" || return 1; done
}

# More of the service than a run has to know: the times by the clock that nobody sets, in microseconds.
tell_puma() {
  local name value up changed wait next seconds
  up=0 changed=0 wait='' next='' seconds=0
  while IFS='=' read -r name value; do
    case $name in
      ActiveEnterTimestampMonotonic) up=$value ;;
      StateChangeTimestampMonotonic) changed=$value ;;
      RestartUSec) wait=$value ;;
      RestartUSecNext) next=$value ;;
      MemoryCurrent) tell_memory "$value" ;;
      StatusText) tell_status "$value" ;;
    esac
  done <<EOT
$(systemctl show --property=ActiveEnterTimestampMonotonic,StateChangeTimestampMonotonic,RestartUSec,RestartUSecNext \
    --property=MemoryCurrent,StatusText -- "$SERVICE_UNIT" 2>/dev/null)
EOT
  if is_active "$SERVICE_UNIT"; then
    seconds=$(($(now) - up / 1000000))
    tell up "$seconds"
    tell since "$((started - seconds))"
  fi
  seconds_in "${next:-$wait}"
  next=$((changed / 1000000 + found - $(now)))
  tell_crashes "$seconds" "$((next > 0 ? next : 0))"
}

# systemd says "[not set]" where it counts none, and before 254 the greatest number there is.
tell_memory() {
  case $1 in
    *[!0-9]* | ???????????????*) ;;
    *) tell memory "$1" ;;
  esac
}

# Puma's own line, as Puma 6.1 and later has it: "Puma 6.6.0: cluster: 2/2, worker_status: [{ 1/5 threads, 4 available, 0 backlog },…]".
# The application may say something else in its place.
tell_status() {
  local rest busy threads backlog one all free
  rest=$1 busy=0 threads=0 backlog=0
  while :; do
    case $rest in
      *"{ "*" threads, "*" available, "*" backlog }"*) ;;
      *) break ;;
    esac
    rest=${rest#*"{ "}
    one=${rest%%" }"*}
    all=${one%%" threads"*} free=${one#*"threads, "}
    all=${all#*/} free=${free%%" available"*} one=${one%" backlog"}
    one=${one##*" "}
    are_counts "$all" "$free" "$one" || break
    threads=$((threads + all)) busy=$((busy + all - free)) backlog=$((backlog + one))
  done
  if [ "$threads" = 0 ]; then
    tell status "$1"
    return 0
  fi
  rest=${1#"Puma "}
  tell puma "${rest%%:*}"
  case $rest in
    *": cluster: "*)
      rest=${rest#*": cluster: "}
      tell workers "${rest%%,*}"
      ;;
  esac
  tell threads "$busy/$threads"
  tell backlog "$backlog"
}

# Whether a shell can count with what the application has said.
are_counts() {
  local word
  for word in "$@"; do
    case $word in
      '' | *[!0-9]* | 0?* | ??????????*) return 1 ;;
    esac
  done
}

# As a deploy asks, once, and only what runs: a question would start what waits for its first connection.
tell_health() {
  local bind failed
  is_active "$SERVICE_UNIT" || return 0
  watch "$SERVICE_UNIT"
  bind=${PUMA_HEALTH_BIND:-$PUMA_BINDS}
  bind=${bind:-$(listening_binds)}
  bind=${bind%%"
"*}
  failed=false
  case $PUMA_HEALTH_KIND in
    http) has_status "$bind" "$PUMA_HEALTH_HEADERS" >"$STAGE/answer" 2>&1 || failed=true ;;
    command) run_health_command "$(name_of "$bind")" >"$STAGE/answer" 2>&1 || failed=true ;;
    *) probe "$bind" / localhost 5 '' >"$STAGE/answer" 2>&1 || failed=true ;;
  esac
  if [ "$failed" = true ]; then
    tell health failed
    tell health_said "$(answer)"
  else
    tell health passed
  fi
  tell asked "$(name_of "$bind")"
}

tell_release() {
  recorded "$PUMA_SERVICE" release
  tell release "$found"
  recorded "$PUMA_SERVICE" path
  tell path "${found:-$PUMA_DIRECTORY}"
  tell_way_back
  recorded "$PUMA_SERVICE" deployed
  tell deployed "$found"
  recorded "$PUMA_SERVICE" deployed_by
  tell deployed_by "$found"
}

tell_way_back() {
  rolled_back
  tell rolled_back "$found"
  if ! runs_last_release; then
    tell_link
  elif [ -z "$found" ]; then
    tell release_before yes
  fi
}

# Where the link leads that the next start goes by, if not to what runs, or was healthy last.
tell_link() {
  local path target
  target=$(readlink -f -- "$PUMA_DIRECTORY") || target=$PUMA_DIRECTORY
  if is_active "$SERVICE_UNIT"; then
    path=$(application_path)
  else
    recorded "$PUMA_SERVICE" path
    path=$found
    are_releases "$PUMA_DIRECTORY" "$path" "$target" || path=''
  fi
  [ "$path" = "$target" ] || [ -z "$path" ] || tell linked "$target"
}

# What a run has begun to write is no edit.
tell_edits() {
  local path
  [ ! -d "$STATE/before" ] || return 0
  for path in $unit_paths $own_paths; do
    key "$path"
    if [ -f "$STATE/written/$found" ] && ! cmp -s "$STATE/written/$found" "$path"; then tell edited "$path"; fi
  done
}

tell_runs() {
  local run name value activity since
  activity='' run='' since=0
  while IFS='=' read -r name value; do
    case $name in
      ActiveState) activity=$value ;;
      Description) run=$value ;;
      ActiveEnterTimestampMonotonic) since=$value ;;
    esac
  done <<EOT
$(systemctl show --property=ActiveState,Description,ActiveEnterTimestampMonotonic -- "cdktf-puma-${PUMA_SERVICE%:*}.service" 2>/dev/null)
EOT
  case $activity in
    active | activating | deactivating)
      tell run "$run"
      tell run_since "$(($(date +%s) - $(now) + since / 1000000))"
      tell run_step "$(first_line "${STAGE%":$$"}/step")"
      ;;
    *) [ ! -d "$STATE/before" ] || tell cut_off yes ;;
  esac
  # What is kept stopped is out for as long as it is.
  if [ -f "$STATE/out" ] && ! is_kept_stopped; then tell out yes; fi
  [ ! -f "$STATE/last" ] || tell last "$(first_line "$STATE/last")"
}
