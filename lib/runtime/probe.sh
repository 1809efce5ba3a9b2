# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# One question to Puma. A connection proves nothing where systemd holds the socket: only an HTTP status line does.

# What is asked, unless a health check says otherwise.
ask_path=/ ask_host=localhost ask_headers='' ask_timeout=10

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
    unix) set -- --unix-socket "$2" "http://localhost$ask_path" ;;
    *) set -- "$1://$(loopback "$2"):$3$ask_path" ;;
  esac
  while IFS= read -r header; do
    [ -z "$header" ] || set -- --header "$header" "$@"
  done <<EOF
Host: $ask_host
$ask_headers
EOF
  curl --silent --show-error --insecure --noproxy '*' --globoff --user-agent cdktf-puma --max-time "$ask_timeout" \
    --output /dev/null --write-out '%{http_code}' "$@"
}

# Asks by the Ruby that runs this Puma, as its own user: every host of Puma has one, not every host has curl.
probe_by_ruby() {
  pid=$(property "$watched" MainPID)
  case $(readlink "/proc/$pid/exe" 2>/dev/null) in
    */ruby*) ;;
    *) echo "Puma does not run, or not by a Ruby that could ask it: install curl"; return 1 ;;
  esac
  # shellcheck disable=SC2016 # Ruby's own variables
  setpriv --reuid="$(stat -c %u "/proc/$pid")" --regid="$(stat -c %g "/proc/$pid")" --clear-groups -- \
    "$(readlink "/proc/$pid/exe")" --disable-gems -rsocket -e '
      scheme, address, port, path, host, seconds, headers = ARGV
      Thread.new { sleep seconds.to_f; abort "no answer within #{seconds} seconds" }
      begin
        io = scheme == "unix" ? UNIXSocket.new(address) : TCPSocket.new(address.delete("[]"), port)
        if scheme == "https"
          require "openssl"
          context = OpenSSL::SSL::SSLContext.new
          context.verify_mode = OpenSSL::SSL::VERIFY_NONE
          io = OpenSSL::SSL::SSLSocket.new(io, context).tap(&:connect)
        end
        lines = ["GET #{path} HTTP/1.1", "Host: #{host}", "User-Agent: cdktf-puma", "Connection: close", *headers.lines(chomp: true)]
        io.write lines.map { |line| "#{line}\r\n" }.join + "\r\n"
        line = io.gets.to_s
        abort "no HTTP answer, but #{line[0, 60].inspect}" unless line =~ %r{\AHTTP/1\.\d (\d{3})}
        print $1
      rescue => error
        abort error.message
      end' -- "$1" "$(loopback "$2")" "${3:-}" "$ask_path" "$ask_host" "$ask_timeout" "$ask_headers"
}

# probe SCHEME ADDRESS [PORT]: prints the status, or says why there is none. "held" binds only have to be held.
probe() {
  case $1 in
    held) shift; [ -n "$(unit_at "$@")" ] ;;
    any) probe http "$2" "$3" 2>/dev/null || probe https "$2" "$3" ;;
    *) if command -v curl >/dev/null; then probe_by_curl "$@"; else probe_by_ruby "$@"; fi ;;
  esac
}

# The binds of a Puma that has them from its own configuration file: what its main process listens on.
listening_binds() {
  pid=$(property "$watched" MainPID)
  inodes=$(ls -l "/proc/$pid/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p' | tr '\n' ' ')
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v inodes=" $inodes" '
    function decimal(hex, i, n) { for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1; return n }
    function octet(i) { return decimal(substr(hex, i, 2)) }
    $4 != "0A" || !index(inodes, " " $10 " ") { next }
    { split($2, local, ":"); hex = local[1]; port = decimal(local[2]) }
    length(hex) == 8 { print "any", octet(7) "." octet(5) "." octet(3) "." octet(1), port; next }
    { print "any ::", port }'
  awk -v inodes=" $inodes" '$4 == "00010000" && index(inodes, " " $7 " ") && $8 ~ /^\// { print "unix", $8 }' /proc/net/unix
}
