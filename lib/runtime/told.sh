# shellcheck shell=sh
# What a look at a service finds, a line of KEY=VALUE for each thing: people get sentences of it, programs the lines themselves.

# tell KEY VALUE: what is not known has no line.
tell() {
  [ -z "$2" ] || seen="$seen$1=$(printable "$2")
"
}

# value_of KEY: sets found to the value of the first line with this key.
value_of() {
  rest_of "$seen" "$1="
}

# lines_of KEY
lines_of() {
  local line
  while IFS= read -r line; do
    case $line in
      "$1="*) printf '%s\n' "$line" ;;
    esac
  done <<EOT
$seen
EOT
}
