# shellcheck shell=sh
# Tells the command line how services are on a host: each line is "cdktf-puma NAME", and then what `cdktf-puma facts` tells there. It runs
# as whoever logs in there.
export LC_ALL=C SYSTEMD_COLORS=0 XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"

# survey NAME SCOPE COMMAND...: COMMAND asks for the facts of a service.
survey() {
  local name scope code said
  name=$1 scope=$2
  shift 2
  code=0
  said=$("$@" facts "$name" 2>&1) || code=$?
  case $code in
    0 | 3) printf '%s\n' "$said" ;;
    *)
      see_as_all "$name" "$scope"
      printf '%s\n' "$said" | sed 's/^/refused=/'
      ;;
  esac | sed "s/^/cdktf-puma $name /"
}

# What everybody may see, in the same words: see_as_all NAME SCOPE
see_as_all() {
  local record key value active sub restarts
  active='' sub='' restarts=''
  record=/var/lib/cdktf-puma/$1/record
  [ "$2" = system ] || record=$HOME/.local/state/cdktf-puma/$1/record
  if [ -f "$record" ]; then sed -n '/^release=/p' "$record"; else echo absent=yes; fi
  while IFS='=' read -r key value; do
    case $key in
      ActiveState) active=$value ;;
      SubState) sub=$value ;;
      NRestarts) restarts=$value ;;
    esac
  done <<EOT
$(systemctl "--$2" show --property=ActiveState,SubState,NRestarts -- "$1.service" 2>/dev/null)
EOT
  printf '%s\n' "unit=$1.service $active $sub" "restarts=$restarts"
}
