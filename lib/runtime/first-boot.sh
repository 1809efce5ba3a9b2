# shellcheck shell=sh
# A machine comes up with a service: what cloud-init has laid ready is put in its place, and started. There is no transaction, as
# nobody is served yet. What it leaves is what an apply would leave, but for the script of the runs, which user data has no room for:
# the first apply brings that, and knows the service by its record. Settings stand before this, and $1 is the folder in which files
# are laid ready.
set -eu
umask 022
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C SYSTEMD_COLORS=0
ETC=/etc/systemd/system
STATE=/var/lib/cdktf-puma/$PUMA_SERVICE
SERVICE_UNIT=$PUMA_SERVICE.service
LAID_READY=$1
readonly ETC STATE SERVICE_UNIT LAID_READY

files=$PUMA_FILES # what is put there, a line each: PATH MODE OWNER EFFECT; by add_back_off

say() {
  printf '%s\n' "cdktf-puma: $*"
}

fail() {
  say "$*"
  exit 1
}

property_of_service() {
  systemctl show --property="$1" --value -- "$SERVICE_UNIT"
}

# As back-off.sh has it: older ones than 254 take these lines for misspelt.
add_back_off() {
  local file
  [ -n "$PUMA_BACK_OFF" ] && [ -n "$(property_of_service RestartSteps)" ] || return 0
  file=$ETC/$SERVICE_UNIT.d/50-cdktf-puma-back-off.conf
  mkdir -p -- "$LAID_READY${file%/*}"
  # shellcheck disable=SC2086 # a list of lines
  printf '%s\n' '[Service]' $PUMA_BACK_OFF >"$LAID_READY$file"
  files="$files
$file 644 root:root reload"
}

# Whether the image has the service from the same stack, as one that is made from a host of the fleet does.
is_ours() {
  [ -f "$STATE/record" ] && grep -qxF -- "$(sed -n '/^owner=/p' "$LAID_READY/record")" "$STATE/record"
}

# Throughout the library: what a service does not own is not replaced.
check_owner() {
  local path effect unit folder
  [ "$PUMA_TAKE_OVER" != true ] && ! is_ours || return 0
  [ ! -f "$STATE/record" ] || fail "$PUMA_SERVICE belongs to another stack in this image, so nothing was installed: choose another name ('name')"
  while read -r path _ _ effect _; do
    [ "$effect" = none ] || [ ! -e "$path" ] ||
      fail "$path is in the image, and not of this stack, so nothing was installed: leave it out there, choose another name, or say takeOver ('name')"
  done <<EOT
$files
EOT
  for unit in $PUMA_UNITS; do
    for folder in /usr/lib/systemd/system /lib/systemd/system; do
      [ ! -e "$folder/$unit" ] ||
        fail "$folder/$unit is of a package in the image, so nothing was installed: choose another name, or say takeOver ('name')"
    done
  done
}

check_user() {
  [ -z "$PUMA_USER" ] || id -u -- "$PUMA_USER" >/dev/null 2>&1 ||
    say "there is no user '$PUMA_USER' on this machine: have it in the image, or let cloud-init make it ('user')"
}

# The group that Puma runs as, of which only the host knows where nothing says it.
group_of_service() {
  if [ -n "$PUMA_GROUP" ]; then printf %s "$PUMA_GROUP"; else id -gn -- "${PUMA_USER:-root}"; fi
}

# install_file PATH MODE OWNER: it is there as a whole, with its access, or not at all.
install_file() {
  local owner
  owner=$3
  [ "$owner" != root:@ ] || owner=root:$(group_of_service)
  mkdir -p -- "${1%/*}"
  cp -- "$LAID_READY$1" "$1.cdktf-puma"
  chown -- "$owner" "$1.cdktf-puma"
  chmod -- "$2" "$1.cdktf-puma"
  mv -f -- "$1.cdktf-puma" "$1"
}

# keep_copy PATH: what a later run compares with, to know what was edited here and what runs. It is called as key has it in files.sh.
keep_copy() {
  local name
  name=${1#"$ETC"/}
  name=$(printf %s "${name#/}" | tr / !)
  cp -p -- "$1" "$STATE/written/$name"
  cp -p -- "$1" "$STATE/live/$name"
}

install_files() {
  local path access owner effect
  rm -rf -- "$STATE/written" "$STATE/live"
  mkdir -p -- "$STATE/written" "$STATE/live"
  while read -r path access owner effect _; do
    install_file "$path" "$access" "$owner"
    [ "$effect" = none ] || keep_copy "$path"
  done <<EOT
$files
EOT
}

# The paths of managed files beside the units, as the record has them.
paths_beside_units() {
  local path effect
  while read -r path _ _ effect _; do
    case $effect in
      unit | none) ;;
      *) printf '%s ' "$path" ;;
    esac
  done <<EOT
