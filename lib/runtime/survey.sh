# shellcheck shell=sh
# Tells the command line how services are on a host: for each a line a fact, "cdktf-puma NAME KEY VALUE". It runs as whoever logs in
# there; what only root knows, the command that is kept on the host says.
export LC_ALL=C TZ=UTC SYSTEMD_COLORS=0 XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"

# facts NAME [KEY]: of each line of its input a fact; without KEY they are properties.
facts() {
  local line
  while IFS= read -r line; do
    case ${2:-} in
      '') printf '%s\n' "cdktf-puma $1 ${line%%=*} ${line#*=}" ;;
      *) printf '%s\n' "cdktf-puma $1 $2 $line" ;;
    esac
  done
}

# survey NAME SCOPE COMMAND...: COMMAND asks for the facts or the status of a service.
survey() {
  local name scope folder code said
  name=$1 scope=$2
  shift 2
  folder=/var/lib/cdktf-puma/$name
  [ "$scope" = system ] || folder=$HOME/.local/state/cdktf-puma/$name
  systemctl "--$scope" show --property=ActiveState,SubState,NRestarts,StatusText,ActiveEnterTimestamp -- "$name.service" 2>&1 | facts "$name"
  [ ! -f "$folder/record" ] || facts "$name" record <"$folder/record"
  code=0
  said=$("$@" facts "$name" 2>&1) || code=$?
  case $code in
    0 | 3) printf '%s\n' "$said" | facts "$name" fact ;;
    *)
      # A command that knows nothing of facts was kept by an older version.
      code=0
      said=$("$@" status "$name" 2>&1) || code=$?
      printf '%s\n' "$said" | facts "$name" says
      ;;
  esac
  echo "$code" | facts "$name" code
}
