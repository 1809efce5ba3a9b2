# shellcheck shell=sh
# What systemd finds in the new units, and which of it stops a run.

# systemd's own opinion of the new units. It exits with 0 on unknown keys and speaks of other units too.
check_units() {
  local unit line told
  command -v systemd-analyze >/dev/null || return 0
  hide_drop_ins_that_go
  set --
  for unit in $PUMA_UNITS; do set -- "$@" "./$unit"; done
  told=''
  while IFS= read -r line; do
    for unit in $PUMA_UNITS; do
      case "/$line" in
        *[!A-Za-z0-9:_.-]"$unit:"*) line=${line##*"$STAGE/new$ETC/"} ;;
        *) continue ;;
      esac
      # It says the same once more of a unit to which another one is tied.
      case $told in
        *"<$line>"*) continue ;;
      esac
      told="$told<$line>"
      judge_finding "$unit" "$line"
    done
  done <<EOT
$(cd "$STAGE/new$ETC" && verify "$@")
EOT
}

# judge_finding UNIT FINDING: what systemd only advises, and what it says of a line that it had until now, stops nobody. What it
# said when that line came was another systemd's, or it took the line then.
judge_finding() {
  if is_advice "$2" || is_of_old_line "$1" "$2" || is_not_there_yet "$2"; then
    say "note: systemd finds in $1: $(printable "$2")"
  else
    problem "systemd finds in $1: $(printable "$2")"
  fi
}

# Whether systemd does what the line says all the same. It has no sign for that but its words.
is_advice() {
  case $1 in
    *"ignored"* | *"ignoring"*) return 1 ;;
    *" is obsolete, automatically updating to "* | *"; please use "*" instead. "* | *"; please update the unit file "*) ;;
    *"is deprecated"* | *"will be removed soon"* | *"This is unsafe"* | *"this is not safe"* | *"Proceeding anyway"*) ;;
    *) return 1 ;;
  esac
}

# Of a service that is kept stopped, the application may be gone.
is_not_there_yet() {
  case $1 in
    *"is not executable"*) is_kept_stopped ;;
    *) return 1 ;;
  esac
}

# is_of_old_line UNIT FINDING: "UNIT:LINE: …" of a line that stands in the unit that is there, too.
is_of_old_line() {
  local number line old
  number=${2#*"$1:"}
  number=${number%%:*}
  case $number in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ -f "$ETC/$1" ] || return 1
  line=$(sed -n "${number}p" "$STAGE/new$ETC/$1")
  while IFS= read -r old; do
    [ "$old" != "$line" ] || return 0
  done <"$ETC/$1"
  return 1
}

# Drop-ins that go with this run, as what starts the release before the last: a file of the same name that comes first hides one.
hide_drop_ins_that_go() {
  local file
  for file in "$(last_release_file "$PUMA_SERVICE")" $(dropped_files); do
    case $file in
      "$ETC/$SERVICE_UNIT.d/"*) [ ! -f "$file" ] || : >"$STAGE/new$file" ;;
    esac
  done
}

# systemd looks at all that units are tied to unless it is told not to, and a systemd before 250 cannot be told.
verify() {
  local said
  if have_same_ties; then
    said=$(systemd_analyze verify --man=no --recursive-errors=no "$@" 2>&1) || :
    case $said in
      *"unrecognized option"*) ;;
      *)
        printf '%s\n' "$said"
        return 0
        ;;
    esac
  fi
  systemd_analyze verify --man=no "$@" 2>&1
}

# Whether the new units are tied to others as those are that are there.
have_same_ties() {
  local unit
  for unit in $PUMA_UNITS; do
    ! differs "$ETC/$unit" || has_same_section Unit "$ETC/$unit" "$STAGE/new$ETC/$unit" || return 1
  done
}

# check_lines_of_drop_in: the same of a drop-in, in the unit as it will be with that.
check_lines_of_drop_in() {
  local line name
  command -v systemd-analyze >/dev/null || return 0
  property "$OTHERS_UNIT" FragmentPath
  [ -f "$found" ] || return 0
  cp -- "$found" "$STAGE/new$ETC/$OTHERS_UNIT"
  name=$OTHERS_UNIT.d/${drop_in##*/}
  while IFS= read -r line; do
    case $line in
      *"/$name:"*) judge_finding "$name" "$name:${line##*"/$name:"}" ;;
    esac
  done <<EOT
$(cd "$STAGE/new$ETC" && systemd_analyze verify --man=no "./$OTHERS_UNIT" 2>&1)
EOT
}
