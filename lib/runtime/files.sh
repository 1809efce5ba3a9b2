# shellcheck shell=sh
# Managed files: what of them has come, what they differ in, how they change as one and how they come back.
# PUMA_FILES has a line for each: PATH MODE OWNER EFFECT :BASE64. An effect is what a change asks for: "unit" what its lines
# say, "restart" a restart, "reload" what comes with each change, a daemon-reload, "companion" the same and that this unit is started
# anew, and "none" nothing at all.

# What a file is to be stands below $STAGE/new, by its whole path.

# key PATH: sets found to the name of a file among copies: units keep theirs, of others a "/" is a "!".
key() {
  local rest
  rest=${1#"$ETC"/}
  rest=${rest#/}
  found=''
  while [ "$rest" != "${rest#*/}" ]; do
    found=$found${rest%%/*}!
    rest=${rest#*/}
  done
  found=$found$rest
}

# kept_file PATH: sets found to the copy of what a file was before this run.
kept_file() {
  key "$1"
  found=$STATE/before/files/$found
}

# place PATH: sets found to where a file of the settings stands: "%h" is the home of whom this runs as, as it is to systemd.
place() {
  case $1 in
    %h/*) found=$HOME/${1#%h/} ;;
    *) found=$1 ;;
  esac
}

# Reads what there is to be. A shell reads lines a byte at a time, and words at once.
read_files() {
  release=$(one_line "$PUMA_RELEASE")
  # shellcheck disable=SC2086 # words without any special character
  set -- $PUMA_FILES
  while [ $# != 0 ]; do
    place "$1"
    files="$files${files:+
}$found $2 $3 $4"
    case $4 in
      unit) unit_paths="$unit_paths $found" ;;
      none) helper_paths="$helper_paths $found" ;;
      *) own_paths="$own_paths${own_paths:+ }$found" ;;
    esac
    case $4 in
      companion) ! waits "$found" || companions="$companions${companions:+ }${found##*/}" ;;
      drop-in | restart | reload) declared_paths="$declared_paths${declared_paths:+ }$found" ;;
    esac
    case $4 in
      drop-in) drop_in=$found ;;
      restart) restart_paths="$restart_paths $found" ;;
    esac
    shift 5
  done
}

# make_stage FOLDER...: the run's folder, with these in it. It is root's alone, with what it has of others' answers and files.
make_stage() {
  remove_if_there "$STAGE"
  umask 077
  make_folders "$STAGE" "$@"
  umask 022
}

