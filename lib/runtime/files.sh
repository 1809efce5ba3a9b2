# shellcheck shell=sh
# Managed files: what of them has come, what they differ in, how they change as one and how they come back.
# PUMA_FILES has a line for each: PATH MODE OWNER EFFECT BASE64. An effect is what a change asks for: "unit" what its lines
# say, "restart" a restart, "reload" what comes with each change, a daemon-reload, and "none" nothing at all.

# The name of a file among copies: units keep theirs, of others a "/" is a "!".
key() {
  local rest name
  rest=${1#"$ETC"/}
  rest=${rest#/}
  name=''
  while [ "$rest" != "${rest#*/}" ]; do
    name=$name${rest%%/*}!
    rest=${rest#*/}
  done
  printf %s "$name$rest"
}

# What a file is to be.
new_file() {
  printf %s "$STAGE/new/$(key "$1")"
}

# What a file was before this run.
kept_file() {
  printf %s "$STATE/before/files/$(key "$1")"
}

# Reads which files there are to be, apart from what is in them.
read_files() {
  local path mode owner effect
  while read -r path mode owner effect _; do
    files="$files${files:+
}$path $mode $owner $effect"
  done <<EOT
$PUMA_FILES
EOT
}

# Unpacks what has come.
unpack() {
  local path role text
  remove_if_there "$STAGE"
  make_folder "$STAGE/new"
  while read -r path _ _ _ text; do
    printf %s "$text" | base64 -d >"$(new_file "$path")"
  done <<EOT
$PUMA_FILES
EOT
  [ -z "$PUMA_CANDIDATES" ] || mkdir "$STAGE/candidates"
  while read -r role text; do
    [ -z "$role" ] || printf %s "$text" | base64 -d >"$STAGE/candidates/$role"
  done <<EOT
$PUMA_CANDIDATES
EOT
}

# managed_files [EFFECT]: the paths of all managed files, or of those whose change has this effect.
managed_files() {
  local path effect
  while read -r path _ _ effect; do
    [ "${1:-$effect}" != "$effect" ] || printf '%s\n' "$path"
  done <<EOT
$files
EOT
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

# Those whose change has any effect, and of which the library keeps copies.
files_with_effect() {
  managed_files unit
  managed_files restart
  managed_files reload
}

# Reads all files that this run compares, in one go.
read_sums() {
  local path
  set --
  for path in $(managed_files); do
    set -- "$@" "$(new_file "$path")" "$path" "$STATE/written/$(key "$path")" "$STATE/live/$(key "$path")"
  done
  sums="
$(sha256sum -- "$@" 2>/dev/null)
" || :
}

# is_same FILE FILE: whether two files had the same content when they were read; one that is missing is like no other.
is_same() {
  local one other
  one=$(sum_of "$1")
  other=$(sum_of "$2")
  [ -n "$one" ] && [ "$one" = "$other" ]
}

# Lines are "SUM  FILE".
sum_of() {
  local before
  before=${sums%"  $1
"*}
  [ "$before" = "$sums" ] || printf %s "${before##*"
"}"
}

differs() {
  ! is_same "$(new_file "$1")" "$1"
}

# Whether all files are there as they are to be, but for those whose change has no effect on anything that runs.
are_installed() {
  local path
  for path in $(files_with_effect); do
    ! differs "$path" || return 1
  done
}

# stage SOURCE PATH MODE OWNER: a file beside its place, on disk.
stage() {
  [ -d "${2%/*}" ] || mkdir -p -- "${2%/*}"
  remove_if_there "$2.cdktf-puma"
  cp -- "$1" "$2.cdktf-puma"
  [ "$4" = root:root ] || chown "$4" "$2.cdktf-puma"
  chmod "$3" "$2.cdktf-puma"
  to_disk "$2.cdktf-puma"
}

# Puts a staged file in its place, in one step.
put() {
  mv -f -- "$1.cdktf-puma" "$1"
}

# Installs what differs of the files whose change has no effect on anything that runs.
install_helpers() {
  local path mode owner effect
  while read -r path mode owner effect; do
    if [ "$effect" = none ] && differs "$path"; then
      stage "$(new_file "$path")" "$path" "$mode" "$owner"
      put "$path"
    fi
  done <<EOT
$files
EOT
}

# keep FOLDER PATH: a copy of a file, or of a link, as it stands there.
keep() {
  if [ -e "$2" ] || [ -L "$2" ]; then cp -pP -- "$2" "$1/files/$(key "$2")"; fi
}

# Stages what a file was: as a second name of the same file, which takes no room, where that is possible.
stage_kept() {
  local kept
  kept=$(kept_file "$1")
  remove_if_there "$1.cdktf-puma"
  if [ ! -e "$kept" ] && [ ! -L "$kept" ]; then return 0; fi
  ! cmp -s "$kept" "$1" || return 0
  [ -d "${1%/*}" ] || mkdir -p -- "${1%/*}"
  ln -- "$kept" "$1.cdktf-puma" 2>/dev/null || cp -pP -- "$kept" "$1.cdktf-puma"
  to_disk "$1.cdktf-puma"
}

# Whether a file has been staged that is not in its place yet.
is_staged() {
  [ -e "$1.cdktf-puma" ] || [ -L "$1.cdktf-puma" ]
}

# Puts back what a file was; one that was not there goes.
restore() {
  local kept
  kept=$(kept_file "$1")
  if is_staged "$1"; then
    put "$1"
  elif [ ! -e "$kept" ] && [ ! -L "$kept" ]; then
    rm -f -- "$1"
  fi
}

# A copy for people of what is about to be replaced: back_up PATH WHY
back_up() {
  local copy
  mkdir -p "$BACKUPS"
  copy=$BACKUPS/${1##*/}
  while [ -e "$copy" ]; do copy=$copy~; done
  cp -P -- "$1" "$copy"
  say "${1##*/}: $2; a copy of it is kept as $copy"
}
