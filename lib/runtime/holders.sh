# shellcheck shell=sh
# Who listens at an address, as a person finds it, and what ends it.

# named_holder UNIT ADDRESS PORT, or named_holder UNIT PATH: who listens there as a person finds it, with what ends it.
named_holder() {
  local unit process
  unit=$1
  process=''
  case $unit in
    *.socket) ;;
    *)
      holder_in "$@"
      process=$found
      ;;
  esac
  case $unit in
    user@*.service) named_in_user_manager "$process" && return 0 ;;
    ssh.service | sshd.service | ssh.socket | sshd.socket | ssh@*.service | sshd@*.service)
      printf '%s' "$unit, by which one logs in here: let that be"
      return 0
      ;;
    *.scope | *" "*) ;;
    *)
      printf '%s' "$unit${process:+ ($(process_named "$process"))}"
      if [ -e "$RUNTIME/systemd/transient/$unit" ]; then
        printf '%s' ": '$SYSTEMCTL stop $unit' ends it"
      else
        printf '%s' ": '$SYSTEMCTL disable --now $unit' ends it"
      fi
      return 0
      ;;
  esac
  if [ -n "$process" ]; then
    printf '%s' "$(process_named "$process"), which was started by hand: 'kill $process' ends it"
  else
    printf '%s' "$unit, such as one in a container"
  fi
}

# holder_in UNIT ADDRESS PORT, or holder_in UNIT PATH: sets found to a process of the unit that has what listens there.
holder_in() {
  local unit path process
  unit=$1
  shift
  path=''
  [ $# = 2 ] || path=$1
  while read -r _ process; do
    found=''
    case $process in
      '' | 1) continue ;;
    esac
    unit_of_process "$process"
    [ "${found:-an unknown process}" != "$unit" ] || { found=$process && return 0; }
  done <<EOT
$(holders_of "$(listeners_at "$@")" "$path")
EOT
  found=''
}

# process_named PROCESS: "process 7 of deploy: ruby server.rb"
process_named() {
  printf '%s' "process $1 of $(stat -c %U "/proc/$1" 2>/dev/null): "
  printable "$(head -c 65536 "/proc/$1/cmdline" 2>/dev/null | tr '\n\t\000' '  \n' | without_secrets | cut -b -200)"
}

# The words of a command, a line each, as one line: it stands in logs then, so what looks like a password, a token or a key is left
# away. Of a word that is several, such as a script for a shell, so is all that comes behind it. A number behind -p is a port.
without_secrets() {
  awk '
    BEGIN { name = "[a-z0-9_.-]*(pass|pwd|secret|token|key|auth|credential)[a-z0-9_.-]*" }
    function hides(option, value) {
      return value !~ /^--/ && (tolower(option) ~ ("^--?" name "$") || option == "-p" && value !~ /^[0-9]+$/)
    }
    function without(text, words, n, i, out) {
      gsub(/:\/\/[^ ]*@/, "://[...]@", text)
      n = split(text, words, "[ ]")
      for (i = 1; i <= n; i++) {
        out = out (i > 1 ? " " : "")
        if (i > 1 && hides(words[i - 1], words[i])) return out "[...]"
        if (match(tolower(words[i]), name "\"?[=:]")) return out substr(words[i], 1, RSTART + RLENGTH - 1) "[...]"
        out = out words[i]
      }
      return out
    }
    { line = line (NR > 1 ? " " : "") (NR > 1 && hides(before, $0) ? "[...]" : without($0)); before = $0 }
    END { sub(/ *$/, "", line); print line }'
}

# Of a user's own systemd, whose units may be called as ours are, or as nobody would want to type.
named_in_user_manager() {
  local user
  [ -n "$1" ] || return 1
  user=$(stat -c %U "/proc/$1" 2>/dev/null) || return 1
  group_of "$1" 0:: ''
  found=${found##*/}
  case $found in
    *[!A-Za-z0-9:_.@-]* | -* | *.scope) found='a unit' ;;
  esac
  printf '%s' "$found of the systemd of $user ($(process_named "$1")): "
  if [ "$found" = "a unit" ]; then
    printf '%s' "as $user, 'systemctl --user list-sockets' tells which"
  else
    printf '%s' "as $user, 'systemctl --user disable --now $found' ends it"
  fi
}
