# shellcheck shell=sh
# Files that a service declares beside its units: whose they are, whether they may be put there, and how what runs before they are in
# their places, a rehearsal or a command that is asked, has them there all the same.

# Sets the owners of files to what chown takes: "@" is the service's group.
name_owners() {
  local path access owner effect group list
  [ -n "$declared_paths" ] || return 0
  group=$(service_group)
  list=''
  while read -r path access owner effect; do
    [ "$owner" != root:@ ] || owner=root:$group
    list="$list${list:+
}$path $access $owner $effect"
  done <<EOT
$files
EOT
  files=$list
}

# The number of the group that Puma runs as.
service_group() {
  local line
  if [ -n "$PUMA_GROUP" ]; then
    line=$(getent group "$PUMA_GROUP") || line=''
    line=${line#*:*:}
    line=${line%%:*}
  else
    line=$(account_ids gid)
  fi
  printf %s "${line:-0}"
}

is_declared() {
  case " $declared_paths " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

# Adds to the files that differ those that are another's, or open to others, than they are to be.
read_access_of_files() {
  local path access owner effect is
  [ -n "$declared_paths" ] || return 0
  # shellcheck disable=SC2086 # a list of files
  is=$(stat -c '%n %a %U:%G %u:%g' -- $declared_paths 2>/dev/null) || :
  while read -r path access owner effect; do
    if ! is_declared "$path" || differs "$path"; then continue; fi
    rest_of "$is" "$path "
    case ${access#0}/$found in
      "${found%% *}/${found%% *} $owner "* | "${found%% *}/"*" $owner" | "${found%% *}/"*" 0:${owner#root:}") ;;
      *) differing="$differing $path" ;;
    esac
  done <<EOT
$files
EOT
}

# What others than this service have put there is theirs, and who is to have a file has to be there.
check_files() {
  local path access owner effect
  [ -n "$declared_paths" ] || return 0
  while read -r path access owner effect; do
    is_declared "$path" || continue
    check_place_of_file "$path"
    [ "$owner" = root:root ] || check_owner_of_file "$owner"
  done <<EOT
$files
EOT
}

check_place_of_file() {
  if [ -d "$1" ]; then
    problem "$1 is a folder, where a file is to be: choose another path ('files')"
  elif [ "$PUMA_TAKE_OVER" = true ] || { [ ! -e "$1" ] && [ ! -L "$1" ]; }; then
    return 0
  elif ! owns_file "$1" && ! is_mount_point "$1"; then
    problem "$1 was not written by this service: 'takeOver: true' replaces it and keeps a copy, or choose another path ('files')"
  fi
}

# Whether a file is the service's: by its record, or as a run that was cut off had begun to add it. One that another service of this
# stack has there was that one's until now: the stack gives each to one of them.
owns_file() {
  local mine
  recorded "$PUMA_SERVICE" files
  mine="$found $(new_files_of_cut_off_run "$PUMA_SERVICE")"
  files_of_siblings "$PUMA_SERVICE"
  case " $mine $found " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

# files_of_siblings SERVICE: sets found to the files that this stack's other services have, or are about to have: those that a run
# of theirs may be changing at this moment.
files_of_siblings() {
  local file other list
  list=''
  for file in "$ROOT"/*/record "$ROOT"/*/before/paths; do
    other=${file#"$ROOT/"}
    other=${other%%/*}
    if [ "$other" = "$1" ] || [ "$other" = "${predecessor:-$1}" ] || [ ! -f "$file" ] || is_anothers_sibling "$other"; then continue; fi
    case $file in
      */record) recorded "$other" files ;;
      *) found=$(words_without "$(text_of "$file")" '') ;;
    esac
    list="$list $found"
  done
  found=$list
}

# Whether a service is another stack's. One that is installed for the first time has no record yet.
is_anothers_sibling() {
  recorded "$1" owner
  [ -n "$found" ] && [ "$found" != "$PUMA_OWNER" ]
}

# check_owner_of_file USER:GROUP
check_owner_of_file() {
  case ${1%%:*} in
    root) ;;
    *) getent passwd "${1%%:*}" >/dev/null 2>&1 || problem "there is no user '${1%%:*}' to own a file ('files')" ;;
  esac
  case ${1#*:} in
    root | *[!0-9]*) ;;
    *) return 0 ;;
  esac
  getent group "${1#*:}" >/dev/null 2>&1 || problem "there is no group '${1#*:}' to own a file ('files')"
}

# Whether what stands there only keeps the place for what a rehearsal sees there.
is_mount_point() {
  [ -f "$1" ] && [ ! -L "$1" ] && [ "$(first_line "$1")" = "$MOUNT_POINT" ]
}

# show_new_files UNIT: lets what runs by a unit find new files in their places before they are there. Files of variables are
# systemd's to read, which reads them before.
show_new_files() {
  local path access owner effect mounts
  mounts=''
  while read -r path access owner effect; do
    if ! is_declared "$path" || ! differs "$path"; then continue; fi
    chown "$owner" "$STAGE/new$path"
    chmod "$access" "$STAGE/new$path"
    make_mount_point "$path"
    mounts="${mounts}BindReadOnlyPaths=$STAGE/new$path:$path
"
  done <<EOT
$files
EOT
  [ -n "$mounts" ] || return 0
  read_new_variables "$1" >"$STAGE/shown"
  printf '%s\n' '' '[Service]' "${mounts%?}" >>"$STAGE/shown"
  cat "$STAGE/shown" >"$1"
}

make_mount_point() {
  if [ -e "$1" ] || [ -L "$1" ]; then return 0; fi
  [ -d "${1%/*}" ] || mkdir -p -- "${1%/*}"
  printf '%s\n' "$MOUNT_POINT" >"$1"
}

# read_new_variables UNIT: its lines, each file of variables that is about to change as it has come.
read_new_variables() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      EnvironmentFile=/*) ! is_declared "${line#*=}" || ! differs "${line#*=}" || line="EnvironmentFile=$STAGE/new${line#*=}" ;;
    esac
    printf '%s\n' "$line"
  done <"$1"
}

# What kept the places of new files goes, unless they have come.
remove_mount_points() {
  local path
  for path in $declared_paths; do
    is_mount_point "$path" || continue
    rm -f -- "$path"
    leave_folder "$path"
  done
}

# leave_folder PATH: the folder of files that say no other place goes with the last of them.
leave_folder() {
  case $1 in
    /etc/puma/*) rmdir /etc/puma 2>/dev/null || : ;;
  esac
}
