# shellcheck shell=sh
# Services of this stack on this host that it no longer declares and that hold what this one is to bind: their removal
# comes after us, or is under way at the same time.

# Sets abandoned.
find_abandoned() {
  local file other
  abandoned=''
  for file in "$ROOT"/*/record "$ROOT"/*/before/predecessor; do
    other=${file#"$ROOT/"}
    other=${other%%/*}
    case " $PUMA_SERVICE $PUMA_SIBLINGS $predecessor $abandoned" in
      *" $other "*) continue ;;
    esac
    ! is_in_the_way "$other" || abandoned="$abandoned$other "
  done
}

# What a run that was cut off had begun to rename has no record yet: that of its predecessor tells.
is_in_the_way() {
  [ -f "$ROOT/$1/record" ] || set -- "$(first_line "$ROOT/$1/before/predecessor")"
  [ -n "$1" ] && is_ours "$1" && is_of_this_host "$1" && shares_a_bind "$1"
}

# Whether a service was installed for this host, or for what the stack called it before.
is_of_this_host() {
  recorded "$1" host
  [ "$found" != "$PUMA_HOST" ] || return 0
  recorded "$1" address
  [ "$found" = "$PUMA_ADDRESS" ]
}

# Whether this service is to listen where another one does.
shares_a_bind() {
  local where port
  recorded "$1" binds
  if [ -z "$found$PUMA_BINDS" ]; then
    runs_the_same "$1"
    return
  fi
  while read -r _ where port; do
    [ -z "$where" ] || ! is_to_listen "$where" "$port" || return 0
  done <<EOT
$(split "$found")
EOT
  return 1
}

# is_to_listen ADDRESS PORT, or is_to_listen PATH
is_to_listen() {
  local where port
  while read -r _ where port; do
    if [ "$port" = "${2:-}" ] && { covers "$where" "$1" || covers "$1" "$where"; }; then return 0; fi
  done <<EOT
$PUMA_BINDS
EOT
  return 1
}

# Whether a listener at one address also gets the connections to another: that of IPv6 takes IPv4 too.
covers() {
  case $1/$2 in
    "$2/$2" | ::/*) return 0 ;;
    0.0.0.0/*:*) return 1 ;;
    0.0.0.0/*) return 0 ;;
  esac
  return 1
}

# Of two services that declare no binds: whether another one is what this one is to be, by its command, directory and port. It
# is asked as long as this one is not there, and has none that it was: what else looks like it is not in its way.
runs_the_same() {
  [ ! -f "$STATE/record" ] && [ -z "$predecessor" ] && [ -f "$STAGE/new$ETC/$SERVICE_UNIT" ] &&
    [ "$(command_of "$STAGE/new$ETC/$SERVICE_UNIT")" = "$(command_of "$ROOT/$1/live/$1.service")" ]
}

# command_of UNIT
command_of() {
  sed -n '/^ExecStart=/p; /^WorkingDirectory=/p; /^Environment="\{0,1\}PORT=/p' "$1" 2>/dev/null || :
}
