# shellcheck shell=sh
# What is written down of a service on its host, beside its units (see architecture.md, "On a host").

# Reads the record of a service, if there is one. One that is renamed has that of its predecessor, until it has its own.
read_record() {
  local line
  record='
'
  record_of=$1
  [ "$1" != "$PUMA_SERVICE" ] || [ -z "$predecessor" ] || [ -f "$STATE/record" ] || set -- "$predecessor"
  # Another service may be removed at this moment.
  { while IFS= read -r line; do
    record="$record$line
"
  done <"$ROOT/$1/record"; } 2>/dev/null || :
}

# recorded SERVICE KEY: sets found to one line of a service's record.
recorded() {
  [ "$record_of" = "$1" ] || read_record "$1"
  rest_of "$record" "$2="
}

is_ours() {
  recorded "$1" owner
  [ "$found" = "$PUMA_OWNER" ]
}

# Whether this run's service is another stack's.
is_of_others() {
  ! is_ours "$PUMA_SERVICE" && [ -n "$found" ]
}

# Reads which units there were, and which of them go.
read_units() {
  units_of "$PUMA_SERVICE"
  units_before=$found
  dropped_units=$(words_without "$units_before" "$PUMA_UNITS")
  all_units="${PUMA_UNITS:-$SERVICE_UNIT} $dropped_units"
  [ -z "$predecessor" ] || dropped_units=''
  # Another's unit is none of those that change.
  [ -z "$OTHERS_UNIT" ] || all_units=''
}

# Looks at all units that this run has to do with. For one that there is not, systemd goes through all its folders each time.
look() {
  local unit
  set --
  for unit in "$PUMA_SERVICE-rehearsal.service" "$PUMA_SERVICE-standin.service"; do
    if [ "$rehearsed" = true ] || [ -e "$RUN_UNITS/$unit" ]; then set -- "$@" "$unit"; fi
  done
  # shellcheck disable=SC2086 # a list of units
  read_facts $all_units $OTHERS_UNIT $PUMA_ALARM $companions "$@"
}

