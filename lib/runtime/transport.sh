# shellcheck shell=sh
# Runs where the engine runs: hands a host its script on the standard input of a shell there, by OpenSSH, or runs it here.
# Its settings are in the environment, all with CDKTF_PUMA_ before them: HOST, REACH (openssh, local), SCRIPT, PACKED (gzip,
# base64), which goes behind SCRIPT, ADDRESS, USER, PORT, TIMEOUT (as 60000ms), KEY, KEY_FILE, CERTIFICATE, HOST_KEY,
# HOST_AUTHORITY ("true" if that is an authority's), CONFIG, OPTIONS (one a line), FRESH, and BASTION_ with ADDRESS, USER, PORT,
# KEY, KEY_FILE, CERTIFICATE, HOST_KEY and HOST_AUTHORITY. FETCH, which few have, is a script of its own: what it prints goes
# between SCRIPT and PACKED. BESIDE, which few have too, is one for hosts that ask for something (beside.sh): SCRIPT ends with
# `heard() {` then (hear.sh).
set -u
# A shell exports a variable that it was given under the same name.
unset SCRIPT PACKED FETCH BESIDE fetched
SCRIPT=$CDKTF_PUMA_SCRIPT
PACKED=$CDKTF_PUMA_PACKED
FETCH=${CDKTF_PUMA_FETCH:-}
BESIDE=${CDKTF_PUMA_BESIDE:-}
HOST=$CDKTF_PUMA_HOST
ADDRESS=$CDKTF_PUMA_ADDRESS
USER_THERE=$CDKTF_PUMA_USER
KEY=${CDKTF_PUMA_KEY:+agent}
BASTION_KEY=${CDKTF_PUMA_BASTION_KEY:+agent}
LOGIN=${USER_THERE:+$USER_THERE@}$ADDRESS
# Nobody else is to have it in his environment.
unset CDKTF_PUMA_SCRIPT CDKTF_PUMA_PACKED CDKTF_PUMA_FETCH CDKTF_PUMA_BESIDE
# What the host's shell says before it reads anything, so that one knows that it was reached.
CONNECTED=cdktf-puma-connected
# What it reads before the script, so that it runs the whole of it or nothing.
BEGINNING=cdktf-puma-script
# What it says where it reads something else.
NOT_WHOLE=cdktf-puma-not-whole
readonly SCRIPT PACKED FETCH BESIDE HOST ADDRESS USER_THERE KEY BASTION_KEY LOGIN CONNECTED BEGINNING NOT_WHOLE
OWN=''               # a folder of this script's; by make_own
SECONDS_TO_CONNECT=0 # in all; by prepare
WAIT=15              # the same of one try; by prepare
PROXY=''             # the command that goes by the bastion; by prepare
fetched=''           # what FETCH has printed; by fetch
code=0               # how the last try has ended; by connect

fail() {
  printf '%s\n' "FAILED on $HOST: $*"
  exit 1
}

unpack() {
  if printf eA== | base64 -d >/dev/null 2>&1; then base64 -d; else base64 -D; fi
}

send() {
  printf '%s\n' "$SCRIPT"
  [ -z "$fetched" ] || printf '%s\n' "$fetched"
  [ -z "$PACKED" ] || printf %s "$PACKED" | unpack | gzip -d
}

