# shellcheck shell=sh
# Why a Puma did not boot or is not well, in the words of Puma itself, of what starts it, or of systemd.

# cause_in UNIT ENDED LEAST: of what was said during a start, the line that tells why it failed, or nothing: the last of those that
# tell it most surely, and at least so surely. Of a Puma that has not ENDED, and serves, words that may be anything tell nothing.
cause_in() {
  ranked "$1" | awk -v ended="$2" -v least="$3" '
    function begin() {
      if (best >= 2) { before = best; cause_before = cause }
      best = 0; cause = said = last[0] = ""; count = serves = stops = 0
    }
    function last_words(i, text) {
      for (i = count > 4 ? count - 3 : 1; i <= count; i++) text = text (text == "" ? "" : "; ") last[i]
      return text
    }
    { rank = $1; line = substr($0, length($1) + 2) }
    rank == "begin" { begin(); next }
    rank == "serves" { serves = 1; next }
    # Workers that boot say the same where Puma is stopped.
    rank == "stops" { stops = 1; next }
    rank == "early" { if (stops || ended == "true") next; rank = 0.6 }
    rank == 6 && line ~ /(: |[`\047#])(exit|abort)\047?$/ && said != "" { line = said }
    rank >= 1 && rank <= 3 { said = line }
    rank == 1 { if (line == last[count]) next; last[++count] = line; line = last_words() }
    rank >= best { best = rank; cause = line }
    END {
      if (!best) { best = before; cause = cause_before }
      if (best >= least && (best >= 3 || ended == "true" || !serves)) print cause
    }'
}

# ranked UNIT: lines that may tell a cause, behind the surer the greater a number: a Puma that names what it met (6), an exception that
# nobody rescued (5), systemd (4), what calls itself an error (3), what reads like one (2), any other words (1), and what
# is there anyway (less). And where another start of the unit begins, and where Puma serves.
ranked() {
  awk -v unit="$1: " '
    { line = $0; sub(/^\[[0-9]+\] /, "", line); lower = tolower(line) }
    line ~ /^[ \t]*$/ || line ~ /SignalException/ || line ~ /^cdktf-puma: / { next }
    line ~ /^- Gracefully shutting down workers/ { print "stops"; next }
    line ~ /^Early termination of worker/ { print "early", line; next }

    # Of a worker Puma says what it met on the next line, and Ruby what an exception says that begins with an empty line.
    line ~ /^! Unable to start worker$/ { next_is = "6 " line ": "; next }
    line ~ /^[^ ]+:[0-9]*:?in [`\047].*\047:  \([A-Z][A-Za-z0-9_:]*\)$/ { next_is = "5 " line " "; next }
    next_is != "" { print next_is line; next_is = ""; next }

    # A backtrace. What comes right behind one is the cause of the exception before it.
    line ~ /^[ \t]+(from |\.\.\. |[^ ]+:[0-9]+:in )/ || line ~ /^[^ ]+:[0-9]*:?in [`\047][^\047]*\047$/ { traced = NR; next }
    line ~ /^[ \t]/ || line ~ /: --> [^ ]+$/ { next }
    line ~ /^[^ ]+:[0-9]*:?in [`\047].*\047: / || line ~ /^[^ ]+:[0-9]+: (\[BUG\] .*|.* \([A-Z][A-Za-z0-9_:]*\))$/ {
      if (!traced || traced != NR - 1) print 5, line
      next
    }

    line ~ /^! (Unable to load|Terminating timed out)/ { print 6, line; next }
    line ~ /^! (WARNING|Running Puma in cluster|Consider|Set the|This setting|#<Thread|Unable to prune|Seppuku|Detected parent)/ { next }
    line ~ /^- Worker .* booted/ || $0 == "Use Ctrl-C to stop" { print "serves"; next }
    line ~ /^(Use Ctrl-C|\* |- |\+ |Puma starting in |Exiting$|=== puma |Pinging systemd|Sending status to systemd)/ { next }

    index(line, unit) == 1 {
      line = substr(line, length(unit) + 1)
      if (line ~ /^(Deactivated|Succeeded|Scheduled restart)/) print "begin"
      else if (line ~ /^Failed at step/) print 3.9, line
      else if (line ~ /^Main process exited/) print 0.5, line
      else if (line ~ /^(Failed|Unable|Changing|Watchdog)|killed by the OOM killer/ && line !~ /^Failed (with result|to kill|to send)|ignoring/) print 4, line
      next
    }
    line ~ /^Stopped .*\.$/ { print "begin"; next }
    line ~ /^(Starting|Started|Stopping|Failed to start) .*\.$/ { next }

    line ~ /^[DI], \[|"(GET|HEAD|POST|PUT|PATCH|DELETE) / { next }
    lower ~ /warning|deprecat/ && lower !~ /exception/ { print 0.7, line; next }
    line ~ /Error|ERROR|[Ff]atal|FATAL|[Ee]xception|^! / { print 3, line; next }
    lower ~ /^(install|run|try|consider|please) / { print 1, line; next }
    lower ~ /error|not found|no such|could ?n.t|could not|can ?not|can.t |unable|failed|denied|refused|not installed|unknown|invalid|missing/ { print 2, line; next }
    { print 1, line }'
}

# What is wrong with a Puma, with the last that was said of it.
in_its_own_words() {
  local words ended tries
  journalctl --quiet --sync 2>/dev/null || :
  ended=false
  ! has_ended "$1" || ended=true
  words=$(cause_of_start "$ended" 1)
  # A start that came after it may have emptied its file, or is to fill it.
  tries=8
  while [ -z "$words" ] && [ "$tries" != 0 ] && [ -s "$STAGE/output" ]; do
    sleep 0.5
    tries=$((tries - 1))
    words=$(cause_of_start "$ended" 1)
  done
  [ -n "$words" ] || words=$(cause_of_start "$ended" 0)
  printf %s "$(complain_of_main_process "$1")$(time_that_was_up "$1")${words:+: $words}$(limit_in "$words")$(copies_in "$words")$(silence_of_daemon "$words")"
}

# cause_of_start ENDED LEAST: of a process that was short-lived, the journal can miss the invocation, and even the unit unless it names that
# by itself, as what systemd starts does until it becomes the service's command.
cause_of_start() {
  local words uid
  {
    written_to_files
    written_by_puma
  } >"$STAGE/written" 2>/dev/null || :
  property "$watched" InvocationID
  words=$(said_in_start "_SYSTEMD_INVOCATION_ID=${invocation:-$found}" | cause_in "$watched" "$1" 2 | printable_lines)
  [ -n "$words" ] || {
    uid=$(account_ids uid)
    words=$(said_in_start "_SYSTEMD_UNIT=$watched" + "UNIT=$watched" _UID=0 + "UNIT=$watched" "_UID=${uid:-0}" |
      cause_in "$watched" "$1" "$2" | printable_lines)
  }
  printf %s "$words"
}

# has_ended COMPLAINT: whether that, or its process, tells that this Puma is gone.
has_ended() {
  case $1 in
    "Puma ended"* | *"did not start"* | *"could not start"*) return 0 ;;
  esac
  [ ! -e "/proc/${main_pid:-0}" ]
}

# said_in_start MATCH...: by the journal, and behind that by files.
said_in_start() {
  journalctl --quiet --output=cat --lines=5000 --since="@$started" "$@" 2>/dev/null | printable_lines
  printable_lines <"$STAGE/written"
}

# time_that_was_up COMPLAINT: where systemd ended a start that took too long.
time_that_was_up() {
  property "$watched" Result
  case ${failed_with:-$found}/$1 in
    timeout/*"not start"*) ;;
    *) return 0 ;;
  esac
  property "$watched" TimeoutStartUSec
  printf %s ", as it was not ready within $found ('startTimeout')"
}

# limit_in WORDS: where Puma itself ended a worker that booted, which Puma 4 mostly does before that has said why it failed.
limit_in() {
  case $1 in
    "Early termination of worker"*)
      printf %s " (its workers fail to boot, or take longer than worker_boot_timeout: with preload_app! Puma says why)"
      ;;
    *"failed to boot within"*) printf %s " (worker_boot_timeout in Puma's configuration file)" ;;
  esac
}

# copies_in WORDS: where a port may be another copy's, of a service that is rehearsed: its binds are handed on, so it is one beside them.
copies_in() {
  case $PUMA_REHEARSE/$1 in
    true/*"Address already in use"* | true/*EADDRINUSE*)
      printf %s ", where each copy of Puma opens that port: open it only where CDKTF_PUMA_ROLE is not set"
      ;;
  esac
}

# silence_of_daemon WORDS: why there are none, of one that writes no file.
silence_of_daemon() {
  if [ "$PUMA_DAEMON" = true ] && [ -z "$1" ] && [ ! -s "$STAGE/redirects.all" ]; then
    printf %s ": what a daemon says of that is in no journal: let it write a file (--redirect-stderr in 'args')"
  fi
}

give_up_on_puma() {
  give_up "$(in_its_own_words "$1")"
}
