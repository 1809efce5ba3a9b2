# shellcheck shell=sh
# Runs on a host, where somebody asks for something there: $1 what, $2 of which service. It stands before the run's script, which is
# in the same file. Of a service of the machine's systemd root alone can read that, so whoever else runs it has a service of his own.
PUMA_SERVICE=$2 PUMA_ACTION=$1
FOLDER=/var/lib/cdktf-puma/$PUMA_SERVICE BECOME=root
if [ "$(id -u)" != 0 ]; then
  FOLDER=$HOME/.local/state/cdktf-puma/$PUMA_SERVICE BECOME=user
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
fi
readonly PUMA_SERVICE PUMA_ACTION FOLDER BECOME

# What the record has under a key: in_record KEY OTHERWISE
in_record() {
  local key value
  while IFS='=' read -r key value; do
    if [ "$key" = "$1" ]; then
      printf %s "$value"
      return 0
    fi
  done <"$FOLDER/record"
  printf %s "$2"
}

# Of what a run may go to, or back to: seconds.
longest_run() {
  local record key value longest
  longest=$(in_record run_timeout 3000)
  for record in "$FOLDER"/generations/*/record; do
    [ -f "$record" ] || continue
    while IFS='=' read -r key value; do
      if [ "$key" = run_timeout ] && [ "$value" -gt "$longest" ]; then longest=$value; fi
    done <"$record"
  done
  printf %s "$longest"
}

ask() {
  local host address
  if [ "$PUMA_ACTION" = cancel ]; then
    host=${SUDO_USER:-$(id -un)}${SSH_CONNECTION:+ from ${SSH_CONNECTION%% *}}
    exec /bin/sh "$FOLDER/run.sh" "$(uname -n)" '' cancel "$host" '' "$PUMA_SERVICE" '' '' "$BECOME"
  fi
  for host in record settings; do
    [ -f "$FOLDER/$host" ] || {
      echo "cdktf-puma: $PUMA_SERVICE was not installed whole in $FOLDER, or by an older version: apply it here once more, with -replace"
      exit 1
    }
  done
  host=$(in_record host '') address=$(in_record address '')
  case $PUMA_ACTION in
    status | facts | history) exec /bin/sh "$FOLDER/run.sh" "$host" "$address" "$PUMA_ACTION" '' '' "$PUMA_SERVICE" '' '' "$BECOME" ;;
  esac
  # A rollback says what it is meant to go back from: another may be first.
  PUMA_OWNER=$(in_record generation '')
  PUMA_OWNER=${PUMA_OWNER%% *}
  PUMA_LOCK_TIMEOUT=$(in_record lock_timeout 600)
  PUMA_RUN_TIMEOUT=$(longest_run)
  PUMA_SETTINGS='' PUMA_SCRIPT='' PUMA_DEPLOYED_BY=''
  export PUMA_SERVICE PUMA_ACTION PUMA_OWNER PUMA_LOCK_TIMEOUT PUMA_RUN_TIMEOUT PUMA_SETTINGS PUMA_SCRIPT PUMA_DEPLOYED_BY
  exec /bin/sh -euc "$(/bin/sh "$FOLDER/run.sh" launcher)" "$0" "$host" "$address" "$BECOME" '' 0 stdin
}

ask
