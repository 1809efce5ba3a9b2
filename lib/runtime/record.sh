# shellcheck shell=sh
# What is written down of a service on its host, beside its units (see architecture.md, "On a host").

# One line of a service's record: recorded SERVICE KEY
recorded() {
  local line
  [ -f "$ROOT/$1/record" ] || return 0
  while IFS= read -r line; do
    case $line in
      "$2="*)
        printf '%s\n' "${line#*=}"
        return 0
        ;;
    esac
  done <"$ROOT/$1/record"
}

is_ours() {
  [ "$(recorded "$1" owner)" = "$PUMA_OWNER" ]
}

# Whether this run's service is another stack's.
is_of_others() {
  [ -n "$(recorded "$PUMA_SERVICE" owner)" ] && ! is_ours "$PUMA_SERVICE"
}

# The units of the record, and those that a run had begun to add when it was cut off.
units_before() {
  printf '%s ' "$(recorded "$PUMA_SERVICE" units)" "$(new_units_of_cut_off_run "$PUMA_SERVICE")"
}

# Looks at all units that this run has to do with.
look() {
  local dropped
  dropped=$(words_without "$(units_before)" "$PUMA_UNITS $SERVICE_UNIT")
  # shellcheck disable=SC2086,SC2046 # lists of units
  read_facts $(words_without "$PUMA_UNITS" "$SERVICE_UNIT") "$SERVICE_UNIT" $dropped \
    "$PUMA_SERVICE-rehearsal.service" "$PUMA_SERVICE-standin.service"
}

# keep_copies FOLDER...: "written" is what this library last wrote, "live" what runs.
keep_copies() {
  local folder path
  for folder in "$@"; do
    remove_if_there "$STATE/$folder.new"
    mkdir -p "$STATE/$folder.new"
    # shellcheck disable=SC2046 # a list of files
    cp -- $(managed_files unit) "$STATE/$folder.new/"
    for path in $(managed_files restart) $(managed_files reload); do cp -- "$path" "$STATE/$folder.new/$(key "$path")"; done
    remove_if_there "$STATE/$folder"
    mv "$STATE/$folder.new" "$STATE/$folder"
  done
}

# Where the application stands that runs. A link may have moved on since Puma was started; a Puma that changed to
# another folder by itself tells nothing by that.
application_path() {
  local started target
  target=$(readlink -f "$PUMA_DIRECTORY")
  started=$(readlink "/proc/$(property "$SERVICE_UNIT" MainPID)/cwd" 2>/dev/null) || started=$(recorded "$PUMA_SERVICE" path)
  started=${started%" (deleted)"}
  if [ -n "$started" ] && [ "${started%/*}" = "${target%/*}" ]; then plain_path "$started"; else plain_path "$target"; fi
}

# The release that is wanted.
release() {
  one_line "$PUMA_RELEASE"
}

# write_record RELEASE PATH
write_record() {
  local unit
  cat <<EOT
format=1
owner=$PUMA_OWNER
host=$PUMA_HOST
address=$PUMA_ADDRESS
units=$PUMA_UNITS
files=$(other_files)
release=$1
path=$2
$(for unit in $PUMA_UNITS; do printf 'invocation:%s=%s\n' "$unit" "$(property "$unit" InvocationID)"; done)
hash=$PUMA_HASH
binds=$(joined "$PUMA_BINDS")
start_timeout=$PUMA_START_TIMEOUT
EOT
}

# The files beside the units of which a record tells, as the service owns them.
other_files() {
  local path all
  all=''
  for path in $(managed_files restart) $(managed_files reload); do all=$all${all:+ }$path; done
  printf %s "$all"
}

# replace_record RELEASE
replace_record() {
  write_record "$1" "$(application_path)" >"$STATE/record.new"
  to_disk "$STATE" "$STATE"/* "$STATE"/*/*
  mv -f "$STATE/record.new" "$STATE/record"
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
}

# What this library last wrote, and what runs: a run that failed at its very end may have noted that already.
restore_copies() {
  local folder
  for folder in written live; do
    [ -d "$STATE/before/$folder" ] || continue
    rm -rf "${STATE:?}/$folder"
    mv -- "$STATE/before/$folder" "$STATE/$folder"
  done
  remove_if_there "$STATE/written.new" "$STATE/live.new" "$STATE/record.new"
}

forget_state() {
  rm -rf "$STATE"
  rmdir "$ROOT" 2>/dev/null || :
}

# The units of now and of the record, each once.
units_before_and_now() {
  printf '%s ' "$PUMA_UNITS" "$(words_without "$(units_before)" "$PUMA_UNITS")"
}

# From here on rolling back includes starting again what ran: "service", "socket", or "both".
touched() {
  printf '%s\n' "$1" >"$STATE/before/touched"
}

# What a unit looks like for what runs now: as it was last put into effect, or, if that was started again since, as it
# stands there.
running_version() {
  local kept
  kept=$STATE/live/$1
  case $(recorded "$PUMA_SERVICE" "invocation:$1") in
    "" | "$(property "$1" InvocationID)") [ -f "$kept" ] || kept=$ETC/$1 ;;
    *) kept=$ETC/$1 ;;
  esac
  printf %s "$kept"
}

# Services of this stack on this host that it no longer declares and that hold what this one is to bind: their removal
# may be under way at the same time, before or after us.
abandoned_services() {
  local record other
  for record in "$ROOT"/*/record; do
    other=${record%/record}
    other=${other##*/}
    case " $PUMA_SERVICE $PUMA_SIBLINGS " in
      *" $other "*) continue ;;
    esac
    if is_ours "$other" && [ "$(recorded "$other" host)" = "$PUMA_HOST" ] && shares_a_bind "$other"; then
      printf '%s ' "$other"
    fi
  done
}

shares_a_bind() {
  local theirs
  while read -r _ theirs; do
    case "$PUMA_BINDS
" in
      *" $theirs
"*) return 0 ;;
    esac
  done <<EOT
$(split "$(recorded "$1" binds)")
EOT
  return 1
}

# Units that a run had begun to add when it was cut off.
new_units_of_cut_off_run() {
  local unit
  [ -f "$ROOT/$1/before/units" ] || return 0
  while read -r unit _; do
    [ -e "$ROOT/$1/before/files/$unit" ] || printf '%s ' "$unit"
  done <"$ROOT/$1/before/units"
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
