# shellcheck shell=sh
# The machine: what systemd knows of the units, the clock, the disk.

# former_name UNIT: sets found to what a unit was called before the service was renamed; nothing where it was not.
former_name() {
  local pair
  found=''
  for pair in $renames; do
    [ "${pair%=*}" != "$1" ] || found=${pair#*=}
  done
}

# What units are called now: those of a service that is renamed have their former names until they have given way.
names_now() {
  local unit
  for unit in "$@"; do
    former_name "$unit"
    if [ -n "$found" ] && [ -e "$ETC/$found" ]; then unit=$found; fi
    printf '%s ' "$unit"
  done
}

# read_facts UNIT...: asks systemd for all that a run has to know of its units, in one call; property answers from it.
read_facts() {
  local shown unit end asked
  asked=$*
  [ -z "$predecessor" ] || asked=$(names_now "$@")
  end='
'
  # shellcheck disable=SC2086 # a list of units
  shown=$(systemctl show --property=LoadState,ActiveState,SubState,FragmentPath,DropInPaths,NeedDaemonReload \
    --property=MainPID,ExecMainPID,NotifyAccess,InvocationID,NRestarts,Result,StartLimitIntervalUSec,RestartSteps,Listen \
    --property=TimeoutStartUSec,TimeoutStopUSec,Job -- $asked 2>/dev/null) || :
  shown=$shown$end$end
  facts=''
  for unit in "$@"; do
    facts="$facts
[$unit]
${shown%%"$end$end"*}"
    shown=${shown#*"$end$end"}
  done
}

# facts_of UNIT: sets found to the properties of a unit, with an end of line before and after each.
facts_of() {
  local IFS line inside
  found='
' inside=false
  IFS=$found
  set -f
  for line in $facts; do
    case $inside/$line in
      "$inside/[$1]") inside=true ;;
      true/"["*) break ;;
      true/*) found="$found$line
" ;;
    esac
  done
  set +f
}

# property UNIT NAME: sets found to a property, as systemd had it when it was last looked at; of several lines, the first.
property() {
  facts_of "$1"
  rest_of "$found" "$2="
}

is_active() {
  property "$1" ActiveState
  case $found in
    active | reloading | refreshing) return 0 ;;
  esac
  return 1
}

# read_enablement UNIT...: how units are enabled, by what is on the disk, which systemd need not have read.
read_enablement() {
  local word words
  # shellcheck disable=SC2046 # a list of units
  set -- $(there "$@")
  words=''
  [ $# = 0 ] || words=$(systemctl is-enabled -- "$@" 2>/dev/null) || :
  enablements='
'
  while read -r word && [ $# != 0 ]; do
    enablements="$enablements$1 $word
"
    shift
  done <<EOT
$words
EOT
}

# Those of some units that there are: systemctl has a word for each of them, and for no other.
there() {
  local unit
  for unit in "$@"; do
    if [ -e "$ETC/$unit" ] || [ -L "$ETC/$unit" ]; then
      printf '%s ' "$unit"
    elif [ -z "$predecessor" ]; then
      property "$unit" LoadState
      case $found in
        '' | not-found) ;;
        *) printf '%s ' "$unit" ;;
      esac
    fi
  done
}

# enablement_of UNIT: sets found to one word of systemctl(1), is-enabled; "none" where there is no such unit.
enablement_of() {
  rest_of "$enablements" "$1 "
  found=${found:-none}
}

# Seconds by a clock that nobody sets.
now() {
  local up
  read -r up _ </proc/uptime
  printf %s "${up%%.*}"
}

# The same to the hundredth of a second.
now_in_hundredths() {
  local up
  read -r up _ </proc/uptime
  printf %s "${up%.*}${up#*.}"
}

# Sees files and folders on disk; older commands can only do that for the whole machine.
to_disk() {
  local path
  for path in "$@"; do
    shift
    [ ! -e "$path" ] || set -- "$@" "$path"
  done
  [ $# = 0 ] || sync -- "$@" 2>/dev/null || sync
}

# Removes files and folders that are there.
remove_if_there() {
  local path
  for path in "$@"; do
    shift
    if [ -e "$path" ] || [ -L "$path" ]; then set -- "$@" "$path"; fi
  done
  [ $# = 0 ] || rm -rf -- "$@"
}

# Folders in one that another run may be removing at this moment, as it is empty.
make_folders() {
  mkdir -p -- "$@" 2>/dev/null || mkdir -p -- "$@" 2>/dev/null || mkdir -p -- "$@"
}

# Whether files have labels of SELinux here, whatever that does of them now.
has_labels() {
  [ -e /sys/fs/selinux/enforce ]
}

# The journal keeps who changed what, whatever becomes of the connection. It is about the service, and its start: so 'systemctl status'
# and 'journalctl -u' of that show it, too. What has several lines could be taken for more fields.
audit() {
  local about
  about=OBJECT_SYSTEMD_UNIT
  [ -z "$MANAGER" ] || about=OBJECT_SYSTEMD_USER_UNIT
  property "$SERVICE_UNIT" InvocationID
  case $* in
    *"
"*) false ;;
    *)
      printf '%s\n' SYSLOG_IDENTIFIER=cdktf-puma "$about=$SERVICE_UNIT" ${found:+"OBJECT_SYSTEMD_INVOCATION_ID=$found"} \
        "MESSAGE=cdktf-puma: $*" | logger --journald 2>/dev/null
      ;;
  esac || printf 'cdktf-puma: %s\n' "$*" | systemd-cat -t cdktf-puma 2>/dev/null || :
}
