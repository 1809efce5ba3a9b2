# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Everything that can be known to be wrong before anything is touched, all at once.
problems=''

problem() {
  problems="$problems
  - $*"
}

has_user() {
  id -u -- "$user" >/dev/null 2>&1
}

has_group() {
  [ -z "$group" ] || getent group "$group" >/dev/null 2>&1
}

check_accounts() {
  [ -z "$user" ] || has_user || problem "there is no user '$user' ('user')"
  has_group || problem "there is no group '$group' ('group')"
}

# The groups that the service's processes are in, by their numbers.
groups_of_service() {
  {
    id -G -- "$user"
    # shellcheck disable=SC2013 # words
    for name in $(sed -n 's/^SupplementaryGroups=//p' "$stage/new/$service.service" 2>/dev/null); do
      getent group "$name" | cut -d: -f3
    done
  } | tr -s ' \n' ',' | sed 's/,$//'
}

# Runs a command as the service's user, where there is one and we may.
as_user() {
  if [ -n "$user" ] && [ "$(id -u)" = 0 ] && has_user && has_group; then
    setpriv --reuid="$user" --regid="${group:-$(id -g -- "$user")}" --groups="$(groups_of_service)" -- "$@"
  else
    "$@"
  fi
}

no_directory() {
  problem "there is no directory $directory ('workingDirectory')$(dangling "$directory")"
}

check_directory() {
  if [ ! -d "$directory" ]; then
    no_directory
  elif ! as_user test -x "$directory"; then
    problem "${user:-root} may not enter $directory ('workingDirectory')"
  elif ! as_user test -f "$executable"; then
    problem "there is no $executable to run Puma by ('command')"
  elif ! as_user test -x "$executable"; then
    problem "${user:-root} may not execute $executable ('command')"
  fi
}

check_files() {
  while read -r prop file; do
    [ -z "$file" ] || as_user test -r "$file" || problem "${user:-root} cannot read $file ('$prop')"
  done <<EOF
$readable_files
EOF
  while read -r file; do
    [ -z "$file" ] || [ -f "$file" ] || [ "$(id -u)" != 0 ] || problem "there is no $file ('environmentFiles')"
  done <<EOF
$environment_files
EOF
}

# Everything that is written to needs a little room, and a file system that takes it.
check_room() {
  for folder in "$etc" "$root" "$(dirname "$stage")"; do
    [ -d "$folder" ] || folder=$(dirname "$folder")
    [ -w "$folder" ] || [ ! -d "$folder" ] || problem "$folder is read-only"
    free=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 }')
    # Another run may just have removed it, as it was empty.
    [ "${free:-1024}" -ge 1024 ] || problem "there is no room left in $folder ($free KB)"
  done
}

dangling() {
  [ ! -L "$1" ] || printf ': the link points to %s' "$(readlink "$1")"
}

# The units that this run may replace or stop, whose sockets therefore do not stand in its way.
replaceable() {
  printf '%s ' "$units" "$(recorded "$service" units)"
  for role in rehearsal standin; do printf '%s ' "$service-$role.service"; done
  for other in $(abandoned_services); do recorded "$other" units; done
}

check_ports() {
  mine=" $(replaceable | tr '\n' ' ') "
  while read -r scheme where port; do
    [ -n "$scheme" ] || continue
    if [ "$scheme" = unix ]; then at=$where; else at=$where:$port; fi
    # shellcheck disable=SC2086 # the port may be empty
    taken_by=$(unit_at "$where" $port)
    case "$mine" in
      *" ${taken_by:-/} "*) continue ;;
    esac
    # Without root nobody can tell whose socket it is.
    if [ "$action" = check ] && [ "$taken_by" = "an unknown process" ]; then continue; fi
    [ -z "$taken_by" ] || problem "$at is taken by $taken_by ('binds')"
    [ "$scheme" != unix ] || [ ! -e "$where" ] || [ -S "$where" ] || problem "$where is in the way: it is not a socket ('binds')"
  done <<EOF
$binds
EOF
}

