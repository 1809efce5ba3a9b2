# shellcheck shell=sh
# A drop-in of a unit that something else owns: a package, another tool, a person. Neither that unit's file nor how it is enabled is
# touched here, and what does not run is not started.

# Sets found to what the drop-in is to what runs now: as it was last put into effect, or, where the unit was started again since, as it
# stands there. Where there is none it is empty.
drop_in_that_runs() {
  local path file
  path=$drop_in
  recorded "$PUMA_SERVICE" files
  for file in $found; do
    case $file in
      "$ETC/$OTHERS_UNIT.d/"*) path=$file ;;
    esac
  done
  key "${path:-/dev/null}"
  file=$STATE/live/$found
  if was_started_again "$OTHERS_UNIT" || [ ! -f "$file" ]; then file=$path; fi
  if [ -f "$file" ]; then found=$file; else found=/dev/null; fi
}

# change_of_drop_in TAKEN_UP: sets found to the directives by which what runs would be another (see changed_directives).
change_of_drop_in() {
  local new
  new=/dev/null
  [ -z "$drop_in" ] || new=$STAGE/new$drop_in
  drop_in_that_runs
  found=$(changed_directives "$found" "$new" "$1")
}

# keep_drop_in_that_runs: what goes on as it is goes on by what stood there when this run began.
keep_drop_in_that_runs() {
  local copy
  key "$drop_in"
  copy=$STATE/live/$found
  if [ -f "$copy" ] && ! was_started_again "$OTHERS_UNIT"; then return 0; fi
  kept_file "$drop_in"
  [ -f "$found" ] || found=/dev/null
  mkdir -p -- "$STATE/live"
  cat "$found" >"$copy"
}

# keep_activity_of_others FOLDER: whether the unit runs, and serves. It is none of those that come back with their files.
keep_activity_of_others() {
  true >"$1/units"
  property "$OTHERS_UNIT" ActiveState
  printf %s "$found" >"$1/others"
  property "$OTHERS_UNIT" MainPID
  if [ "${found:-0}" = 0 ] || ! is_serving "$found"; then return 0; fi
  true >"$1/others-serve"
}

# Whether the unit ran before, and a run has restarted it since.
others_ran() {
  [ -n "$OTHERS_UNIT" ] && has_touched "$OTHERS_UNIT" || return 1
  case $(text_of "$STATE/before/others") in
    active | activating | reloading) return 0 ;;
  esac
  return 1
}

# Whether who owns the unit wants it to run, though it does not at the moment: it is being started, by what may be lines of ours, or
# a run that was cut off has stopped it.
is_wanted_by_others() {
  property "$OTHERS_UNIT" ActiveState
  [ "$found" = activating ] || others_ran
}

# Where it served before, it is to do so again.
see_others_serve() {
  [ -f "$STATE/before/others-serve" ] || return 0
  watch "$OTHERS_UNIT"
  through_restarts wait_until_serving "$(start_timeout_of_others)" || give_up "$complaint"
}

start_timeout_of_others() {
  recorded "$PUMA_SERVICE" start_timeout
  printf %s "${found:-90}"
}

# The unit has to be there, and another's.
check_others_unit() {
  local file other
  property "$OTHERS_UNIT" LoadState
  case $found in
    loaded) check_that_it_is_no_alias ;;
    masked) problem "$OTHERS_UNIT is masked: somebody wants it never to start; '$SYSTEMCTL unmask $OTHERS_UNIT' first ('unit')" ;;
    not-found | '') problem "there is no $OTHERS_UNIT on this host: install what brings it, or name another one ('unit')" ;;
    *) problem "systemd cannot read $OTHERS_UNIT ($found): see '$SYSTEMCTL status $OTHERS_UNIT' ('unit')" ;;
  esac
  for file in "$ROOT"/*/record; do
    other=${file%/record}
    other=${other##*/}
    recorded "$other" units
    case " $found " in
      *" $OTHERS_UNIT "*) problem "$OTHERS_UNIT is a unit of this library's own, of the service $other: let its 'directives' say this ('unit')" ;;
    esac
  done
  check_overrides
}

