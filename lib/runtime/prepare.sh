# shellcheck shell=sh
# What a run knows before it acts, and what it ends that another one has left.

# Reads what is known of the host.
prepare() {
  trap leave EXIT
  check_room
  # There is no room to go back either.
  [ -z "$problems" ] || fail "nothing was changed, because of$problems"
  read_files
  unpack
  read_account
  name_owners
  if [ "$PUMA_ACTION" = apply ] && ! is_of_others; then settle_renames; fi
  if is_cut_off "$PUMA_SERVICE"; then
    cut_off=true
    recall_predecessor
  fi
  # A run that somebody asks for on the host does not know what else is in the stack.
  case $PUMA_ACTION in
    restart | rollback) ;;
    *) find_abandoned ;;
  esac
  find_predecessor
  read_units
  look
  add_back_off
  read_files_and_enablement
}

# What may have changed by another hand since it was read.
read_host() {
  read_units
  look
  read_files_and_enablement
}

read_files_and_enablement() {
  read_sums
  read_access_of_files
  # shellcheck disable=SC2086 # a list of units
  read_enablement $all_units $companions
}

# What is to be done, and whether it can be.
judge() {
  compare
  decide
  lay_out_by_own_path
  preflight
  lay_out_as_it_is
}

# What a run that was killed may have left, beside its snapshot.
clear_remains() {
  local path
  end_what_is_asked
  remove_mount_points
  end_leftovers "$PUMA_START_TIMEOUT"
  remove_if_there "$STATE/before.new" "$STATE/before.done" "$STATE/record.new" "$STATE/run.sh.new" "$STATE/settings.new"
  for path in $unit_paths $own_paths $helper_paths $(dropped_files); do remove_if_there "$path.cdktf-puma"; done
}
