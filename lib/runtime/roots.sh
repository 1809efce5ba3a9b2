# shellcheck shell=sh
# Whether what is opened as root stands where only root writes. Whoever may write to a folder on the way could put a link there.
# A line of such paths: "AS PROP PATH". See opened-paths.ts.

# opened_by_drop_ins: sets found to the same of the drop-ins of others, the file in the place of the prop.
opened_by_drop_ins() {
  local file list
  list=''
  property "$SERVICE_UNIT" DropInPaths
  for file in $found; do
    case $file in
      "$ETC/$SERVICE_UNIT.d/50-cdktf-puma-"*) continue ;;
    esac
    [ -f "$file" ] || continue
    opened_in "$file" "$file"
    list=$list$found
  done
  found=$list
}

# opened_in FILE NAMED: sets found to the same of one file, with how a problem names it.
opened_in() {
  local file named name value list
  file=$1 named=$2 list=''
  while IFS='= 	' read -r name value || [ -n "$name" ]; do
    opened_by "$name" "$value"
    [ -z "$found" ] || list="$list
${found%% *} $named ${found#* }"
  done <"$file"
  found=$list
}

# opened_by NAME VALUE: sets found to "AS PATH" of a directive. Of a path with a specifier only what stands before it is known.
opened_by() {
  case $1=$2 in
    StandardOutput=[aft]*:/* | StandardError=[aft]*:/*) found="write /${2#*:/}" ;;
    StandardInput=file:/* | LoadCredential*=*:/*) found="read /${2#*:/}" ;;
    EnvironmentFile=/* | EnvironmentFile=-/*) found="read /${2#*/}" ;;
    OpenFile=/*)
      found=${2%%:*}
      found="read /${found#/}"
      ;;
    Environment=*) opened_by_variable "$2" ;;
    Exec*) opened_by_command "$2" ;;
    *) found='' ;;
  esac
  case $found in
    *%*)
      found=${found%%\%*}
      found=${found%/*}/
      ;;
  esac
}

# The same of a variable by which whatever starts loads code: root's commands of a unit have its environment, too.
opened_by_variable() {
  local name
  found=''
  for name in LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH GCONV_PATH; do
    case $1 in
      "$name="*/* | *[\ \"\']"$name="*/*)
        found=${1#*"$name="}
        found=/${found#*/}
        found="run ${found%%[:; \"\']*}"
        ;;
    esac
  done
}

# The same of a command, where it is root's whoever the service runs as.
opened_by_command() {
  found=''
  case ${1%%/*} in
    *[!-@:+!\|\"]*) ;;
    *[+!]*)
      found=/${1#*/}
      found="run ${found%%[ \"]*}"
      ;;
  esac
}

# unix_binds_before: sets found to the same of the unix binds of the version before, which is asked on the way back.
unix_binds_before() {
  local rest list
  recorded "$PUMA_SERVICE" binds
  rest=$found list=''
  while [ -n "$rest" ]; do
    case $rest in
      "unix "*)
        found=${rest%%;*}
        list="$list
ask binds ${found#unix }"
        ;;
    esac
    case $rest in
      *";"*) rest=${rest#*;} ;;
      *) rest='' ;;
    esac
  done
  found=$list
}

# The way to each path, its links resolved: a line "f: PATH", and a line for each folder, link and file that is there.
ways() {
  local line
  for line in "$@"; do
    shift
    set -- "$@" "${line#* * }"
  done
  namei -l -- "$@" 2>/dev/null
}

# walk LINE...: sets walked to how many of them, from the first on, have nothing on their way that is not root's, and found to
# what is wrong with the next. What links of others say is printed as it is, so nothing is believed that comes after one.
walk() {
  local rights owner group name as place
  walked=-1 found='' as='' place=''
  while read -r rights owner group name; do
    case "$rights $owner" in
      "f: /"*)
        walked=$((walked + 1)) as=${1%% *} place=''
        shift
        ;;
      [-dp][-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT]" "*)
        place=${place%/}/$name
        case $name in
          /) place=/ ;;
          ..) place=${place%/*/..} ;;
        esac
        judge_place "$as" "$rights" "$owner" "$group" "$place"
        [ -z "$found" ] || return 0
        ;;
    esac
  done <<EOT
$(ways "$@")
EOT
  walked=$((walked + 1))
  [ $# = 0 ] || found="namei (util-linux) does not tell who may write there"
}

# judge_place AS RIGHTS OWNER GROUP PATH: sets found to what is wrong with a folder, or with a file that is read or run.
judge_place() {
  found=''
  case $1/$2 in
    read/p*) found="$5 is a FIFO" ;;
    */d* | read/-* | run/-*)
      case $3 in
        root | "$MANAGER_USER") ;;
        *) found="$5 belongs to $3" ;;
      esac
      case $4$5/$2 in
        # The system's own log daemon, on Ubuntu.
        syslog/var/log/*) ;;
        *w?) found="everybody may write to $5" ;;
        # The group of a user's own, which has his name.
        "${MANAGER:+$MANAGER_USER}"/*) ;;
        *w????) found="the group $4 may write to $5" ;;
      esac
      ;;
  esac
}

# Whether root alone decides where a unix bind is.
is_bind_of_root() {
  case " $root_binds " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

# files_beside_units: sets found to the same of managed files that stand elsewhere than in folders of this library and systemd.
files_beside_units() {
  local path list
  list=''
  for path in $own_paths; do
    case $path in
      "$ETC"/* | "$ROOT"/*) ;;
      *)
        list="$list
install files $path"
        ;;
    esac
  done
  found=$list
}

# all_opened: sets found to all that are known of.
all_opened() {
  local lines
  unix_binds_before
  lines=$PUMA_OPENED$found
  opened_by_drop_ins
  lines=$lines$found
  files_beside_units
  found=$lines$found
}

# add_root_bind LINE: where a walk has found nothing wrong. A folder that is not there yet may become the application's, by a
# RuntimeDirectory=, so a bind that Puma makes there itself is none of root's.
add_root_bind() {
  local path
  path=${1#* * }
  case $1 in
    "ask "*) [ -d "${path%/*}" ] || return 0 ;;
  esac
  root_binds="$root_binds $path"
}

# For a run that goes back before it has looked at all: of the binds of before alone.
judge_binds_before() {
  local line
  [ -n "$account" ] || read_account_before
  unix_binds_before
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    walk "$line"
    [ "$walked" != 1 ] || add_root_bind "$line"
  done <<EOT
$found
EOT
}

check_roots() {
  all_opened
  check_opened
}

# check_opened: each of those that were found.
check_opened() {
  local line
  set --
  while IFS= read -r line; do
    [ -z "$line" ] || set -- "$@" "$line"
  done <<EOT
$found
EOT
  while [ $# != 0 ]; do
    walk "$@"
    while [ "$walked" -gt 0 ]; do
      add_root_bind "$1"
      shift
      walked=$((walked - 1))
    done
    [ $# != 0 ] || break
    say_opened "$1"
    shift
  done
}

# say_opened LINE: what is wrong with its path is in found.
say_opened() {
  local path prop
  path=${1#* * }
  prop=${1#* }
  prop=${prop%% *}
  case $MANAGER$1 in
    --userlisten* | --userask*) ;;
    --user*) problem "$found: what stands at $path then is another's, and the systemd of $MANAGER_USER opens it; put it where only $MANAGER_USER and root write ('$prop')" ;;
    "read "*) problem "$found: systemd reads $path as root, wherever a link there leads; put it where only root writes, below /etc ('$prop')" ;;
    "write "*) problem "$found: systemd writes $path as root, wherever a link there leads; leave it to the journal, use /var/log/${SERVICE_UNIT%.service}.log, or let Puma open it by --redirect-stdout ('$prop')" ;;
    "run "*) problem "$found: systemd runs $path as root; put it where only root writes, such as /usr/local/sbin ('$prop')" ;;
    "own "*) problem "$found: systemd gives $path to its owner as root, wherever a link there leads; use /run/$PUMA_SERVICE/puma.sock, or a socket without 'user' and 'group' ('$prop')" ;;
    "install "*) problem "$found: root puts $path there, wherever a link leads; choose a place where only root writes ('$prop')" ;;
    "listen "*) say "note: $found: systemd listens at $path as root, wherever a link there leads, and ${PUMA_USER:-$MANAGER_USER} asks there; nobody can turn /run/$PUMA_SERVICE/puma.sock aside ('$prop')" ;;
  esac
}
