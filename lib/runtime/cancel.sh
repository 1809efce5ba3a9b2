# shellcheck shell=sh
# Asks the run that is under way to stop, on behalf of somebody on the host. It takes no turn: that run has it.

cancel() {
  local lock run before
  lock=cdktf-puma-${PUMA_SERVICE%:*}.service
  case $(systemctl show --property=ActiveState --value -- "$lock") in
    active | activating | deactivating | reloading) ;;
    *)
      say "no run is under way at $PUMA_SERVICE, so there is nothing to cancel"
      exit 3
      ;;
  esac
  run=$(printable "$(systemctl show --property=Description --value -- "$lock")")
  case $run in
    "cdktf-puma apply of $PUMA_SERVICE on "* | "cdktf-puma restart of $PUMA_SERVICE on "* | "cdktf-puma rollback of $PUMA_SERVICE on "* | "cdktf-puma task of $PUMA_SERVICE on "*) ;;
    *) fail "$run: that is under way, and has no way back, so it was left alone" ;;
  esac
  before=$(first_line "$STATE/last")
  note cancelled "$PUMA_WHO"
  say "asking it to stop, and waiting until it has put back what was there: $run"
  systemctl stop -- "$lock"
  say_how_it_ended "$before"
}

# say_how_it_ended LAST: what became of the run, beside the last that was known before.
say_how_it_ended() {
  local last
  last=$(first_line "$STATE/last")
  case $last in
    *"began, and did not end") say "it was ended on its way: the next run goes back to what was healthy before it" ;;
    '') say "nothing of $PUMA_SERVICE is here any more, as there was nothing before it" ;;
    "$1") say "it had changed nothing yet" ;;
    *": failed: "*) say "it ended so: $(printable "$last")" ;;
    *) fail "it had come to its end before: $(printable "$last")" ;;
  esac
}