# Unpacks what has come: readable for nobody else, until it is given its mode.
unpack() {
  make_stage "$STAGE/new$ETC/$SERVICE_UNIT.d" "$STAGE/new$STATE"
  umask 077
  # shellcheck disable=SC2086 # words without any special character
  set -- $PUMA_FILES
  while [ $# != 0 ]; do
    place "$1"
    [ -d "$STAGE/new${found%/*}" ] || mkdir -p -- "$STAGE/new${found%/*}"
    case $PUMA_ACTION in
      restart | rollback) take_what_is_here "$found" "$4" ;;
      *) printf %s "${5#:}" | base64 -d >"$STAGE/new$found" ;;
    esac
    shift 5
  done
  # shellcheck disable=SC2086 # words without any special character
  set -- $PUMA_CANDIDATES
  [ $# = 0 ] || mkdir "$STAGE/candidates"
  while [ $# != 0 ]; do
    printf %s "$2" | base64 -d >"$STAGE/candidates/$1"
    shift 2
  done
  umask 022
}

# take_what_is_here PATH EFFECT: what somebody edited on the host is meant where he asks for a restart there. What a rollback brings is
# what ran, with the helpers that the host has by now.
take_what_is_here() {
  local source
  source=$1
  if [ "$PUMA_ACTION" = rollback ] && [ "$2" != none ]; then
    key "$1"
    source=$GENERATIONS/$TARGET/live/$found
  fi
  if [ -f "$source" ]; then cp -- "$source" "$STAGE/new$1"; else problem "$source is gone: apply its service here once more, with -replace"; fi
}

# Whether a file is one of those that this run brings.
is_managed() {
  case "
$files" in
    *"
$1 "*) return 0 ;;
  esac
  return 1
}

# Reads all files that this run compares, in one go.
read_sums() {
  local path
  set --
  for path in $unit_paths $own_paths $helper_paths; do
    key "$path"
    set -- "$@" "$STAGE/new$path" "$path" "$STATE/written/$found" "$STATE/live/$found"
  done
  sums="
$(sha256sum -- "$@" 2>/dev/null)
" || :
  differing=''
  for path in $unit_paths $own_paths $helper_paths; do
    is_same "$STAGE/new$path" "$path" || differing="$differing $path"
  done
}

# is_same FILE FILE: whether two files had the same content when they were read; one that is missing is like no other.
is_same() {
  local sum
  sum_of "$1"
  sum=$found
  sum_of "$2"
  [ -n "$sum" ] && [ "$sum" = "$found" ]
}

# sum_of FILE: sets found to a digest, of which each has a line "SUM  FILE".
sum_of() {
  found=${sums%"  $1
"*}
  if [ "$found" = "$sums" ]; then found=''; fi
  found=${found##*"
"}
}

differs() {
  case "$differing " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

# Whether all files are there as they are to be, but for those whose change has no effect on anything that runs.
are_installed() {
  local path
  for path in $unit_paths $own_paths; do
    ! differs "$path" || return 1
  done
}

# stage SOURCE PATH MODE OWNER: a file beside its place, on disk.
stage() {
  [ -d "${2%/*}" ] || mkdir -p -- "${2%/*}"
  remove_if_there "$2.cdktf-puma"
  cp -- "$1" "$2.cdktf-puma"
  case $4 in
    root:root | -) ;;
    *) chown "$4" "$2.cdktf-puma" ;;
  esac
  chmod "$3" "$2.cdktf-puma"
  to_disk "$2.cdktf-puma"
}

# Puts a staged file in its place, in one step.
put() {
  mv -f -- "$1.cdktf-puma" "$1"
}

# Installs what differs of the files whose change has no effect on anything that runs.
install_helpers() {
  local path access owner effect
  while read -r path access owner effect; do
    if [ "$effect" = none ] && differs "$path"; then
      stage "$STAGE/new$path" "$path" "$access" "$owner"
      put "$path"
    fi
  done <<EOT
$files
EOT
}

# keep FOLDER PATH: a copy of a file, or of a link, as it stands there.
keep() {
  if [ ! -e "$2" ] && [ ! -L "$2" ]; then return 0; fi
  key "$2"
  cp -pP -- "$2" "$1/files/$found"
}

# Stages what a file was: as a second name of the same file, which takes no room, where that is possible.
stage_kept() {
  local kept
  kept_file "$1"
  kept=$found
  remove_if_there "$1.cdktf-puma"
  if [ ! -e "$kept" ] && [ ! -L "$kept" ]; then return 0; fi
  ! cmp -s "$kept" "$1" || return 0
  [ -d "${1%/*}" ] || mkdir -p -- "${1%/*}"
  link_with_label "$kept" "$1.cdktf-puma" || cp -pP -- "$kept" "$1.cdktf-puma"
  to_disk "$1.cdktf-puma"
}

# link_with_label FILE PATH: a second name of a file, which has the label of its first: SELinux lets systemd read no unit with that
# of a file in /var/lib. What is written anew has that of its folder.
link_with_label() {
  ln -- "$1" "$2" 2>/dev/null || return 1
  ! has_labels || restorecon "$2" 2>/dev/null || {
    rm -f -- "$2"
    return 1
  }
}

# Whether a file has been staged that is not in its place yet.
is_staged() {
  [ -e "$1.cdktf-puma" ] || [ -L "$1.cdktf-puma" ]
}

# Puts back what a file was; one that was not there goes.
restore() {
  kept_file "$1"
  if is_staged "$1"; then
    put "$1"
  elif [ ! -e "$found" ] && [ ! -L "$found" ]; then
    rm -f -- "$1"
  fi
}

# A copy for people of what is about to be replaced: back_up PATH WHY
back_up() {
  local copy
  mkdir -p "$BACKUPS"
  copy=$BACKUPS/${1##*/}
  while [ -e "$copy" ]; do copy=$copy~; done
  cp -pP -- "$1" "$copy"
  say "${1##*/}: $2; a copy of it is kept as $copy"
}

# keep_edits PATH: a copy for people of what goes, if it is not as this library wrote it.
keep_edits() {
  key "$1"
  set -- "$1" "$ROOT/${predecessor:-$PUMA_SERVICE}/written/$found"
  if [ ! -f "$1" ] || [ -L "$1" ] || [ ! -f "$2" ] || cmp -s "$2" "$1"; then return 0; fi
  back_up "$1" "was edited on the host"
}

# bytes_of FILE: 0 of one that is not there.
bytes_of() {
  if [ -f "$1" ]; then wc -c <"$1"; else printf 0; fi
}
