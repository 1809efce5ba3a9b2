# shellcheck shell=sh
# One run on one host: its arguments, where things stand, its state, and how it speaks.
# $1 host, $2 address, $3 action, $4 who, $5 services of the stack on this host; for a removal also $6 service, $7 owner;
# $8 seconds that it may wait for the run of another service. For a rollback $7 is the generation that ran as it was asked for, and
# $10 the one that it goes to, once that is known. So it is for a restart of what was rolled back to, which is what is there now.
set -eu
umask 022
export LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_LOG_COLOR=0
# Nobody may be listening any more: the run goes on to its end all the same.
trap '' PIPE HUP
exec 2>&1

PUMA_HOST=$1 PUMA_ADDRESS=$2 PUMA_ACTION=$3 PUMA_WHO=$4 PUMA_SIBLINGS=$5 PUMA_LOCK_TIMEOUT=${8:-600}
# See layout.ts.
ETC=/etc/systemd/system
RUN_UNITS=/run/systemd/system
ROOT=/var/lib/cdktf-puma
RUN_ROOT=/run/cdktf-puma
BACKUPS=/var/backups/cdktf-puma
OTHER_UNITS=/usr/lib/systemd/system
RUNTIME=/run
# The systemd that has the service, as an option of what asks it (see manager.sh), and whom it runs a unit as that names nobody.
MANAGER='' MANAGER_USER=root
if [ "${PUMA_SCOPE:-system}" = user ]; then
  RUNTIME=$XDG_RUNTIME_DIR MANAGER=--user MANAGER_USER=$(id -un)
  ETC=$HOME/.config/systemd/user
  RUN_UNITS=$RUNTIME/systemd/user
  OTHER_UNITS='/etc/systemd/user /usr/lib/systemd/user'
  ROOT=$HOME/.local/state/cdktf-puma
  RUN_ROOT=$RUNTIME/cdktf-puma
  BACKUPS=$HOME/.local/state/cdktf-puma-backups
