# shellcheck shell=sh
# Whether Puma can listen where it is to, and whether others find it there.

check_places_of_binds() {
  local scheme where port
  while read -r scheme where port; do
    case $scheme in
      '') ;;
      unix)
        [ -n "$PUMA_SOCKETS" ] || check_folder_of_socket "$where"
        check_release_of_socket "$where"
        ;;
      *) [ -n "$PUMA_SOCKETS" ] || check_low_port "$where" "$port" ;;
    esac
  done <<EOT
$PUMA_BINDS
EOT
}

# values_of NAME: sets found to what the new unit and the drop-ins of others say by a directive, in one line.
values_of() {
  local file name value list
  list=''
  for file in "$STAGE/new$ETC/$SERVICE_UNIT" $(drop_ins_of_others); do
    [ -f "$file" ] || continue
    while IFS='= 	' read -r name value || [ -n "$name" ]; do
      [ "$name" != "$1" ] || list="$list $value"
    done <"$file"
  done
  found=$list
}

# makes_folder FOLDER: whether the unit makes it, or may do so, before Puma starts.
makes_folder() {
  local name
  for name in ExecStartPre BindPaths BindReadOnlyPaths TemporaryFileSystem; do
    values_of "$name"
    [ -z "$found" ] || return 0
  done
  gives_folder "$1" RuntimeDirectory /run || gives_folder "$1" StateDirectory /var/lib ||
    gives_folder "$1" CacheDirectory /var/cache || gives_folder "$1" LogsDirectory /var/log
}

# gives_folder FOLDER DIRECTIVE PARENT: whether it is one, or below one, that systemd makes and gives to the service's user.
gives_folder() {
  local folder word
  folder=$1
  case $folder in
    /var/run/*) folder=${folder#/var} ;;
  esac
  values_of "$2"
  for word in $found; do
    case $word:$folder/ in
      # What a specifier stands for is systemd's to tell.
      *%*:"$3/${word%%\%*}"*) return 0 ;;
      *":$3/${word%%:*}/"*) return 0 ;;
    esac
  done
  return 1
}

check_folder_of_socket() {
  local folder ended
  folder=${1%/*}
  ! makes_folder "$folder" || return 0
  if is_missing "${folder:-/}"; then
    problem "there is no folder $folder where Puma could make its socket ('binds'): make it, or use RuntimeDirectory=$PUMA_SERVICE and /run/$PUMA_SERVICE/puma.sock"
    return 0
  fi
  ended=0
  # shellcheck disable=SC2016 # its own variable
  as_user 10 /bin/sh -c '[ -w "$1" ] && [ -x "$1" ] || exit 9' sh "${folder:-/}" >/dev/null 2>&1 || ended=$?
  [ "$ended" != 9 ] ||
    problem "${PUMA_USER:-$MANAGER_USER} may not write to $folder, where Puma is to make its socket ('binds')"
}

# moving_link SOCKET: sets found to the link on the way to the application, and to the socket, that moves as a version is deployed, if
# there is one. Below it, a part of the application may be behind another link.
moving_link() {
  local folder target
  found='' folder=$PUMA_DIRECTORY
  while [ -n "$folder" ]; do
    case $1 in
      "$folder"/*)
        if [ -L "$folder" ] && target=$(readlink -f "$folder") && is_of_releases "$folder" "$target"; then
          found=$folder
          return 0
        fi
        ;;
    esac
    folder=${folder%/*}
  done
}

# is_of_releases LINK TARGET: such a link stands beside what it points to, or above it, or is called as those links are; what it points
# to is one of the releases. By others a machine is laid out: those at the top of the file system, to a folder of the same name, or to
# another disk.
is_of_releases() {
  local beside
  beside=$(readlink -f "${1%/*}") || return 1
  case $1:$2 in
    */"${2##*/}":*) return 1 ;;
    /*/*:"$beside"/* | */current:* | *:*/releases/* | *:*/versions/*) return 0 ;;
  esac
  return 1
}

# Below such a link, a socket would stay in the release that it was made in.
check_release_of_socket() {
  local folder target
  moving_link "$1"
  [ -n "$found" ] || return 0
  target=$(readlink -f "$found")
  folder=${1%/*}
  until [ -e "$folder" ]; do folder=${folder%/*}; done
  case $(readlink -f "$folder")/ in
    "$target"/*) ;;
    *) return 0 ;;
  esac
  if [ -n "$PUMA_SOCKETS" ]; then
    problem "$1 is in the release that $found points to, and would stay there when the link moves on; use /run/$PUMA_SERVICE/puma.sock, or a folder that is shared by all releases ('binds')"
  else
    say "note: $1 is in the release that $found points to: when the link moves on, nobody finds it until Puma has restarted; use a folder that is shared by all releases ('binds')"
  fi
}

# check_low_port ADDRESS PORT: unless authbind starts Puma, which lets a user listen there as its own files say.
check_low_port() {
  local first
  case $PUMA_VERSION_COMMAND in
    *authbind*) return 0 ;;
  esac
  # No "read": the kernel gives no more than one byte of it to who asks for one.
  first=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null) || :
  [ "$2" -lt "${first:-1024}" ] && has_user && [ "$(account_ids uid)" != 0 ] || return 0
  values_of AmbientCapabilities
  case $found in
    *CAP_NET_BIND_SERVICE*) return 0 ;;
  esac
  [ "$(unit_at "$SERVICE_UNIT" "$1" "$2")" != "$SERVICE_UNIT" ] && ! has_capable_ruby || return 0
  problem "$PUMA_USER may not listen at port $2, which is one of root's; use a PumaSocket, or AmbientCapabilities=CAP_NET_BIND_SERVICE ('binds')"
}

# Whether a Ruby has the right by its file (setcap), and so its Puma.
has_capable_ruby() {
  command -v getcap >/dev/null || return 1
  # shellcheck disable=SC2046 # folders
  timeout 10 getcap -r $(folders_of_rubies) 2>/dev/null | grep 'ruby.*cap_net_bind_service' >/dev/null
}

# Where the command may find one: where systems and users have theirs, beside itself, and what its environment names. Above a folder
# of PATH is what a version manager's shims lead to.
folders_of_rubies() {
  local word rest folder
  printf '%s\n' /usr /opt /home "$PUMA_DIRECTORY" "${PUMA_EXECUTABLE%/*}"
  values_of Environment
  for word in $found; do
    word=${word#\"} rest=${word#*=}
    rest=${rest%\"}:
    while [ -n "$rest" ]; do
      folder=${rest%%:*} rest=${rest#*:}
      case $word in
        PATH=*) folder=${folder%/*} ;;
      esac
      case $folder in
        /?*) plain_path "$folder" && echo ;;
      esac
    done
  done
}