# keep_copies FOLDER [FOLDER]: "written" is what this library last wrote, "live" what runs.
keep_copies() {
  local folder path first
  first=$STATE/$1.new
  remove_if_there "$STATE/written.new" "$STATE/live.new"
  mkdir "$first"
  # shellcheck disable=SC2086 # a list of files
  [ -z "$unit_paths" ] || cp -- $unit_paths "$first/"
  for path in $own_paths; do
    key "$path"
    cp -p -- "$path" "$first/$found"
  done
  [ $# = 1 ] || cp -pR -- "$first" "$STATE/$2.new"
  for folder in "$@"; do
    remove_if_there "$STATE/$folder"
    mv "$STATE/$folder.new" "$STATE/$folder"
  done
}

# are_releases LINK FOLDER FOLDER: whether two folders are of the same place, as releases are to which a link led. The link may be a folder
# above, such as /srv/app/current of /srv/app/current/api.
are_releases() {
  local link one other
  link=$1 one=$2 other=$3
  while [ ! -L "$link" ] && [ "${link##*/}" = "${one##*/}" ] && [ "${link##*/}" = "${other##*/}" ] && [ -n "${link%/*}" ]; do
    link=${link%/*} one=${one%/*} other=${other%/*}
  done
  [ "${one%/*}" = "${other%/*}" ]
}

# Where the application stands that runs. A link may have moved on since Puma was started; a Puma that changed to
# another folder by itself tells nothing by that. What does not run starts where the link leads, and what a rollback brings back by
# its own path.
application_path() {
  local folder target
  if [ -n "$TARGET" ]; then
    recorded "$PUMA_SERVICE/generations/$TARGET" path
    [ -z "$found" ] || printf %s "$found"
    [ -z "$found" ] || return 0
  fi
  target=$(readlink -f "$PUMA_DIRECTORY") || target=$PUMA_DIRECTORY
  property "$SERVICE_UNIT" MainPID
  if [ "${found:-0}" = 0 ]; then
    folder=$target
  else
    folder=$(readlink "/proc/$found/cwd" 2>/dev/null) || {
      recorded "$PUMA_SERVICE" path
      folder=$found
    }
  fi
  folder=${folder%" (deleted)"}
  if [ -n "$folder" ] && are_releases "$PUMA_DIRECTORY" "$folder" "$target"; then plain_path "$folder"; else plain_path "$target"; fi
}

# write_record RELEASE PATH
write_record() {
  local unit deployed by
  deployed=$started by=$PUMA_WHO
  # A run that changed nothing has deployed nothing.
  if [ "$started" = 0 ]; then
    recorded "$PUMA_SERVICE" deployed
    deployed=$found
    recorded "$PUMA_SERVICE" deployed_by
    by=$found
  fi
  printf '%s\n' format=1 "owner=$PUMA_OWNER" "host=$PUMA_HOST" "address=$PUMA_ADDRESS" \
    ${OTHERS_UNIT:+"of=$OTHERS_UNIT"} "units=$PUMA_UNITS" "files=$own_paths" "release=$1" "path=$2" "generation=$generation"
  for unit in $PUMA_UNITS $OTHERS_UNIT; do
    property "$unit" InvocationID
    printf '%s\n' "invocation:$unit=$found"
  done
  printf '%s\n' "hash=$PUMA_HASH" "binds=$(joined "$PUMA_BINDS")" "start_timeout=$PUMA_START_TIMEOUT" \
    "lock_timeout=$PUMA_LOCK_TIMEOUT" "run_timeout=$PUMA_RUN_TIMEOUT" "deployed=$deployed" "deployed_by=$by"
}

# replace_record RELEASE PATH
replace_record() {
  write_record "$1" "$2" >"$STATE/record.new"
  to_disk "$STATE" "$STATE"/* "$STATE"/*/*
  mv -f "$STATE/record.new" "$STATE/record"
  remove_if_there "$STATE/handed-over"
  record_of=''
}

# By a second name of the same file, which takes no room on a disk that may be full.
restore_record() {
  remove_if_there "$STATE/record.new"
  if [ ! -f "$STATE/before/record" ]; then
    rm -f "$STATE/record"
  elif ! cmp -s "$STATE/before/record" "$STATE/record"; then
    ln -- "$STATE/before/record" "$STATE/record.new"
    mv -f -- "$STATE/record.new" "$STATE/record"
  fi
  record_of=''
}

# What this library last wrote, and what runs: a run that failed at its very end may have noted that already.
restore_copies() {
  local folder
  for folder in written live settings; do
    [ -e "$STATE/before/$folder" ] || continue
    rm -rf "${STATE:?}/$folder"
    mv -- "$STATE/before/$folder" "$STATE/$folder"
  done
  remove_if_there "$STATE/written.new" "$STATE/live.new" "$STATE/record.new"
}

# The units of a service that was handed over call what is here, but nobody is to ask for it: its script goes last. The secrets
# that were staged for a run that failed are those of the next one, and the tasks that came before it are not run again.
forget_state() {
  if [ -f "$STATE/handed-over" ]; then
    remove_if_there "$STATE/written" "$STATE/live" "$STATE/last" "$STATE/settings" "$STATE/turn" "$STATE/followed" "$STATE/before.done" "$GENERATIONS"
    remove_if_there "$STATE/run.sh"
  elif [ -d "$STATE/secrets" ] || [ -f "$STATE/tasks" ]; then
    find "$STATE" -mindepth 1 -maxdepth 1 ! -name secrets ! -name tasks -exec rm -rf {} +
  else
    rm -rf "$STATE"
  fi
  forget_root
  record_of=''
}

# With the last service that can be asked for something goes the command that does so, and what tells of it.
forget_root() {
  local file
  for file in "$ROOT"/*/run.sh; do [ ! -f "$file" ] || return 0; done
  remove_if_there "$ROOT/README"
  rmdir "$ROOT" 2>/dev/null || :
  [ -z "$MANAGER" ] || return 0
  ! is_our_command || rm -f -- "$COMMAND"
}

is_our_command() {
  local line
  { read -r line && read -r line; } 2>/dev/null <"$COMMAND" || return 1
  case $line in
    "# Put here by cdktf-puma"*) return 0 ;;
  esac
  return 1
}

# touched UNIT...: from here on rolling back includes starting these again, whatever they are called then: sockets by their names,
# "service", or "both" for all. What an earlier run had touched stays.
touched() {
  local unit
  for unit in "$@"; do
    former_name "$unit"
    printf '%s\n' "$unit" ${found:+"$found"}
  done >>"$STATE/before/touched"
}

# Whether the run that has made the snapshot had touched a unit. One of an older version says "socket" where there was one.
has_touched() {
  local word
  for word in $(text_of "$STATE/before/touched"); do
    case $word in
      "$1" | "${1##*.}" | both) return 0 ;;
    esac
  done
  return 1
}

# Whether a unit was started again since it was last put into effect.
was_started_again() {
  local start
  former_name "$1"
  recorded "$PUMA_SERVICE" "invocation:${found:-$1}"
  start=$found
  property "$1" InvocationID
  [ -n "$start" ] && [ "$start" != "$found" ]
}

# running_version UNIT: sets found to what a unit looks like for what runs now: as it was last put into effect, or, if that
# was started again since, as it stands there.
running_version() {
  local live unit
  former_name "$1"
  unit=${found:-$1}
  live=${predecessor:-$PUMA_SERVICE}/live/$unit
  if was_started_again "$1" || [ ! -f "$ROOT/$live" ]; then found=$ETC/$unit; else found=$ROOT/$live; fi
}

# units_of SERVICE: sets found to its units, those included that a run had begun to add when it was cut off.
units_of() {
  recorded "$1" units
  [ ! -f "$ROOT/$1/before/units" ] || found="$found $(new_units_of_cut_off_run "$1")"
}

# Units that a run had begun to add.
new_units_of_cut_off_run() {
  local unit
  while read -r unit _; do
    [ -e "$ROOT/$1/before/files/$unit" ] || printf '%s ' "$unit"
  done <"$ROOT/$1/before/units"
}

# Files that a run had begun to add.
new_files_of_cut_off_run() {
  local path
  [ -f "$ROOT/$1/before/paths" ] || return 0
  while read -r path; do
    key "$path"
    [ -e "$ROOT/$1/before/files/$found" ] || printf '%s ' "$path"
  done <"$ROOT/$1/before/paths"
}

# The unix sockets that only the first of two lists of binds has, a line each.
dropped_sockets() {
  local scheme path
  while read -r scheme path; do
    case "$scheme/
$2
" in
      unix/*" $path
"*) ;;
      unix/*) printf '%s\n' "$path" ;;
    esac
  done <<EOT
$1
EOT
}
