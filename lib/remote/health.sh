# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Whether Puma answers. A connection proves nothing where systemd holds the socket: only an HTTP status line does.

now() {
  date +%s
}

# The address at which a bind is asked from the host itself.
loopback() {
  case $1 in
    0.0.0.0) printf 127.0.0.1 ;;
    ::) printf '[::1]' ;;
    *:*) printf '[%s]' "$1" ;;
    *) printf %s "$1" ;;
  esac
}

probe_by_curl() {
  case $1 in
    unix) via="--unix-socket $2" url=http://localhost/ ;;
    *) via='' url=$1://$(loopback "$2"):$3/ ;;
  esac
  # shellcheck disable=SC2086 # an option and its path, which holds no space
  curl --silent --show-error --insecure --noproxy '*' --user-agent cdktf-puma --max-time 10 \
    --output /dev/null --write-out '%{http_code}' $via "$url"
}

# Asks by the Ruby that runs this Puma, as the service's own user: every host of Puma has one, not every host has curl.
probe_by_ruby() {
  pid=$(property "$service.service" MainPID)
  ruby=$(readlink "/proc/$pid/exe" 2>/dev/null) || return 1
  case $ruby in
    */ruby*) ;;
    *) echo "install curl: there is nothing else on this host to ask Puma with"; return 1 ;;
  esac
  setpriv --reuid="$(stat -c %u "/proc/$pid")" --regid="$(stat -c %g "/proc/$pid")" --clear-groups -- \
    "$ruby" --disable-gems -rsocket -e '
      scheme, address, port = ARGV
      Thread.new { sleep 10; abort "no answer within 10 seconds" }
      begin
        io = scheme == "unix" ? UNIXSocket.new(address) : TCPSocket.new(address.delete("[]"), port)
        if scheme == "https"
          require "openssl"
          context = OpenSSL::SSL::SSLContext.new
          context.verify_mode = OpenSSL::SSL::VERIFY_NONE
          io = OpenSSL::SSL::SSLSocket.new(io, context).tap(&:connect)
        end
        io.write "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: cdktf-puma\r\nConnection: close\r\n\r\n"
        line = io.gets.to_s
        abort "no HTTP answer, but #{line[0, 60].inspect}" unless line =~ %r{\AHTTP/1\.\d (\d{3})}
        print $1
      rescue => error
        abort error.message
      end' -- "$1" "$(loopback "$2")" "${3:-}"
}

# probe SCHEME ADDRESS [PORT]: prints the status, or says why there is none. "held" binds only have to be held.
probe() {
  case $1 in
    held) [ -n "$(unit_at "$2" "$3")" ] && return ;;
    any) probe http "$2" "$3" 2>/dev/null || probe https "$2" "$3" ;;
    *) if command -v curl >/dev/null; then probe_by_curl "$@"; else probe_by_ruby "$@"; fi ;;
  esac
}

# The binds of a Puma that has them from its own configuration file: what its main process listens on.
listening_binds() {
  pid=$(property "$service.service" MainPID)
  inodes=$(ls -l "/proc/$pid/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p' | tr '\n' ' ')
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v inodes=" $inodes" '
    function decimal(hex, i, n) { for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1; return n }
    $4 != "0A" || !index(inodes, " " $10 " ") { next }
    { split($2, local, ":"); hex = local[1]; port = decimal(local[2]) }
    length(hex) == 8 { print "any", decimal(substr(hex, 7, 2)) "." decimal(substr(hex, 5, 2)) "." decimal(substr(hex, 3, 2)) "." decimal(substr(hex, 1, 2)), port; next }
    { print "any ::", port }'
  awk -v inodes=" $inodes" '$4 == "00010000" && index(inodes, " " $7 " ") && $8 ~ /^\// { print "unix", $8 }' /proc/net/unix
}

# Whether the Puma that was started is still the one that runs. Sets complaint if it is not.
is_alive() {
  shown=$(systemctl show --property=ActiveState --property=NRestarts --property=InvocationID "$service.service")
  case $shown in
    *ActiveState=failed* | *ActiveState=inactive*) complaint="Puma ended: $(property "$service.service" Result)"; return 1 ;;
  esac
  case $shown in
    *NRestarts=0*) ;;
    *) complaint="Puma ended and systemd started it again"; return 1 ;;
  esac
  case $shown in
    *"InvocationID=$invocation"*) ;;
    *) complaint="Puma was started again by somebody else"; return 1 ;;
  esac
}

# Asks one bind until it answers, as long as Puma lives and until the deadline.
wait_for_bind() {
  while :; do
    # shellcheck disable=SC2086 # a bind is two or three words
    probe $1 >"$stage/answer" 2>&1 &
    asking=$!
    while kill -0 "$asking" 2>/dev/null; do
      is_alive || { kill "$asking" 2>/dev/null || :; return 1; }
      sleep 0.05
    done
    if wait "$asking"; then return; fi
    is_alive || return 1
    complaint="$1 did not answer within ${2}s: $(tail -n 1 "$stage/answer")"
    [ "$(now)" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# Waits until every bind answers; $1: the binds, one a line, $2: seconds. Sets complaint where it fails.
wait_until_healthy() {
  invocation=$(property "$service.service" InvocationID)
  deadline=$(($(now) + $2))
  expected=$1
  while [ -z "$expected" ]; do
    is_alive || return 1
    expected=$(listening_binds)
    complaint="Puma listens nowhere after ${2}s"
    [ -n "$expected" ] || [ "$(now)" -lt "$deadline" ] || return 1
    [ -n "$expected" ] || sleep 0.1
  done
  while read -r bind; do
    wait_for_bind "$bind" "$2" || return 1
    say "$bind answers$(sed 's/^/ HTTP /' "$stage/answer")"
  done <<EOF
$expected
EOF
  is_alive
}
