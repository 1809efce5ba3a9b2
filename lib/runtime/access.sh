# shellcheck shell=sh
# What the service's user may do with its directory, its command and its files.

check_accounts() {
  [ -z "$PUMA_USER" ] || has_user || problem "there is no user '$PUMA_USER' ('user')"
  has_group || problem "there is no group '$PUMA_GROUP' ('group')"
}

# A script that says what the service's user may not do with its directory ($1), its command ($2) and its files (lines of
# "prop file" on standard input), all in one go; and of its configuration file, whether Puma is to believe in the PROXY protocol,
# and how long a worker may boot.
# shellcheck disable=SC2016 # its own variables
access_script() {
  printf %s '
    if [ ! -x "$1" ]; then echo closed-directory
    elif [ ! -f "$2" ]; then echo no-command
    elif [ ! -x "$2" ]; then echo closed-command
    fi
    config=$1/config/puma.rb
    while read -r prop file; do
      [ -z "$file" ] || [ -r "$file" ] || echo "unreadable $prop $file"
      [ "$prop" != configFile ] || config=$file
    done
    echo asked
    [ -f "$config" ] && [ -r "$config" ] || exit 0
    while read -r line || [ -n "$line" ]; do
      case $line in
        set_remote_address*proxy_protocol*) echo proxied ;;
        worker_boot_timeout[!_a-z]*) echo boots "${line#worker_boot_timeout}" ;;
      esac
    done <"$config"'
}

# Whether there is no such directory, as far as we may look.
is_missing() {
  local above
  [ ! -d "$1" ] || return 1
  above=${1%/*}
  until [ -e "${above:-/}" ]; do above=${above%/*}; done
  [ -x "${above:-/}" ]
}

# Sets found to what that script says. It is put into a file: who holds a pipe could let us wait for its end.
read_access() {
  if am_root; then
    (
      ulimit -f 64
      ask_for_access >"$STAGE/access"
    ) || :
    found=$(text_of "$STAGE/access")
  else
    found=$(ask_for_access)
  fi
}

ask_for_access() {
  printf '%s\n' "$PUMA_READABLE_FILES" | as_user 10 sh -c "$(access_script)" sh "$PUMA_DIRECTORY" "$PUMA_EXECUTABLE"
}

# Whether "PROP FILE" is one of those that were asked about: processes of the service's user can write between the answers.
is_asked_for() {
  case "
$PUMA_READABLE_FILES
" in
    *"
$1
"*) return 0 ;;
  esac
  return 1
}

check_access() {
  local finding rest asked
  if is_missing "$PUMA_DIRECTORY"; then
    no_directory
    return 0
  fi
  asked=false
  read_access
  while read -r finding rest; do
    case $finding in
      asked) asked=true ;;
      proxied) proxied=true ;;
      boots) worker_boot=$rest ;;
      closed-directory) problem "${PUMA_USER:-$MANAGER_USER} may not enter $PUMA_DIRECTORY ('workingDirectory')" ;;
      no-command) problem "there is no $PUMA_EXECUTABLE to run Puma by ('command')" ;;
      closed-command) problem "${PUMA_USER:-$MANAGER_USER} may not execute $PUMA_EXECUTABLE ('command')" ;;
      unreadable) ! is_asked_for "$rest" || is_managed "${rest#* }" || problem "${PUMA_USER:-$MANAGER_USER} cannot read ${rest#* } ('${rest%% *}')" ;;
    esac
  done <<EOT
$found
EOT
  read_new_config
  [ "$asked" = true ] || problem "nothing could be run as ${PUMA_USER:-$MANAGER_USER} ('user')"
}

# Of a configuration file that comes with the service, what counts is what it will say.
read_new_config() {
  local line
  declared_config
  [ -n "$found" ] || return 0
  proxied=false worker_boot=''
  while IFS= read -r line; do
    case $line in
      set_remote_address*proxy_protocol*) proxied=true ;;
      "worker_boot_timeout "*) worker_boot=${line#worker_boot_timeout } ;;
    esac
  done <"$STAGE/new$found"
}

# systemd makes a log, and no folder for it.
check_logs() {
  local line folder
  while IFS= read -r line; do
    folder=${line#write logs }
    folder=${folder%/*}
    case $line in
      "write logs "*) ! is_missing "${folder:-/}" ||
        problem "there is no folder $folder for a log: make it as root's (install -d $folder), or use /var/log/$PUMA_SERVICE.log ('logs')" ;;
    esac
  done <<EOT
$PUMA_OPENED
EOT
}

no_directory() {
  local link
  link=''
  [ ! -L "$PUMA_DIRECTORY" ] || link=": the link points to $(printable "$(readlink "$PUMA_DIRECTORY")")"
  problem "there is no directory $PUMA_DIRECTORY ('workingDirectory')$link"
}
