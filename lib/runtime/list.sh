# shellcheck shell=sh
# Tells which services this library has on a host, for the command line: a line for each, its fields set apart by tabs. It reads
# what everybody may read, and what whoever logs in has in a systemd of his own.
# Each line: "cdktf-puma", name, owner ("" where it was handed over, or never installed), host and address as the record has them, since
# when that record stands, the state of its service ("never installed" where secrets or a task came before it, and nothing else),
# whose systemd has it ("system" or "user").
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"

# recorded FILE KEY
recorded() {
  sed -n "s/^$2=//p" "$1" 2>/dev/null | tr -d '\t' | head -n 1
}

# tell RECORD OWNER SCOPE
tell() {
  local name unit state
  name=${1%/*}
  name=${name##*/}
  unit=$(recorded "$1" of)
  state=$(systemctl "--$3" is-active -- "${unit:-$name.service}" 2>/dev/null) || state=${state:-unknown}
  row "$name" "$2" "$(recorded "$1" host)" "$(recorded "$1" address)" "$(since "$1")" "$state" "$3"
}

since() {
  date -r "$1" '+%Y-%m-%d %H:%M' 2>/dev/null || echo unknown
}

row() {
  printf 'cdktf-puma\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"
}

# list ROOT SCOPE
list() {
  local folder
  for folder in "$1"/*; do
    if [ -f "$folder/record" ]; then
      tell "$folder/record" "$(recorded "$folder/record" owner)" "$2"
    elif [ -f "$folder/handed-over" ]; then
      tell "$folder/handed-over" '' "$2"
    elif [ -e "$folder/secrets" ] || [ -e "$folder/tasks" ]; then
      row "${folder##*/}" '' '' '' "$(since "$folder")" "never installed" "$2"
    fi
  done
}

# A profile may have said something, and no line break behind it.
echo
list /var/lib/cdktf-puma system </dev/null
list "$HOME/.local/state/cdktf-puma" user </dev/null
