# shellcheck shell=sh
# Everything that can be known to be wrong before anything is touched, all at once.

# Everything that is written to needs a little room, and a file system that takes it.
check_room() {
  local name folder free
  set --
  for folder in "$ETC" "$ROOT" "$RUN_ROOT"; do
    [ -d "$folder" ] || folder=${folder%/*}
    # Another run may just have removed it, as it was empty.
    [ -d "$folder" ] || continue
    [ -w "$folder" ] || problem "$folder is read-only"
    set -- "$@" "$folder"
  done
  while read -r name _ _ free _; do
    [ "$name" != Filesystem ] || continue
    [ "${free:-1024}" -ge 1024 ] || problem "there is no room left in $1 ($free KB)"
    shift
  done <<EOT
$(df -Pk "$@" 2>/dev/null)
EOT
}

# The units that this run may replace or stop, whose sockets therefore do not stand in its way.
replaceable() {
  local other
  printf '%s ' "$all_units" "$(candidate_unit rehearsal)" "$(candidate_unit standin)"
  for other in $abandoned; do
    units_of "$other"
    printf '%s ' "$found"
  done
}

check_ports() {
  local mine scheme where port taken_by
  mine=" $(replaceable) "
  while read -r scheme where port; do
    [ -n "$scheme" ] || continue
    ! is_our_socket "$scheme" "$where" "$port" || continue
    # shellcheck disable=SC2086 # the port may be empty
    taken_by=$(unit_at "$mine" "$where" $port)
    case $mine in
      *" ${taken_by:-/} "*) continue ;;
    esac
    check_port "$scheme" "$where" "$port" "$taken_by"
  done <<EOT
$PUMA_BINDS
EOT
}

# check_port SCHEME ADDRESS PORT UNIT
check_port() {
  # Without root nobody can tell whose socket it is.
  if [ "$PUMA_ACTION" = check ] && [ "$4" = "an unknown process" ]; then return 0; fi
  # shellcheck disable=SC2086 # the port may be empty
  [ -z "$4" ] || problem "$2${3:+:$3} is taken by $(named_holder "$4" "$2" $3), or choose another one ('binds')"
  [ "$1" != unix ] || [ ! -e "$2" ] || [ -S "$2" ] || problem "$2 is in the way: it is not a socket ('binds')"
}

check_owner() {
  local unit owner
  if is_of_others; then
    owner=$found
    recorded "$PUMA_SERVICE" host
    problem "$PUMA_SERVICE belongs to the stack '$owner' (host '$found' there): destroy it there, or choose another 'name'"
    return 0
  fi
  for unit in $PUMA_UNITS; do
    if is_masked "$unit"; then
      problem "$unit is masked: somebody wants it never to start; '$SYSTEMCTL unmask $unit' first"
      continue
    fi
    case " $units_before " in
      *" $unit "*) ;;
      *) check_foreign_unit "$unit" ;;
    esac
  done
}

check_foreign_unit() {
  if [ "$PUMA_TAKE_OVER" = true ] || [ -n "$predecessor" ]; then return 0; fi
  if [ -e "$ETC/$1" ]; then
    problem "$ETC/$1 was not written by this stack; 'takeOver: true' replaces it and keeps a copy, or choose another 'name'"
  elif [ -n "$(other_source "$1")" ]; then
    problem "$1 is $(other_source "$1"), which this stack did not write; 'takeOver: true' puts ours before it, or choose another 'name'"
  fi
}

# Whether this run lets Puma start, at once or at the first connection.
starts_puma() {
  case $work/$running/$mode in
    none/* | stop/* | */true/none) return 1 ;;
  esac
}

needs_version() {
  [ -n "$PUMA_VERSION" ] || [ "$PUMA_RESTART" = overlap ]
}

# The command is only run where it can be another one than that of the Puma that runs, whose title tells its version: that is
# the boot of a Ruby.
check_command() {
  judge_command
  remove_mount_points
}

judge_command() {
  local version
  version=''
  if runs_same_code && ! has_new_config; then
    needs_version || return 0
    property "$SERVICE_UNIT" MainPID
    version=$(version_of_process "$found")
  fi
  if [ -z "$version" ]; then
    needs_version || starts_puma || has_new_config || return 0
    if ! ask_command && starts_puma && has_failed_by_itself; then judge_failure_of_command || return 0; fi
    judge_config
    version=$(version_in "$(text_of "$STAGE/version")")
  fi
  [ -z "$version" ] || check_version "$version"
}

# Whether the command fails only as it is asked here, and not as the service.
judge_failure_of_command() {
  local words
  words=$(last_words_of_command)
  if refuses_version; then
    say "note: the command does not tell which Puma it starts: $words ('command')"
  elif ! wants_socket; then
    problem "the command fails, with --version alone: $words ('command')"
    return 1
  fi
}

