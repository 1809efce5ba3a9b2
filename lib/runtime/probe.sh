# shellcheck shell=sh
# One question to Puma. A connection proves nothing where systemd holds the socket: only an HTTP status line does.
# A bind is a line: SCHEME ADDRESS PORT, or unix PATH.

# What any bind is asked: PATH HOST SECONDS HEADERS.
probe_simply() {
  probe "$1" / localhost 10 ''
}

# probe BIND PATH HOST SECONDS HEADERS: prints the status, or says why there is none. "held" binds only have to listen.
probe() {
  local scheme rest
  scheme=${1%% *}
  rest=${1#* }
  case $scheme in
    held)
      # shellcheck disable=SC2086 # an address and a port, or a path
      is_our_socket held $rest || [ -n "$(unit_at "$watched" $rest)" ]
      ;;
    any)
      shift
      probe "http $rest" "$@" 2>/dev/null || probe "https $rest" "$@"
      ;;
    *) if command -v curl >/dev/null; then probe_by_curl "$@"; else probe_by_ruby "$@"; fi ;;
  esac
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
  local scheme address port path host seconds headers header
  read -r scheme address port <<EOT
$1
EOT
  path=$2 host=$3 seconds=$4 headers=$5
  case $scheme in
    unix) set -- --unix-socket "$address" "http://localhost$path" ;;
    *) set -- "$scheme://$(loopback "$address"):$port$path" ;;
  esac
  while IFS= read -r header; do
    [ -z "$header" ] || set -- --header "$header" "$@"
  done <<EOT
Host: $host
$headers
EOT
  set -- --silent --show-error --insecure --noproxy '*' --globoff --user-agent cdktf-puma --max-time "$seconds" \
    --output /dev/null --write-out '%{http_code}' "$@"
  # A link of the application's would have root ask another's socket.
  if [ "$scheme" = unix ] && ! is_bind_of_root "$address"; then
    as_user "$((${seconds%.*} + 2))" curl "$@"
  else
    curl "$@"
  fi
}

# Asks by the Ruby that runs this Puma, as its own commands are run: every host of Puma has one, not every host has curl. It
# waits for a Puma that does not listen yet: a unit for each of many tries would be dear.
probe_by_ruby() {
  local scheme address port ruby
  read -r scheme address port <<EOT
$1
EOT
  ruby=$(readlink "/proc/$main_pid/exe" 2>/dev/null) || :
  case $ruby in
    */ruby*) ;;
    *)
      echo "Puma does not run, or not by a Ruby that could ask it: install curl"
      return 1
      ;;
  esac
  surround_as_watched || return 1
  run_surrounded "${4}s 2s" LimitFSIZE=64K --quiet --pipe -- "$ruby" --disable-gems -rsocket -e '
      scheme, address, port, path, host, seconds, headers = ARGV
      Thread.new { sleep seconds.to_f; abort @refused if @refused; abort "no answer within #{seconds} seconds" }
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
        status = line[%r{\AHTTP/1\.\d (\d{3})}, 1] or abort "no HTTP answer, but #{line[0, 60].inspect}"
        print status
      rescue Errno::ECONNREFUSED, Errno::ENOENT => error
        @refused = error.message
        sleep 0.1
        retry
      rescue => error
        abort error.message
      end' -- "$scheme" "$(loopback "$address")" "$port" "$2" "$3" "$4" "$5"
}

# The binds of a Puma that has them from its own configuration file: what its main process listens on.
listening_binds() {
  local sockets
  sockets=$(one_line "$(open_sockets "/proc/$main_pid/fd")")
  # shellcheck disable=SC2046 # a file or none
  awk -v sockets="$sockets" '
    function decimal(hex, i, n) { for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1; return n }
    function octet(i) { return decimal(substr(hex, i, 2)) }
    $4 != "0A" || !index(sockets, "socket:[" $10 "]") { next }
    { split($2, local, ":"); hex = local[1]; port = decimal(local[2]) }
    length(hex) == 8 { print "any", octet(7) "." octet(5) "." octet(3) "." octet(1), port; next }
    { print "any ::", port }' $(socket_tables tcp tcp6)
  # Of an inode that has several lines, Puma's own title tells which is right.
  unix_listeners | awk -v sockets="$sockets" -v title="$(first_line "/proc/$main_pid/cmdline")" '
    { inode = $1; sub(/~/, "", inode); at = index(title, "unix://" $2) }
    index(sockets, "socket:[" inode "]") && $2 ~ /^\// &&
      (inode == $1 || at && substr(title, at + length($2) + 7, 1) ~ /[,?)]/) { print "unix", $2 }'
}
