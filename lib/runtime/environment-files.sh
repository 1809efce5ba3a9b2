# shellcheck shell=sh
# What systemd makes of files of variables. They hold secrets: of them, nothing is said but lines and names.

check_environment_files() {
  local file
  while read -r file; do
    [ -z "$file" ] || [ -e "$file" ] || is_managed "$file" || problem "there is no $file ('environmentFiles')"
  done <<EOT
$PUMA_ENVIRONMENT_FILES
EOT
}

# check_variables: of the files that root alone decides about. systemd only logs what it leaves away.
check_variables() {
  local prop file names
  names=''
  while read -r _ prop file; do
    case "$prop / $root_binds " in
      "environmentFiles / "*" $file "*) ;;
      *) continue ;;
    esac
    if [ ! -f "$file" ] || is_managed "$file"; then continue; fi
    judge_variables "$file"
    names="$names$found "
  done <<EOT
$PUMA_OPENED
EOT
  check_one_environment "$names"
}

# check_one_environment NAMES: of those that say in which environment the application is. Rails goes by RAILS_ENV first, and Puma by
# RACK_ENV, so a unit with the one and files with the other are two.
check_one_environment() {
  case " $1" in
    *" RAILS_ENV "*) ;;
    *" RACK_ENV "*)
      ! grep -q '^Environment="\{0,1\}RAILS_ENV=' "$STAGE/new$ETC/$SERVICE_UNIT" ||
        problem "a file sets RACK_ENV, by which Puma goes, and the unit RAILS_ENV, by which Rails goes: set RAILS_ENV in the file ('environmentFiles')"
      ;;
  esac
}

# judge_variables FILE: sets found to the variables in it that say in which environment the application is.
judge_variables() {
  local finding line name
  found=''
  while read -r finding line name; do
    case $finding in
      environment) found="$found $name" ;;
      exported) say "note: systemd knows no 'export' in $1, line $line: $name is not set; leave that word away ('environmentFiles')" ;;
      ignored) say "note: systemd ignores line $line of $1, which does not begin with NAME= ('environmentFiles')" ;;
      literal) say "note: systemd expands no variables in $1, line $line: $name is what stands there ('environmentFiles')" ;;
    esac
  done <<EOT
$(read_variables "$1")
EOT
}

# read_variables FILE: "exported", "ignored", "literal" or "environment", a line and a name, as systemd's own parser goes: character by character,
# a value over several lines where it is quoted or each of them ends in a backslash. What is no name may be a part of a secret.
read_variables() {
  awk '
    BEGIN { state = "start"; names = "^[A-Za-z_][A-Za-z0-9_]*$" }
    function end_key() {
      sub(/[ \t]+$/, "", key)
      name = key
      if (sub(/^export[ \t]+/, "", name) && name ~ names) print "exported", began, name
      else if (key !~ names) print "ignored", began
      else if (key ~ /^(RACK|RAILS)_ENV$/) print "environment", began, key
      name = key
    }
    function end_value() {
      if (literal && name ~ names) print "literal", began, name
      state = "start"
    }
    function take(c, next_c) {
      if (state == "start") {
        if (c ~ /[ \t]/) return
        began = NR; key = ""; literal = 0
        state = c ~ /[#;]/ ? "comment" : "key"
      }
      if (state == "key") { if (c == "=") { end_key(); state = "value" } else key = key c }
      else if (state == "single") { if (c == "\047") state = "value" }
      else if (escaped) escaped = 0
      else if (c == "\\") { escaped = 1; if (state == "value") state = "plain" }
      else if (state == "double" && c == "\"") state = "value"
      else if (state == "value" && c == "\"") state = "double"
      else if (state == "value" && c == "\047") state = "single"
      else {
        if (state == "value" && c !~ /[ \t]/) state = "plain"
        if (c == "$" && next_c ~ /[A-Za-z_{(]/) literal = 1
      }
    }
    {
      breaks = sub(/\r$/, "")
      size = length($0)
      for (i = 1; i <= size; i++) take(substr($0, i, 1), substr($0, i + 1, 1))
      goes_on = escaped && !breaks
      escaped = 0
      # Before systemd 254 such a comment goes on, and from then on it does not.
      if (goes_on && state == "comment") exit
      if (goes_on) next
      if (state == "key") { print "ignored", began; state = "start" }
      else if (state == "value" || state == "plain") end_value()
      else if (state == "comment") state = "start"
    }
    END { if (state != "start" && state != "comment") end_value() }' "$1"
}
