# shellcheck shell=sh
# What is run for the application is run in its surroundings: by its user, in its sandbox, with its environment, in a unit of
# its own. What belongs to its user could be stopped by SIGSTOP, or leave processes behind: it is systemd that ends all of it.

# directives KEPT_OF_UNIT LEFT_OF_SERVICE FILE...: those of [Unit] and of [Service] that are so, by two patterns of names. A file
# that ends in a backslash does not go on in the next.
directives() {
  local kept left
  kept=$1
  left=$2
  shift 2
  awk -v kept_of_unit="^($kept)$" -v left_of_service="^($left)$" '
    FNR == 1 { end_line(); section = ""; goes_on = 0 }
    /^[ \t]*[#;]/ || !goes_on && /^[ \t]*$/ { next }
    !goes_on && /^[ \t]*\[/ { section = $1; stays = section != "[Install]"; if (stays) print; next }
    !goes_on {
      name = $0
      sub(/[ \t]*=.*/, "", name)
      sub(/^[ \t]+/, "", name)
      if (section == "[Unit]") stays = name ~ kept_of_unit
      else if (section == "[Service]") stays = name !~ left_of_service
      else stays = section != "" && section != "[Install]"
    }
    { goes_on = /\\$/; if (stays) print }
    END { end_line() }
    function end_line() { if (goes_on && stays) print "" }' /dev/null "$@"
}

# The drop-ins of others, those for all services (service.d) and for a common beginning of their names among them.
drop_ins_of_others() {
  local file
  property "$SERVICE_UNIT" DropInPaths
  for file in $found; do
    case $file in
      "$ETC/$SERVICE_UNIT.d/50-cdktf-puma-"*.conf | "$ETC/${predecessor:-/}.service.d/50-cdktf-puma-"*.conf) ;;
      # Its like under the new name: there is one (see check_drop_ins).
      */"${predecessor:-/}.service.d/"*) printf '%s\n' "${file%/*/*}/$SERVICE_UNIT.d/${file##*/}" ;;
      *) printf '%s\n' "$file" ;;
    esac
  done
}

# drop_ins_for NAME: the drop-ins of a unit or of a beginning of names, a line each.
drop_ins_for() {
  local folder file
  for folder in "$ETC" "$RUN_UNITS" $OTHER_UNITS; do
    for file in "$folder/$1.d/"*.conf; do
      [ ! -e "$file" ] || printf '%s\n' "$file"
    done
  done
}

# hide_from UNIT FILE...: systemd adds general drop-ins to a unit by itself: one of the same name that is empty comes before them.
hide_from() {
  local folder file
  folder=$RUN_UNITS/$1.d
  shift
  for file in "$@"; do
    [ -d "$folder" ] || mkdir -p "$folder"
    ln -sf /dev/null "$folder/${file##*/}"
  done
}

# hide_drop_ins_for_all UNIT: an OnFailure= for all services, for one, though what they say of Puma's surroundings stands among the
# service's lines.
hide_drop_ins_for_all() {
  local file
  for file in $(drop_ins_for service); do
    case ${file##*/} in
      # Ours come before theirs by themselves.
      10-service.conf | 20-namespace.conf | 30-limits.conf) ;;
      *) hide_from "$1" "$file" ;;
    esac
  done
}

# surround FILE...: by the lines of a service's unit and of its drop-ins.
surround() {
  make_folders "$RUN_UNITS/$ASKED_UNIT.d"
  hide_drop_ins_for_all "$ASKED_UNIT"
  directives '' "$PUMA_LEFT_TO_PUMA" "$@" | let_in_what_is_local >"$RUN_UNITS/$ASKED_UNIT.d/10-service.conf"
}

# By those of the Puma that is watched. What it has in a /tmp of its own is there, too.
surround_as_watched() {
  local unit
  property "$watched" FragmentPath
  [ -n "$found" ] || return 1
  unit=$found
  property "$watched" DropInPaths
  # shellcheck disable=SC2086 # files, whose names systemd escapes
  surround "$unit" $found
  printf '%s\n' "[Unit]" "JoinsNamespaceOf=$watched" >"$RUN_UNITS/$ASKED_UNIT.d/20-namespace.conf"
}

# Puma may have its sockets from systemd, and be allowed nothing that could reach them.
let_in_what_is_local() {
  awk '
    !goes_on { name = $0; sub(/[ \t]*=.*/, "", name); sub(/^[ \t]+/, "", name) }
    { goes_on = /\\$/ }
    name == "PrivateNetwork" { if (/=[ \t]*(yes|true|on|1|y|t)/) print "IPAddressDeny=any\nIPAddressAllow=localhost"; next }
    { print }
    goes_on { next }
    name == "RestrictAddressFamilies" { print name "=AF_UNIX AF_INET AF_INET6" }
    name == "RestrictNetworkInterfaces" { print name "=lo" }
    name == "IPAddressDeny" { print "IPAddressAllow=localhost" }'
}

# run_surrounded SECONDS DIRECTIVE OPTION... -- WORD...: a command that ends within that time, with one more directive, and options
# of systemd-run. What it leaves behind ends with it.
run_surrounded() {
  run_as "$ASKED_UNIT" "What is asked for $SERVICE_UNIT" 1 "$@"
}

# run_as UNIT DESCRIPTION SECONDS_TO_STOP SECONDS DIRECTIVE OPTION... -- WORD...
run_as() {
  local unit description stop seconds directive word
  unit=$1 description=$2 stop=$3 seconds=$4 directive=$5
  printf '%s\n' "[Service]" "RuntimeMaxSec=$seconds" "$directive" >"$RUN_UNITS/$unit.d/30-limits.conf"
  shift 5
  for word in "$@"; do
    shift
    in_systemds_words "$word"
    set -- "$@" "$found"
  done
  systemd_run --wait --collect --unit="$unit" --description="$description" \
    --property=TimeoutStopSec="$stop" --property=TimeoutStartSec=10 "$@"
}

# Sets found to a word of a command in which systemd finds no variables.
in_systemds_words() {
  local rest
  rest=$1
  found=''
  while [ "$rest" != "${rest#*"$"}" ]; do
    found="$found${rest%%"$"*}\$\$"
    rest=${rest#*"$"}
  done
  found=$found$rest
}

# Ends what is still running there, by this run or by one that was cut off.
end_what_is_asked() {
  [ ! -d "$RUN_UNITS/$ASKED_UNIT.d" ] || systemctl stop -- "$ASKED_UNIT" 2>/dev/null || :
}