$files
EOT
}

# Which start of each unit that is, by systemd's id: a later run knows by it what was started again since. Before the start it is not
# known.
write_record() {
  local unit id files_beside
  files_beside=$(paths_beside_units)
  {
    cat -- "$LAID_READY/record"
    printf '%s\n' "host=$(uname -n)" "address=" "units=$PUMA_UNITS" "files=${files_beside% }" "path=$(readlink -f -- "$PUMA_DIRECTORY")" \
      "start_timeout=$PUMA_START_TIMEOUT" "deployed=$(date +%s)"
    for unit in $PUMA_UNITS; do
      id=$(systemctl show --property=InvocationID --value -- "$unit")
      [ -z "$id" ] || printf '%s\n' "invocation:$unit=$id"
    done
  } >"$STATE/record.new"
  mv -f -- "$STATE/record.new" "$STATE/record"
}

# What others print, as it may stand in a log.
printable_lines() {
  tr '\000-\010\013-\037\177' '?' | cut -b -2000
}

# A start that fails stays as it is: systemd tries again, by the unit's own Restart=.
fail_to_start() {
  say "$SERVICE_UNIT: $1; it last said:"
  journalctl --quiet --no-pager --output=cat --lines=20 --unit="$SERVICE_UNIT" | printable_lines
  write_record
  rm -rf -- "$LAID_READY"
  fail "$PUMA_SERVICE is installed, but does not serve: see journalctl -u $PUMA_SERVICE; the first apply goes on from there"
}

# The address at which a bind is asked from the host itself, as loopback has it in probe.sh.
loopback() {
  case $1 in
    0.0.0.0) printf 127.0.0.1 ;;
    ::) printf '[::1]' ;;
    *:*) printf '[%s]' "$1" ;;
    *) printf %s "$1" ;;
  esac
}

# Whether Puma answers, whatever it says: what that has to be, a balancer knows. Without a bind to ask at, or curl, it has to run.
is_up() {
  local scheme address port
  [ "$(property_of_service ActiveState)" = active ] || return 1
  read -r scheme address port <<EOT
$PUMA_HEALTH_BIND
EOT
  case $scheme in
    http | https) ;;
    *) return 0 ;;
  esac
  command -v curl >/dev/null || return 0
  curl --silent --insecure --noproxy '*' --globoff --max-time 5 --output /dev/null "$scheme://$(loopback "$address"):$port/"
}

wait_until_up() {
  local last complaint
  last=$(($(date +%s) + ${PUMA_START_TIMEOUT%%.*}))
  until is_up; do
    complaint="Puma ends again and again"
    [ "$(property_of_service NRestarts)" = 0 ] || fail_to_start "$complaint"
    complaint="Puma does not answer within ${PUMA_START_TIMEOUT}s"
    [ "$(date +%s)" -lt "$last" ] || fail_to_start "$complaint"
    sleep 1
  done
}

start() {
  local complaint
  if [ -z "$PUMA_ENABLED_UNITS" ]; then
    say "$PUMA_UNITS: not started, as it is kept stopped ('ensure')"
    return 0
  fi
  # What an image has that is made from a host of the fleet runs by now, and may be of another version.
  # shellcheck disable=SC2086 # a list of units
  systemctl stop -- $PUMA_UNITS
  complaint="systemd could not start it"
  # shellcheck disable=SC2086 # a list of units
  systemctl start -- $PUMA_ENABLED_UNITS || fail_to_start "$complaint"
  [ "$PUMA_START_ON" = boot ] || return 0
  wait_until_up
}

first_boot() {
  add_back_off
  check_owner
  check_user
  install_files
  write_record
  systemctl daemon-reload
  # shellcheck disable=SC2086 # a list of units
  [ -z "$PUMA_ENABLED_UNITS" ] || systemctl --quiet enable -- $PUMA_ENABLED_UNITS
  start
  write_record
  rm -rf -- "$LAID_READY"
  say "$PUMA_SERVICE came up: $PUMA_UNITS"
}

first_boot </dev/null