# What no name of a host or a user has, and a shell or OpenSSH would read as more than that: check_word WORD WHAT
check_word() {
  case $1 in
    '' | -* | *[[:space:][:cntrl:]\'\"\`\$\\\;\&\<\>\|\(\)\{\}]*) fail "this is no $2: $(printable "$1")" ;;
  esac
}

check_file() {
  [ -z "$1" ] || [ -r "$1" ] || fail "there is no file $1 on the machine that runs the engine, or it cannot be read"
}

printable() {
  printf %s "$1" | LC_ALL=C tr '\001-\037\177' '?'
}

# A word for whatever shell OpenSSH starts a ProxyCommand by, in which `%` is its own: quoted WORD...
quoted() {
  local word
  for word in "$@"; do
    printf " '%s'" "$(printf %s "$word" | sed -e "s/'/'\\\\''/g" -e 's/%/%%/g')"
  done
}

# The line of known_hosts that pins a key, or the authority that has signed it. Not both ways at once, as the engines try it: ssh
# would ask a host that has a certificate for nothing else. known KEY AUTHORITY
known() {
  [ -z "$1" ] || printf '%s' "${2:+@cert-authority }* $1"
}

# Starts a command with the options of a login before its words:
# with_login NAME USER PORT KEY KEY_FILE CERTIFICATE KNOWN COMMAND WORD...
# KEY is "agent" where an agent of this script's own has it, KNOWN a line of known_hosts.
with_login() {
  local name user port key key_file certificate known command
  name=$1 user=$2 port=$3 key=$4 key_file=$5 certificate=$6 known=$7 command=$8
  shift 8
  [ -z "$user" ] || set -- -l "$user" "$@"
  [ -z "$port" ] || set -- -p "$port" "$@"
  [ -z "$CDKTF_PUMA_CONFIG" ] || set -- -F "$CDKTF_PUMA_CONFIG" "$@"
  if [ "$key" = agent ]; then
    set -- -o IdentityAgent=SSH_AUTH_SOCK -o IdentitiesOnly=no "$@"
  elif [ -n "$key_file" ]; then
    set -- -i "$key_file" -o IdentitiesOnly=yes "$@"
  fi
  if [ -n "$certificate" ]; then
    printf '%s\n' "$certificate" >"$OWN/$name-certificate"
    set -- -o CertificateFile="$OWN/$name-certificate" "$@"
  fi
  if [ -n "$known" ]; then
    printf '%s\n' "$known" >"$OWN/$name-known_hosts"
    # A master that is open already has asked for another key, or for none.
    set -- -o UserKnownHostsFile="$OWN/$name-known_hosts" -o GlobalKnownHostsFile=/dev/null \
      -o StrictHostKeyChecking=yes -o UpdateHostKeys=no -o ControlPath=none "$@"
  fi
  # An apply asks nobody, forwards nothing, becomes nobody's master, and lets no command here read its script.
  "$command" -T -a -x -o BatchMode=yes -o ControlMaster=no -o ClearAllForwardings=yes -o RemoteCommand=none \
    -o PermitLocalCommand=no -o LogLevel=INFO -o ConnectTimeout="$WAIT" -o ServerAliveInterval=15 -o ServerAliveCountMax=8 "$@"
}

# The command by which OpenSSH reaches a host behind a bastion.
proxy() {
  printf ssh
  with_login bastion "$CDKTF_PUMA_BASTION_USER" "$CDKTF_PUMA_BASTION_PORT" "$BASTION_KEY" \
    "$CDKTF_PUMA_BASTION_KEY_FILE" "$CDKTF_PUMA_BASTION_CERTIFICATE" \
    "$(known "$CDKTF_PUMA_BASTION_HOST_KEY" "$CDKTF_PUMA_BASTION_HOST_AUTHORITY")" quoted
  printf " -W '[%%h]:%%p' -- '%s'" "$CDKTF_PUMA_BASTION_ADDRESS"
}

# Whatever shell the login has, it can start another by this. A profile that reads the standard input has taken of the script.
AT_LOGIN="exec /bin/sh -c 'echo $CONNECTED >&2; read -r begin; [ \"\$begin\" = $BEGINNING ] && exec /bin/sh -s 2>&1; echo $NOT_WHOLE >&2; exit 1'"
readonly AT_LOGIN

# One try; sets `code`.
connect() {
  local option
  set -- -- "$ADDRESS" "$AT_LOGIN"
  while IFS= read -r option; do
    [ -z "$option" ] || set -- -o "$option" "$@"
  done <<EOT
$CDKTF_PUMA_OPTIONS
EOT
  [ -z "$PROXY" ] || set -- -o ProxyCommand="$PROXY" "$@"
  code=0
  if [ -n "$BESIDE" ]; then
    converse "$BEGINNING
" ssh_to_host "$@" || code=$?
    return 0
  fi
  { echo "$BEGINNING" && send; } 2>/dev/null | ssh_to_host "$@" || code=$?
}

ssh_to_host() {
  with_login host "$USER_THERE" "$CDKTF_PUMA_PORT" "$KEY" "$CDKTF_PUMA_KEY_FILE" \
    "$CDKTF_PUMA_CERTIFICATE" "$(known "$CDKTF_PUMA_HOST_KEY" "$CDKTF_PUMA_HOST_AUTHORITY")" ssh "$@" 2>"$OWN/said"
}

is_connected() {
  grep -q "^$CONNECTED" "$OWN/said"
}

is_whole() {
  ! grep -q "^$NOT_WHOLE" "$OWN/said"
}

# The last words of ssh, as one line: of a warning that fills a screen only what it is about.
cause() {
  LC_ALL=C tr -d '\r' <"$OWN/said" | LC_ALL=C tr '\001-\010\013-\037\177' '?' |
    grep -v -e "^$CONNECTED" -e '^@' -e '^IT IS POSSIBLE' -e '^Someone could' -e '^It is also' -e '^Please contact' \
      -e '^Add correct' -e '^Offending' -e '^The fingerprint' -e '^SHA256:' -e '^ *remove with' -e '^ *ssh-keygen ' -e '^Warning: Permanently added' -e '^ *$' |
    tail -n 3 | awk '{ printf "%s%s", sep, $0; sep = "; " }'
}

# Whether another try could not end otherwise. A machine that was just made may not know its users yet, nor be known by name.
is_final() {
  case $1 in
    *"Host key verification failed"* | *"onfiguration option"* | *"command-line"* | *"Can't open user config file"*) return 0 ;;
    *"Permission denied"* | *"Could not resolve"* | *"Too many authentication failures"*) [ -z "$CDKTF_PUMA_FRESH" ] ;;
    *) return 1 ;;
  esac
}

