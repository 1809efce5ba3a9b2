# Put here by cdktf-puma, which keeps it up to date: what its services on this host can be asked for.
# shellcheck shell=sh
set -eu
umask 022

fail() {
  printf '%s\n' "cdktf-puma: $*" >&2
  exit 1
}

usage() {
  printf '%s\n' "usage: cdktf-puma status SERVICE" "       cdktf-puma restart SERVICE" "       cdktf-puma rollback SERVICE" \
    "       cdktf-puma history SERVICE" "       cdktf-puma cancel SERVICE" "       cdktf-puma facts SERVICE" >&2
  exit 2
}

# What a socket of operators is asked by: it says a word, and prints what comes. The last line is "exit CODE".
# shellcheck disable=SC2016 # they have variables of their own
PERL='use IO::Socket::UNIX; $SIG{PIPE} = "IGNORE"; $| = 1;
my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "cdktf-puma: $ARGV[0]: $!\n"; my $held = "";
$socket->autoflush(1); print $socket "$ARGV[1]\n";
while (<$socket>) { print $held; $held = /^exit \d+$/ ? $_ : ""; print unless $held }
exit $1 if $held =~ /^exit (\d+)/;
print STDERR "cdktf-puma: $ARGV[0] has told no end: too many ask there at once, or it was stopped; ask once more\n"; exit 1'
# shellcheck disable=SC2016 # it too
RUBY='$stdout.sync = true; held = ""
begin
  UNIXSocket.open(ARGV[0]) do |socket|
    socket.puts ARGV[1]
    while (line = socket.gets)
      print held
      held = line.match?(/^exit \d+$/) ? line : ""
      print line if held.empty?
    end
  end
rescue SystemCallError => error
  warn "cdktf-puma: #{ARGV[0]}: #{error.message}"
end
exit Integer(held[/\d+/]) unless held.empty?
warn "cdktf-puma: #{ARGV[0]} has told no end: too many ask there at once, or it was stopped; ask once more"
exit 1'
readonly PERL RUBY

# Whoever may by a socket of operators needs no sudo.
ask_by_socket() {
  local socket
  for socket in "/run/cdktf-puma-$2:operators-"*.sock; do
    [ -w "$socket" ] || continue
    ! command -v perl >/dev/null || exec perl -e "$PERL" -- "$socket" "$1"
    ! command -v ruby >/dev/null || exec ruby -rsocket -e "$RUBY" -- "$socket" "$1"
    fail "what asks $socket is perl or ruby, and neither is in the PATH: sudo cdktf-puma $1 $2"
  done
  fail "only root may: sudo cdktf-puma $1 $2"
}

# By sudo, too, no more than this can be asked for.
[ $# = 2 ] || usage
case $1 in
  status | restart | rollback | history | cancel | facts) ;;
  *) usage ;;
esac
case $2 in
  '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9_.:-]*) fail "this is no name of a service" ;;
esac
# Whatever sudo leaves of the caller's: nothing of his is run as root.
[ "$(PATH=/usr/bin:/bin id -u)" = 0 ] || ask_by_socket "$1" "$2"
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
[ -f "/var/lib/cdktf-puma/$2/run.sh" ] || fail "there is no service $2 of cdktf-puma on this host: ls /var/lib/cdktf-puma"
exec /bin/sh "/var/lib/cdktf-puma/$2/run.sh" "$1" "$2"
