# shellcheck shell=sh
# Tells which services this library has on a host, for the command line: a line for each, its fields set apart by tabs. It reads
# what everybody may read.
# Each line: "cdktf-puma", name, owner ("" where it was handed over), host and address as the record has them, since when that
# record stands, the state of its service.

# recorded FILE KEY
recorded() {
  sed -n "s/^$2=//p" "$1" 2>/dev/null | tr -d '\t' | head -n 1
}

# tell RECORD OWNER
tell() {
  local name since state
  name=${1%/*}
  name=${name##*/}
  since=$(date -r "$1" '+%Y-%m-%d %H:%M' 2>/dev/null) || since=unknown
  state=$(systemctl is-active -- "$name.service" 2>/dev/null) || state=${state:-unknown}
  printf 'cdktf-puma\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$2" "$(recorded "$1" host)" "$(recorded "$1" address)" "$since" "$state"
}

list() {
  local folder
  for folder in /var/lib/cdktf-puma/*; do
    if [ -f "$folder/record" ]; then
      tell "$folder/record" "$(recorded "$folder/record" owner)"
    elif [ -f "$folder/handed-over" ]; then
      tell "$folder/handed-over" ''
    fi
  done
}

# A profile may have said something, and no line break behind it.
echo
list </dev/null