check_owner() {
  theirs=$(recorded "$service" owner)
  if [ -n "$theirs" ] && [ "$theirs" != "$owner" ]; then
    problem "$service belongs to the stack '$theirs' (host '$(recorded "$service" host)' there): destroy it there, or choose another 'name'"
    return 0
  fi
  ours=" $(recorded "$service" units) $(new_units_of_cut_off_run "$service") "
  for unit in $units; do
    if is_masked "$unit"; then
      problem "$unit is masked: somebody wants it never to start; 'systemctl unmask $unit' first"
      continue
    fi
    case $ours in
      *" $unit "*) continue ;;
    esac
    if [ -e "$etc/$unit" ] && [ "$take_over" != true ]; then
      problem "$etc/$unit was not written by this stack; 'takeOver: true' replaces it and keeps a copy, or choose another 'name'"
    elif [ -n "$(other_source "$unit")" ] && [ "$take_over" != true ]; then
      problem "$unit is $(other_source "$unit"), which this stack did not write; 'takeOver: true' puts ours before it, or choose another 'name'"
    fi
  done
}

# The properties of the new unit that decide how its command runs, for a transient unit.
surroundings() {
  sed -n -E 's/^(User|Group|WorkingDirectory|Environment|EnvironmentFile)=/--property=&/p' "$stage/new/$service.service"
}

# Puma's version, as the unit's own command tells it.
installed_version() {
  set -- --quiet --wait --pipe --collect --property=RuntimeMaxSec=20
  while IFS= read -r assignment; do set -- "$@" "$assignment"; done <<EOF
$(surroundings)
EOF
  # shellcheck disable=SC2086 # the words of the command, which hold no space or special character
  systemd-run "$@" -- $version_command 2>/dev/null | sed -n 's/.*[Pp]uma version:\{0,1\} \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

at_least_6_1() {
  major=${1%%.*} rest=${1#*.}
  [ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "${rest%%.*}" -ge 1 ]; }
}

check_version() {
  [ -n "$puma_version" ] || [ "$on_change" = overlap ] || return 0
  [ -n "$version_command" ] && [ -z "$problems" ] || return 0
  version=$(installed_version) || :
  [ -n "$version" ] || return 0
  if [ "$on_change" = overlap ] && [ "${version%%.*}" -lt 5 ]; then
    problem "this host has Puma $version, which loses requests in an overlap: it wants 5 or newer ('onChange')"
  elif [ "$notifies" = true ] && [ -n "$puma_version" ] && ! at_least_6_1 "$version" && at_least_6_1 "$puma_version"; then
    problem "this host has Puma $version, which never tells systemd that it is ready ('pumaVersion' says $puma_version)"
  elif [ -n "$puma_version" ] && ! at_least_6_1 "$puma_version" && at_least_6_1 "$version"; then
    say "note: this host has Puma $version; with it as 'pumaVersion' systemd would know when it is ready"
  fi
}

# systemd's own opinion of the new units. It exits with 0 on unknown keys and speaks of other units too.
check_units() {
  command -v systemd-analyze >/dev/null || return 0
  for unit in $units; do
    findings=$(cd "$stage/new" && systemd-analyze verify --man=no "./$unit" 2>&1 | grep -E "(^|[^A-Za-z0-9:_.-])$unit:" | sort -u) || :
    while read -r finding; do
      [ -z "$finding" ] || problem "systemd finds in $unit: ${finding##*"$stage/new/"}"
    done <<EOF
$findings
EOF
  done
}

# Whether we may look into the folder where this would be.
could_be_seen() {
  above=$(dirname "$1")
  until [ -e "$above" ]; do above=$(dirname "$above"); done
  [ -x "$above" ]
}

# What somebody who cannot become root can tell of it: what is as they see it, and not what another user may do.
check_without_root() {
  check_accounts
  if [ "$(id -un)" = "$user" ]; then
    check_directory
    check_files
  elif [ ! -d "$directory" ] && could_be_seen "$directory"; then
    no_directory
  fi
  check_ports
}

preflight() {
  check_accounts
  check_directory
  check_files
  check_ports
  check_owner
  [ -n "$problems" ] || check_units
  check_version
}
