# shellcheck shell=sh
# What runs around a change of the host: what takes it out of a balancer, and what puts it back in. $STATE/out is there from before the
# first of them until the second has succeeded, whatever becomes of a run in between.

has_around() {
  [ -n "$PUMA_BEFORE$PUMA_AFTER${PUMA_AROUND_AT_ENGINE:-}" ]
}

# Whether the engine runs one of the two: is_at_engine before|after
is_at_engine() {
  case " ${PUMA_AROUND_AT_ENGINE:-} " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
  esac
}

# Whether it would have to be asked, and nobody hears that.
is_unheard() {
  [ -n "${PUMA_AROUND_AT_ENGINE:-}" ] && ! is_heard
}

# By the lines of the service that is to come and with its files, or as root by none.
surround_around() {
  if [ "$PUMA_AROUND_AS_ROOT" = true ]; then
    make_folders "$RUN_UNITS/$ASKED_UNIT.d"
    hide_drop_ins_for_all "$ASKED_UNIT"
    rm -f -- "$RUN_UNITS/$ASKED_UNIT.d/10-service.conf" "$RUN_UNITS/$ASKED_UNIT.d/20-namespace.conf"
  else
    # shellcheck disable=SC2046 # files, whose names systemd escapes
    surround "$(service_to_come)" $(drop_ins_of_others)
    show_new_files "$RUN_UNITS/$ASKED_UNIT.d/10-service.conf"
  fi
}

# run_around COMMAND NAME
run_around() {
  local command name
  command=$1 name=$2
  surround_around
  run_shown "$ASKED_UNIT" "What is run around a change of $SERVICE_UNIT" 1 "$PUMA_AROUND_TIMEOUT" "exec $command" "$name"
}

run_before() {
  local name
  name="what comes before the change ('tasks')"
  if is_at_engine before; then
    step "asking for what comes before the change, where the engine runs"
    ask_engine before "$name"
  elif [ -n "$PUMA_BEFORE" ]; then
    step "running what comes before the change: $(printable "$PUMA_BEFORE")"
    run_around "$PUMA_BEFORE" "$name"
  fi
}

run_after() {
  local name
  name="what comes after the change ('tasks')"
  if is_at_engine after; then
    step "asking for what comes after the change, where the engine runs"
    ask_engine after "$name"
  elif [ -n "$PUMA_AFTER" ]; then
    step "running what comes after the change: $(printable "$PUMA_AFTER")"
    run_around "$PUMA_AFTER" "$name"
  fi
}

# Where nothing runs, there is nothing to take out.
take_out() {
  if is_unheard; then
    say "note: $PUMA_SERVICE is not taken out of its balancer: an apply does that, where the engine runs ('tasks')"
    return 0
  fi
  make_folders "$STATE"
  true >"$STATE/out"
  if ! has_before || [ "$running" = false ]; then return 0; fi
  run_before
  [ -n "$PUMA_DRAIN" ] || return 0
  step "waiting ${PUMA_DRAIN}s for what is under way ('drain')"
  sleep "$PUMA_DRAIN"
}

has_before() {
  [ -n "$PUMA_BEFORE" ] || is_at_engine before
}

# Where a run took the host out, or one before it that was cut off.
put_in() {
  [ -f "$STATE/out" ] || return 0
  if is_unheard; then
    say "note: $PUMA_SERVICE may be out of its balancer, as it was: the next apply puts it back in, where the engine runs ('tasks')"
    return 0
  fi
  run_after
  rm -f -- "$STATE/out"
}

# The same where the old version serves: says in became if that failed.
put_in_after_failure() {
  [ -f "$STATE/out" ] || return 0
  # Of what could not be put back nobody knows what it serves.
  case $became in
    *"could NOT be put back"*) return 0 ;;
  esac
  look
  # shellcheck disable=SC2046 # one unit
  systemctl --quiet is-active -- $(names_now "$SERVICE_UNIT") || return 0
  attempt put_in
  remove_mount_points
  [ "$code" = 0 ] || became="$became, but may be out of the balancer: $(cause_of_failure)"
}

# The same where what serves is as it is to be. What is kept stopped stays out.
put_in_at_the_end() {
  local cause
  if [ ! -f "$STATE/out" ] || is_kept_stopped; then return 0; fi
  look
  attempt put_in
  [ "$code" != 0 ] || return 0
  cause=$(cause_of_failure)
  audit "$PUMA_SERVICE by $PUMA_WHO: $(one_line "$cause")"
  fail "$cause
  $PUMA_SERVICE is as it is to be, but may be out of the balancer: the next apply goes on from there"
}
