# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# What the other parts share. Arguments of every payload: $1 host, $2 address, $3 action, $4 who, $5 siblings.
set -eu
umask 022
export LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_LOG_COLOR=0
# Nobody may be listening any more: the run goes on to its end all the same.
trap '' PIPE HUP
exec 2>&1

host=$1 address=$2 action=$3 who=$4 siblings=$5
root=/var/lib/cdktf-puma
etc=/etc/systemd/system
# What this service has there, and what this run has while it lasts.
state=$root/$service
stage=/run/cdktf-puma/$service
readonly host address action who siblings root etc state stage service units socket binds

say() {
  printf '%s\n' "$*" 2>/dev/null || :
}

# Says what comes next; what fails then is named by it.
step() {
  say "$*"
  mark "$*"
}

# A step that is not worth a line of its own unless it fails. Notes must not fail: going back takes them too.
mark() {
  note step "$*"
}

note() {
  printf '%s\n' "$2" 2>/dev/null >"$stage/$1" || :
}

give_up() {
  note cause "$*"
  exit 1
}

announced=false
fail() {
  say "FAILED on $host: $*"
  announced=true
  exit 1
}

# One property of a unit, as systemd has it now.
property() {
  systemctl show --property="$2" --value -- "$1" 2>/dev/null || :
}

is_active() {
  systemctl --quiet is-active -- "$1"
}

# One line of a service's record: recorded SERVICE KEY
recorded() {
  [ -f "$root/$1/record" ] || return 0
  sed -n "/^$2=/{s///p;q;}" "$root/$1/record"
}

is_ours() {
  [ "$(recorded "$1" owner)" = "$owner" ]
}

# Whether this run's service is another stack's.
is_of_others() {
  [ -n "$(recorded "$service" owner)" ] && ! is_ours "$service"
}

# The journal keeps who changed what, whatever becomes of the connection.
audit() {
  printf 'cdktf-puma: %s\n' "$*" | systemd-cat -t cdktf-puma 2>/dev/null || :
}

# A folder in one that another run may be removing at this moment, as it is empty.
make_folder() {
  mkdir -p -- "$1" 2>/dev/null || mkdir -p -- "$1" 2>/dev/null || mkdir -p -- "$1"
}

# Words of $1 that are not among the words of $2.
words_without() {
  for word in $1; do
    case " $2 " in
      *" $word "*) ;;
      *) printf '%s ' "$word" ;;
    esac
  done
}