# warn_of_proxy_protocol VERSION: where whoever asks can claim any address on a connection that is kept, and use up the memory
# (CVE-2026-47736, CVE-2026-47737).
warn_of_proxy_protocol() {
  case $proxied/$1 in
    true/5.[5-9]* | true/5.1?* | true/6.* | true/7.0* | true/7.1* | true/7.2.0* | true/8.0.0* | true/8.0.1)
      say "note: in Puma $1 whoever asks can claim any address by the PROXY protocol, and use up the memory: take 7.2.1, 8.0.2 or newer, or leave it away ('set_remote_address' in Puma's configuration file)"
      ;;
  esac
}

# Puma's own limit for the boot of a worker beside that of the service.
check_boot_limits() {
  local seconds limit
  seconds=${worker_boot#"("}
  seconds=${seconds%%[!0-9]*}
  [ -n "$seconds" ] && [ ${#seconds} -lt 7 ] && starts_puma || return 0
  limit=${PUMA_START_TIMEOUT%%.*}
  if [ "$seconds" -gt "$limit" ]; then
    say "note: Puma's configuration file gives a worker ${seconds}s to boot (worker_boot_timeout), and 'startTimeout' the whole boot ${limit}s: raise 'startTimeout'"
  elif [ "$limit" -gt 90 ] && [ "$seconds" -lt "$limit" ]; then
    say "note: 'startTimeout' gives a boot ${limit}s, and Puma's configuration file a worker ${seconds}s of that: raise worker_boot_timeout"
  fi
}

# check_version VERSION: of the Puma that is to run.
check_version() {
  local version
  version=$1
  warn_of_proxy_protocol "$version"
  if [ "$PUMA_RESTART" = overlap ] && [ "${version%%.*}" -lt 5 ]; then
    problem "this host has Puma $version, which loses requests in an overlap: it wants 5 or newer ('restart')"
  elif [ "$PUMA_NOTIFIES" = true ] && [ -n "$PUMA_VERSION" ] && ! at_least_6_1 "$version" && at_least_6_1 "$PUMA_VERSION"; then
    problem "this host has Puma $version, which never tells systemd that it is ready ('pumaVersion' says $PUMA_VERSION)"
  elif [ -n "$PUMA_VERSION" ] && ! at_least_6_1 "$PUMA_VERSION" && at_least_6_1 "$version"; then
    say "note: this host has Puma $version; with it as 'pumaVersion' systemd would know when it is ready"
  elif ! is_as_declared "$version"; then
    say "note: this host has Puma $version, and the unit is written for $PUMA_VERSION ('pumaVersion')"
  fi
}

# What somebody who cannot become root can tell of it: what is as they see it, and not what another user may do.
check_without_root() {
  read_account
  find_abandoned
  read_units
  look
  check_accounts
  if [ "$(id -un)" = "$PUMA_USER" ]; then
    check_access
  elif is_missing "$PUMA_DIRECTORY"; then
    no_directory
  fi
  check_roots
  check_ports
}

check_alarm() {
  [ -n "$PUMA_ALARM" ] || return 0
  property "$PUMA_ALARM" LoadState
  [ "$found" = loaded ] || problem "there is no unit $PUMA_ALARM to start when Puma crashes again and again ('alarm')"
}

preflight() {
  if [ -n "$OTHERS_UNIT" ]; then
    check_drop_in
    return 0
  fi
  check_surroundings
  is_unchanged || check_change
}

# What is around the service. Of one that is kept stopped nothing is asked that only a start needs.
check_surroundings() {
  check_accounts
  is_kept_stopped || check_access
  is_kept_stopped || check_environment_files
  check_secrets
  check_roots
  is_kept_stopped || check_logs
  is_kept_stopped || check_alarm
  is_kept_stopped || check_companions
  is_kept_stopped || check_watched
  is_kept_stopped || check_proxy
  is_kept_stopped || check_ports
  check_owner
  check_locks
  check_files
  check_name
  check_drop_ins
}

# What is around another's unit is its owner's.
check_drop_in() {
  check_opened_by_lines
  check_owner
  check_locks
  check_files
  check_others_unit
  is_unchanged || [ -n "$problems" ] || check_lines_of_drop_in
}

check_change() {
  check_boot_limits
  check_variables
  check_labels
  check_user_scope
  is_kept_stopped || check_places_of_binds
  [ -n "$problems" ] || check_units
  [ -n "$problems" ] || is_kept_stopped || check_command
  if [ "$rehearsed" = true ]; then
    check_memory
    check_candidates
  fi
}