# Runs at one unit take turns by its name, and what it is called beside that is known to systemd alone.
check_that_it_is_no_alias() {
  local name
  name=$(systemctl show --property=Id --value -- "$OTHERS_UNIT")
  [ "${name:-$OTHERS_UNIT}" = "$OTHERS_UNIT" ] ||
    problem "$OTHERS_UNIT is another name of $name: give that one ('unit')"
}

# check_opened_by_lines: of what our lines name, and root opens. What the unit itself names is its owner's to answer for.
check_opened_by_lines() {
  opened_in "$STAGE/new$drop_in" directives.Service
  check_opened
}

# check_overrides: what a drop-in behind ours says otherwise would have ours without effect.
check_overrides() {
  local name file
  while read -r name file; do
    [ -z "$file" ] ||
      problem "$file comes behind ${drop_in##*/}, and sets $name= otherwise: take that line out there, or give this one an 'order' behind it"
  done <<EOT
$(overrides)
EOT
}

# Those that systemd has read, and those that have come since.
drop_ins_of_others_unit() {
  property "$OTHERS_UNIT" DropInPaths
  printf '%s\n' "$found"
  property "$OTHERS_UNIT" NeedDaemonReload
  [ "$found" != yes ] || drop_ins_for "$OTHERS_UNIT"
}

# Lines of "DIRECTIVE FILE", for each drop-in that systemd reads behind ours and that overrides a line of it: by another value where
# there can be but one, by another value of a variable, or by one that is empty, which resets a list.
overrides() {
  local file
  set --
  for file in $(drop_ins_of_others_unit); do [ "$file" = "$drop_in" ] || set -- "$@" "$file"; done
  awk -v single=" $PUMA_SINGLE " -v own="${drop_in##*/}" '
    function variables(value, list) {
      while (match(value, /(^|[ \t"\047])[A-Za-z_][A-Za-z0-9_]*=/)) {
        list = list " " substr(value, RSTART, RLENGTH)
        value = substr(value, RSTART + RLENGTH)
      }
      gsub(/[ \t"\047]+/, " ", list)
      return list " "
    }
    function shares(one, other, n, words, i) {
      n = split(variables(one), words, " ")
      other = variables(other)
      for (i = 1; i <= n; i++) if (index(other, " " words[i] " ")) return 1
      return 0
    }
    FNR == 1 { file++; text = section = ""; name = FILENAME; sub(/.*\//, "", name); behind = name > own }
    file > 1 && !behind { next }
    /^[ \t]*[#;]/ { next }
    /\\$/ { sub(/\\$/, " "); text = text $0; next }
    { line = text $0; text = "" }
    line ~ /^[ \t]*\[/ { section = line; gsub(/[][ \t]/, "", section); next }
    !index(line, "=") { next }
    { key = line; sub(/[ \t]*=.*/, "", key); sub(/^[ \t]+/, "", key); value = line; sub(/^[^=]*=[ \t]*/, "", value) }
    { id = section "." key }
    file == 1 { ours[id] = value; if (value != "") all[id] = all[id] " " value; next }
    !(id in ours) || ours[id] == value || (id, FILENAME) in told { next }
    value == "" || index(single, " " id " ") || key == "Environment" && shares(all[id], value) {
      told[id, FILENAME]
      print key, FILENAME
    }' "$STAGE/new$drop_in" "$@"
}

# In systemd's own words, the drop-in is one of those that it has read, and none of those behind it says otherwise.
expect_effect() {
  local overriding
  property "$OTHERS_UNIT" DropInPaths
  case " $found " in
    *" $drop_in "*) ;;
    *) give_up "systemd has not read $drop_in, but: ${found:-no drop-in at all}" ;;
  esac
  overriding=$(overrides)
  [ -z "$overriding" ] || give_up "${drop_in##*/} is not in force, since others come behind it: $(joined "$overriding")"
}