# Tries until the host is reached: what is cut later is not tried again. Many at once are turned away by an sshd
# (MaxStartups), so they do not come back at the same time.
by_openssh() {
  local end said told
  end=$(($(date +%s) + SECONDS_TO_CONNECT)) told=''
  while :; do
    connect
    [ "$code" = 255 ] || break
    ! is_connected || fail "the connection to $LOGIN was cut: what runs there ends by itself, and the next apply says how ($(cause))"
    said=$(cause)
    if is_final "$said" || [ "$(date +%s)" -ge "$end" ]; then
      fail "no connection to $LOGIN by ssh, so nothing ran there: $said"
    fi
    [ "$said" = "$told" ] || printf '%s\n' "no connection to $LOGIN yet: $said"
    told=$said
    sleep "$((1 + $(od -An -N1 -tu1 /dev/urandom) % 3))"
  done
  said=$(cause)
  is_connected || fail "the login of $LOGIN runs no command, so nothing ran there (exit code $code)${said:+: $said}"
  is_whole ||
    fail "something took of the script before a shell of $LOGIN could read it, so nothing ran there: a command in a profile there that reads the standard input, or StdinNull in ssh_config"
  return "$code"
}

add_key() {
  [ -z "$1" ] || printf '%s\n' "$1" | ssh-add -q - || fail "ssh-add does not take the key of $2"
}

make_own() {
  OWN=$(mktemp -d /tmp/cdktf-puma.XXXXXX) || exit 1
  trap 'exit 129' HUP INT TERM PIPE
  trap 'rm -rf "$OWN"' EXIT
}

prepare() {
  command -v ssh >/dev/null || fail "there is no ssh on the machine that runs the engine"
  check_word "$ADDRESS" "name or address of a host"
  [ -z "$USER_THERE" ] || check_word "$USER_THERE" "name of a user"
  [ -z "$CDKTF_PUMA_BASTION_ADDRESS" ] || check_word "$CDKTF_PUMA_BASTION_ADDRESS" "name or address of a bastion"
  [ -z "$CDKTF_PUMA_BASTION_USER" ] || check_word "$CDKTF_PUMA_BASTION_USER" "name of a user"
  check_file "$CDKTF_PUMA_KEY_FILE"
  check_file "$CDKTF_PUMA_BASTION_KEY_FILE"
  check_file "$CDKTF_PUMA_CONFIG"
  make_own
  SECONDS_TO_CONNECT=$(((${CDKTF_PUMA_TIMEOUT%ms} + 999) / 1000))
  [ "$SECONDS_TO_CONNECT" -ge "$WAIT" ] || WAIT=$SECONDS_TO_CONNECT
  add_key "$CDKTF_PUMA_KEY" "$LOGIN"
  add_key "$CDKTF_PUMA_BASTION_KEY" "the bastion"
  unset CDKTF_PUMA_KEY CDKTF_PUMA_BASTION_KEY
  if [ -n "$CDKTF_PUMA_BASTION_ADDRESS" ]; then PROXY=$(proxy); fi
}

# What it prints is in no file, no argument and no environment.
fetch() {
  [ -z "$FETCH" ] || fetched=$(/bin/sh -c "$FETCH" "$HOST") || exit 1
}

sh_here() {
  /bin/sh -s 2>&1
}

# Half of a script would end well, and have done nothing.
send >/dev/null 2>&1 || fail "there is no gzip or no base64 on the machine that runs the engine"

case $CDKTF_PUMA_REACH in
  local)
    fetch
    if [ -n "$BESIDE" ]; then
      make_own
      converse '' sh_here
    else
      send | sh_here
    fi
    ;;
  *)
    prepare
    fetch
    by_openssh
    ;;
esac
