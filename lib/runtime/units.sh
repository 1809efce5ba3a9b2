# shellcheck shell=sh
# What a unit file means for a running Puma, and how units go.

# changed_directives OLD NEW [TAKEN_UP]: the directives by which a running process or socket would differ ("Environment,
# LimitNOFILE"), nothing where there is none. What PUMA_RELOAD_ONLY names ("Service.Restart") systemd takes up by a reload, as it
# does all other sections; X-… it ignores. An empty TAKEN_UP names what it takes up in the two sections as well. Of a socket, which
# another tool may have written, what says the same in other words is no change, nor is the order of directives but those of binds.
# Of several lines with one name the order counts, or the last of them alone.
changed_directives() {
  awk -v taken_up=" ${3-$PUMA_RELOAD_ONLY} " '
    function value_of(line) { sub(/^[^=]*=[ \t]*/, "", line); return line }
    function plain(name, value) {
      if (name == "ListenStream") listens[value ~ /^\// ? "file" : "network"]
      if (name == "ListenStream" && value ~ /^[0-9]+$/) value = "[::]:" value
      if (name == "ListenStream") sub(/^\/var\/run\//, "/run/", value)
      if (name ~ /^(Accept|NoDelay|ReusePort)$/) {
        if (tolower(value) ~ /^(no|n|false|f|off|0)$/) return ""
        if (tolower(value) ~ /^(yes|y|true|t|on|1)$/) value = "true"
      }
      return name "=" value == "Backlog=4294967295" ? "" : name "=" value
    }
    FNR == 1 { text = section = ""; sign = FILENAME == ARGV[1] ? -1 : 1 }
    /^[ \t]*[#;]/ { next }
    /\\$/ { sub(/\\$/, " "); text = text $0; next }
    { line = text $0; text = "" }
    line ~ /^[ \t]*$/ { next }
    line ~ /^[ \t]*\[/ { section = line; gsub(/[][ \t]/, "", section); next }
    section != "Service" && section != "Socket" { next }
    { name = line; sub(/[ \t]*=.*/, "", name); sub(/^[ \t]+/, "", name) }
    name ~ /^X-/ || index(taken_up, " " section "." name " ") { next }
    section == "Socket" { line = plain(name, value_of(line)) }
    section == "Socket" && name !~ /^Listen/ {
      said[sign, name] = name ~ /^(Accept|NoDelay|ReusePort|Backlog)$/ ? line : said[sign, name] line "\n"
      names[++n] = name
      next
    }
    { count[line] += sign; names[++n] = name; lines[n] = line; all[sign] = all[sign] line "\n" }
    END {
      for (i = 1; i <= n; i++)
        if (("file" in listens) && !("network" in listens) && names[i] ~ /^(NoDelay|ReusePort)$/) continue
        else if (names[i] in seen || (i in lines ? !count[lines[i]] : said[-1, names[i]] == said[1, names[i]])) continue
        else { seen[names[i]]; list = list (list ? ", " : "") names[i] }
      if (list) print list; else if (all[-1] != all[1]) print "order of lines"
    }' "$1" "$2"
}

# section_of FILE SECTION: sets found to a section of a unit, with its name.
section_of() {
  local line inside
  found='' inside=false
  [ -f "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      "[$2]"*) inside=true ;;
      "["*) inside=false ;;
    esac
    [ "$inside" = false ] || found="$found$line
"
  done <"$1"
}

# has_same_section SECTION FILE FILE
has_same_section() {
  local section
  section_of "$2" "$1"
  section=$found
  section_of "$3" "$1"
  [ "$section" = "$found" ]
}

# Whether a unit waits for something. What it starts then is not for us to start.
waits() {
  case $1 in
    *.service) return 1 ;;
  esac
}

# Where systemd has a unit from, if not from /etc: a package's, a generator's, or somebody's in /run.
other_source() {
  property "$1" FragmentPath
  [ "$found" = "$ETC/$1" ] || printf %s "$found"
}

# A mask in /run counts as long as there is no unit in /etc, which goes before it.
is_masked() {
  local file
  for file in "$ETC/$1" "$RUN_UNITS/$1"; do
    if [ -L "$file" ]; then
      [ "$(readlink "$file")" = /dev/null ]
      return
    fi
    [ ! -e "$file" ] || return 1
  done
  return 1
}

# By the unit that stands there now: another one may have been enabled for something else.
disable() {
  systemctl --quiet disable --no-reload -- "$@" 2>/dev/null || :
}

reset_failed() {
  # Without a unit's name, all units of the host would be meant.
  [ $# = 0 ] || systemctl reset-failed -- "$@" 2>/dev/null || :
}

# Ends the wait for a start that systemd has scheduled by itself: it would be one with ours, and be counted as another try.
# Where the process that was seen is still there, there is none.
end_restarts() {
  property "$1" MainPID
  if [ "${found:-0}" != 0 ] && [ -e "/proc/$found" ]; then return 0; fi
  case $(systemctl show --property=SubState --value -- "$1") in
    auto-restart*) change_units stop "$1" 2>/dev/null || : ;;
  esac
}

# Whether systemd holds nothing against a start of a unit that runs: it limits no starts of it, and has counted none.
starts_freely() {
  is_active "$1" || return 1
  property "$1" StartLimitIntervalUSec
  [ "$found" = 0 ] || return 1
  property "$1" NRestarts
  [ "$found" = 0 ]
}

# systemd 257 has read new limits by now, but tells the kernel as late as another unit in the same slice starts.
put_limits_into_effect() {
  local slice
  slice=$(systemctl show --property=Slice --value -- "$SERVICE_UNIT")
  systemd_run --quiet --collect --wait ${slice:+--slice="$slice"} -- /bin/true
}

# Socket first, both in one command: a socket that stays would start the service again.
retire_units() {
  local unit
  [ $# != 0 ] || return 0
  change_units retire "$@" 2>/dev/null || :
  disable "$@"
  for unit in "$@"; do rm -f -- "$ETC/$unit" "$ETC/$unit.cdktf-puma"; done
  systemctl daemon-reload
  # What somebody has started in between goes on without its unit; from here on nobody can start it.
  change_units stop "$@" 2>/dev/null || :
  reset_failed "$@"
  say "$*: stopped, disabled and removed"
}