fi
# What this service has there, and what this run has while it lasts.
STATE=$ROOT/$PUMA_SERVICE
# What is there now is laid out as a generation is, in the folder above them.
GENERATIONS=$STATE/generations ASKED_OF=${7:-} TARGET=${10:-} OF_NOW=..
STAGE=$RUN_ROOT/$PUMA_SERVICE
SERVICE_UNIT=$PUMA_SERVICE.service
# Of a drop-in (see layout.ts): the unit that something else owns. "puma:blog.service:tuning" is one of puma@blog.service.
OTHERS_UNIT=''
case $PUMA_SERVICE in
  *:*)
    OTHERS_UNIT=${PUMA_SERVICE%:*}
    case $OTHERS_UNIT in
      *:*) OTHERS_UNIT=${OTHERS_UNIT%%:*}@${OTHERS_UNIT#*:} ;;
    esac
    SERVICE_UNIT=$OTHERS_UNIT
    # To systemd a colon in a path is the end of it.
    STAGE=$RUN_ROOT/$OTHERS_UNIT@${PUMA_SERVICE##*:}
    ;;
esac
# What people start a run by.
COMMAND=/usr/local/sbin/cdktf-puma
# What is run for the application. No service has a colon in its name.
ASKED_UNIT=cdktf-puma-$PUMA_SERVICE:asked.service
TASK_UNIT=cdktf-puma-$PUMA_SERVICE:task.service
# What the Ruby of that is told to do. It is the application's user who reads it.
CONFIG_CHECK=$RUN_UNITS/$ASKED_UNIT.d/check.rb
# Who only looks does so beside a run that is under way, and beside others who look.
case $PUMA_ACTION in
  status | facts) STAGE=$STAGE:$$ ASKED_UNIT=cdktf-puma-$PUMA_SERVICE:status-$$.service ;;
esac
# What stands where a file is to be, as long as a rehearsal has it there: in a mount of its own, which nobody else sees.
MOUNT_POINT='# cdktf-puma: a file is about to be put here'
readonly PUMA_HOST PUMA_ADDRESS PUMA_ACTION PUMA_WHO PUMA_SIBLINGS PUMA_LOCK_TIMEOUT
readonly GENERATIONS ASKED_OF TARGET OF_NOW
readonly ETC RUN_UNITS ROOT RUN_ROOT BACKUPS STATE STAGE SERVICE_UNIT COMMAND ASKED_UNIT TASK_UNIT CONFIG_CHECK MOUNT_POINT
# As a person asks that systemd.
SYSTEMCTL="systemctl${MANAGER:+ $MANAGER}" JOURNALCTL="journalctl${MANAGER:+ $MANAGER}"
readonly OTHERS_UNIT OTHER_UNITS RUNTIME MANAGER MANAGER_USER SYSTEMCTL JOURNALCTL

# The state of the run: whatever outlives a function is declared here, and nowhere else.
problems=''       # what is wrong before anything is touched, a line each; by problem
announced=false   # whether the failure of this run was printed; by fail, end_look
code=0            # exit code of the last attempt; by attempt, leave
found=''          # what the last look-up came to; by rest_of, facts_of, enablement_of, section_of, key, kept_file, sum_of, units_of, running_version, change_of, back_off_file, former_name, unsettled, opened_by_drop_ins, opened_by, opened_by_variable, opened_by_command, unix_binds_before, files_beside_units, all_opened, walk, judge_place, read_access, in_systemds_words, seconds_in, time_of, values_of, moving_link, group_of, unit_of_process, unit_of_socket, unit_at, output_files, holder_in, named_in_user_manager, judge_variables, files_of_siblings, declared_config, with_config_check, place, group_of_manager, limits_in_unit, companions_in, group_of_companion, link_above, generation_before, code_of, newest_generation, name_generation, said_at, locked_by, rolled_back, drop_in_that_runs, change_of_drop_in, keep_drop_in_that_runs, opened_in
attempted=''      # the process of the attempt that is under way; by attempt
facts=''          # what systemd says of the units, a block of properties for each; by read_facts
record=''         # the record of the service that was last looked up, a line each; by read_record
record_of=''      # which service that is; by read_record, replace_record, restore_record, forget_state, find_predecessor, recall_predecessor, is_former_self, finish_rename, give_rename_up, put_back_what_was_there
units_before=''   # the units of the record, and of a run that was cut off; by read_units
dropped_units=''  # those of them that are no longer wanted; by read_units
all_units=''      # the units of now, and the dropped ones; by read_units
target_time=''    # when the generation came that a rollback goes to, for people; by go_back
generation=''     # the line of the record on the generation that runs; by name_generation, refresh, take_over_generation
files=''          # the managed files, a line each: PATH MODE OWNER EFFECT; by read_files, name_owners, add_back_off
unit_paths=''     # the paths of the units among them; by read_files
own_paths=''      # those beside the units, whose change has an effect; by read_files, add_back_off
declared_paths='' # those of these that the service declares, and not the library; by read_files
restart_paths=''  # those of these whose change asks for a restart; by read_files
companions=''     # the units beside the service's that are to wait for something; by read_files
drop_in=''        # the path of the drop-in, where it is one that is installed; by read_files
helper_paths=''   # those whose change has no effect on anything that runs; by read_files
release=''        # the release that is wanted, in one line; by read_files
enablements=''    # how the units are enabled, a line for each; by read_enablement
sums=''           # the digests of files, a line for each; by read_sums
differing=''      # the paths of managed files that are not as they are to be; by read_sums, read_access_of_files
abandoned=''      # services that this stack declares no more, and that are in the way; by find_abandoned
account=''        # what id(1) says of the service's user; by read_account, read_others_account, read_account_before
walked=0          # of how many paths nothing on their way is anybody's but root's; by walk, check_opened
proxied=false     # whether Puma's configuration file has it believe in the PROXY protocol; by check_access, read_new_config
worker_boot=''    # the seconds that Puma's configuration file gives a worker to boot, as they stand there; by check_access, read_new_config
root_binds=''     # the paths, unix binds among them, of which root alone decides where they lead; by add_root_bind
started=0         # when this run began to change things, in seconds of the clock; by start_changing, name_first_generation, tell_all, tell_row
watched=''        # the unit whose Puma is watched; by watch, restart_units, start_candidate, tell_all
invocation=''     # the start of it that is watched; by watch, restart_units, start_candidate, watch_failed_start
failed_with=''    # what systemd says that start failed with, where it did; by watch_failed_start
main_pid=0        # the process of that start; by watch, is_same_start
complaint=''      # what is wrong with the watched Puma; by is_same_start, complain_of_an_end, complain_of_another_start, wait_for_bind, wait_until_listening, warm_up, wait_for_check, wait_until_serving, rehearse
first_pid=0       # the one that it had as it was first seen; by watch, watch_failed_start
expected=''       # the binds that have to answer, a line each; by wait_until_listening
predecessor=''    # the service of this stack that this one was, before it was renamed; by find_predecessor, recall_predecessor, give_rename_up
renames=''        # the units that come in the place of its own: words of "NEW=OLD"; by find_predecessor, recall_predecessor, give_rename_up
cut_off=false     # whether an earlier run was cut off in the middle; by prepare, recall_predecessor
service_change='' # what differs from the service that runs: new, or directives; by compare
taken_up=''       # what differs from it and is in effect by systemd's reload: directives; by compare
socket_changes='' # the same of its sockets, a line for each that differs: UNIT CHANGE; by compare
files_change=''   # the first file beside the units that asks for a restart; by read_change_of_files
installed=false   # whether files and enablement are as they are to be; by compare
running=false     # whether the service runs; by decide
work=none         # what is restarted: none, service, socket or both; "stop" to stop all; by decide, decide_to_run, decide_on_sockets, decide_on_request, decide_to_stop
reopened=''       # the sockets that are closed and opened again, or opened, with it; by decide, decide_to_run, decide_on_sockets
reason=''         # why, for the output; by decide_to_run, decide_on_name, decide_on_sockets, decide_on_request, decide_to_stop
mode=''           # how: PUMA_RESTART, or what is possible in its place; by decide, decide_on_name, decide_on_sockets, decide_on_request
rehearsed=false   # whether a rehearsal comes first; by decide, decide_to_run
seen=''           # what a look at the service has found, a line of KEY=VALUE for each; by tell
became=''         # what the service is after a failure, for the output; by roll_back_to_snapshot, roll_back_cut_off_run, put_in_after_failure
old_workers=''    # the workers that a phased restart replaces; by restart_by_phases

# What others say, line by line, as it may stand in a terminal, a log or a file: UTF-8 without control characters but tabs, without
# what turns the direction of a text, and of each line no more than a person reads. All else is a "?".
printable_lines() {
  tr '\000-\010\013-\037\177' '?' | cut -b -2000 | awk '
    BEGIN {
      rest = "[\200-\277]"
      three = "\340[\240-\277]|[\341-\354\356\357]" rest "|\355[\200-\237]"
      four = "(\360[\220-\277]|[\361-\363]" rest "|\364[\200-\217])" rest
      valid = "^([\302-\337]|" three "|" four ")" rest
    }
    function utf8(text, sure, size) {
      while (match(text, /[\200-\377]/)) {
        sure = sure substr(text, 1, RSTART - 1)
        text = substr(text, RSTART)
        size = match(text, valid) ? RLENGTH : 0
        sure = sure (size ? substr(text, 1, size) : "?")
        text = substr(text, size + !size + 1)
      }
      return sure text
    }
    { gsub(/\302[\200-\237]|\342\200[\213-\217\250-\256]|\342\201[\246-\251]/, "?") }
    { print utf8(substr($0, 1, 500)) (length($0) > 500 ? " [...]" : "") }'
}

# The same of what others say in one value: as one line.
printable() {
  case $1 in
    *[!\ -~]*) ;;
    *)
      [ ${#1} -gt 500 ] || {
        printf %s "$1"
        return 0
      }
      ;;
  esac
  printf %.2000s "$1" | tr '\n\t' '  ' | printable_lines
}

