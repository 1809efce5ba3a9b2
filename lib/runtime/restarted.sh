# shellcheck shell=sh
# A Puma that somebody else restarts while a run watches it (systemctl restart, needrestart) has not failed: it is the same version
# that starts once more. A run waits for that one as it did for its own.

# through_restarts WAIT...: no more than a few times.
through_restarts() {
  local left
  left=5
  until "$@"; do
    [ "$left" != 0 ] && was_restarted || return 1
    left=$((left - 1))
    say "$watched was restarted by somebody else: waiting for that one"
  done
}

# Whether the start that is watched gave way to another that somebody asked for, which is watched then. systemd counts what it
# starts by itself.
was_restarted() {
  look
  wait_for_jobs
  is_active "$watched" || return 1
  property "$watched" NRestarts
  [ "$found" = 0 ] || return 1
  property "$watched" InvocationID
  [ "$found" != "$invocation" ] || return 1
  watch "$watched"
}

# Until systemd has stopped and started what it was asked to.
wait_for_jobs() {
  local deadline
  time_of TimeoutStopUSec "$watched"
  deadline=$found
  time_of TimeoutStartUSec "$watched"
  deadline=$(($(now) + deadline + found))
  property "$watched" Job
  while [ "${found:-0}" != 0 ] && [ "$(now)" -lt "$deadline" ]; do
    sleep 0.2
    look
    property "$watched" Job
  done
}
