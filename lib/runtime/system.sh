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
  shown=$(systemctl show --property=LoadState,ActiveState,FragmentPath,DropInPaths,NeedDaemonReload \
    --property=MainPID,InvocationID,NRestarts,Result,StartLimitIntervalUSec,RestartSteps,Listen \
    --property=TimeoutStartUSec,TimeoutStopUSec -- $asked 2>/dev/null) || :
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
  found=${facts#*"
[$1]
"}
  if [ "$found" = "$facts" ]; then found=''; fi
  found="
${found%%"
["*}
"
}

# property UNIT NAME: sets found to a property, as systemd had it when it was last looked at; of several lines, the first.
property() {
  facts_of "$1"
  case $found in
    *"
$2="*)
      found=${found#*"
$2="}
      found=${found%%"
"*}
      ;;
    *) found='' ;;
  esac
}

# seconds_in SPAN: sets found to the seconds of what systemd writes as "1min 30s", rounded up. Without an end it is an hour, and
# where it is not known systemd's default.
seconds_in() {
  local part amount
  case $1 in
    infinity) found=3600 ;;
    '') found=90 ;;
    *) found=0 ;;
  esac
  for part in $1; do
    amount=${part%%[!0-9]*}
    case $part in
      infinity) ;;
      *us | *ms) found=$((found + 1)) ;;
      *min) found=$((found + amount * 60)) ;;
      *s) found=$((found + amount + 1)) ;;
      *month | *[!0-9h]) found=$((found + amount * 86400)) ;;
      *) found=$((found + amount * 3600)) ;;
    esac
  done
}

# time_of PROPERTY UNIT...: sets found to the seconds that units may take. Each has two commands or signals to wait for, and they
# may go one after the other.
time_of() {
  local name sum unit
  name=$1
  shift
  sum=10
  for unit in "$@"; do
    property "$unit" "$name"
    seconds_in "$found"
    sum=$((sum + 2 * found))
  done
  found=$sum
}

# change_units VERB UNIT...: by systemctl, for no longer than their time-outs allow: a process can extend them by itself
# (EXTEND_TIMEOUT_USEC of sd_notify(3)), and go on with that for ever.
change_units() {
  local verb ended
  verb=$1
  shift
  case $verb in
    start) time_of TimeoutStartUSec "$@" ;;
    *) time_of TimeoutStopUSec "$@" ;;
  esac
  ended=0
  timeout "$found" systemctl "$verb" -- "$@" || ended=$?
  [ "$ended" = 124 ] || return "$ended"
  change_by_force "$verb" "$@"
}

# What does not stop in its time is killed, and the change goes on. What does not start is killed, and has not started.
change_by_force() {
  local verb state
  verb=$1
  shift
  state=$(systemctl show --property=ActiveState --value -- "$@")
  case $verb/$state in
    stop/* | start/* | */*deactivating*)
      say "$* had all the time that its unit gives it, and asked for more: killing it"
      systemctl kill --signal=KILL -- "$@" 2>/dev/null || :
      ;;
  esac
  case $verb in
    restart) change_units start "$@" ;;
    stop) timeout 30 systemctl stop -- "$@" ;;
    start) return 1 ;;
  esac
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
  found=${enablements#*"
$1 "}
  if [ "$found" = "$enablements" ]; then found=''; fi
  found=${found%%"
"*}
  found=${found:-none}
}

# Seconds by a clock that nobody sets.
now() {
  local up
  read -r up _ </proc/uptime
  printf %s "${up%%.*}"
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

# Words of $1 that are not among the words of $2, whatever white space is between them.
words_without() {
  local word other both
  for word in $1; do
    both=false
    for other in $2; do
      [ "$word" != "$other" ] || both=true
    done
    [ "$both" = true ] || printf '%s ' "$word"
  done
}

# How many words there are.
count() {
  printf %s $#
}

# Text of one line, whatever it was.
one_line() {
  local line all
  all=''
  while IFS= read -r line; do all="$all $line"; done <<EOT
$1
EOT
  printf %s "${all# }"
}

# Lines as one, with ";" between them.
joined() {
  local line all
  all=''
  while IFS= read -r line; do all=$all${all:+;}$line; done <<EOT
$1
EOT
  printf %s "$all"
}

# The lines of what was joined.
split() {
  local rest
  rest=$1
  while [ -n "$rest" ]; do
    printf '%s\n' "${rest%%;*}"
    case $rest in
      *";"*) rest=${rest#*;} ;;
      *) rest='' ;;
    esac
  done
}

# The text of a file, without a program.
text_of() {
  local line
  [ -f "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done <"$1"
}

# A path that can stand in records and units. Others than root choose the names of its folders, so one with anything in
# it that could be more than a name is as good as none.
plain_path() {
  case $1 in
    *[!A-Za-z0-9._/@+:,=~-]*) ;;
    *) printf %s "$1" ;;
  esac
}