say() {
  printf '%s\n' "$*" 2>/dev/null || :
}

# Says what comes next; what fails then is named by it.
step() {
  say "$*"
  mark "$*"
}

# A step that is not worth a line of its own unless it fails.
mark() {
  note step "$*"
}

# A word for the end of the run. It must not fail: rolling back takes notes too.
note() {
  printf '%s\n' "$2" 2>/dev/null >"$STAGE/$1" || :
}

# Notes something that is wrong before anything is touched.
problem() {
  problems="$problems
  - $*"
}

# Ends the run.
fail() {
  say "FAILED on $PUMA_HOST: $*"
  announced=true
  exit 1
}

# Ends an attempt, with its cause.
give_up() {
  note cause "$*"
  exit 1
}

# Runs a function of which any command may fail, and sets code. It runs in a subshell: what it sets is gone with it.
attempt() {
  [ ! -e "$STAGE/cause" ] || rm -f "$STAGE/cause"
  set +e
  (
    set -e
    "$@"
  ) &
  attempted=$!
  wait "$attempted"
  code=$?
  # A signal ends the wait, and not the attempt.
  while kill -0 "$attempted" 2>/dev/null; do
    wait "$attempted"
    code=$?
  done
  attempted=''
  set -e
}

cause_of_failure() {
  cat "$STAGE/cause" 2>/dev/null || printf 'this step did not succeed: %s' "$(cat "$STAGE/step" 2>/dev/null)"
}

# The last of a run: an end that nobody announced is named by its step.
leave() {
  code=$?
  [ "$code" = 0 ] || [ "$announced" = true ] || say "FAILED on $PUMA_HOST: $(cause_of_failure)"
  set -- "$RUN_UNITS/$ASKED_UNIT.d"
  # Of a task that goes on after its run was killed, the lines stay.
  [ "$PUMA_ACTION" != task ] || set -- "$@" "$RUN_UNITS/$TASK_UNIT.d"
  # The folder of all runs goes as well, unless another run has something in it.
  find "$RUN_ROOT" "$@" -depth \( -path "$RUN_ROOT" -o -path "$STAGE" -o -path "$STAGE/*" -o -path "$RUN_UNITS/*" \) \
    -delete 2>/dev/null || :
}
