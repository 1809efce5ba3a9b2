# shellcheck shell=sh
# The processes of a Puma, by what /proc says of them. The helper that stops Puma has this part, too.

# The first line of a file, without a program.
first_line() {
  local line
  line=''
  { read -r line <"$1"; } 2>/dev/null || :
  printf %s "$line"
}

# open_sockets FOLDER...: the sockets that processes have open by their /proc/PROCESS/fd: lines of "socket:[INODE] FOLDER". A
# link to what users can name, such as a file or a memfd, begins with a "/", so no name stands there.
open_sockets() {
  find "$@" -maxdepth 1 -lname 'socket:*' -printf '%l %h\n' 2>/dev/null || :
}

# Those of the kernel's tables of sockets that it has.
socket_tables() {
  local table
  for table in "$@"; do [ ! -e "/proc/net/$table" ] || printf '%s ' "/proc/net/$table"; done
}

# All processes below one: with Puma's fork_worker, workers are children of the first of them.
below() {
  local file children child
  for file in "/proc/$1/task/"*/children; do
    children=''
    { read -r children <"$file"; } 2>/dev/null || :
    for child in $children; do
      printf '%s\n' "$child"
      below "$child"
    done
  done
}

workers_of() {
  local process
  for process in $(below "$1"); do
    case $(first_line "/proc/$process/cmdline") in
      'puma: cluster worker'*) printf '%s\n' "$process" ;;
    esac
  done
}

# has_thread PROCESS PATTERN: whether one of its threads has a name like this.
has_thread() {
  local file name
  for file in "/proc/$1/task/"*/comm; do
    name=''
    { read -r name <"$file"; } 2>/dev/null || :
    # shellcheck disable=SC2254 # it is a pattern
    case $name in
      $2) return 0 ;;
    esac
  done
  return 1
}

# A process that accepts connections runs a server thread.
accepts() {
  has_thread "$1" 'puma srv*' || has_thread "$1" 'puma server*'
}

# Whether a Puma accepts connections: itself, or with each of its workers.
is_serving() {
  local workers process
  workers=$(workers_of "$1")
  for process in ${workers:-"$1"}; do accepts "$process" || return 1; done
}
