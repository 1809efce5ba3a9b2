# shellcheck shell=sh
# Words, lines and the texts of files, without a program where it can be.

# Words of $1 that are not among the words of $2, whatever white space is between them.
words_without() {
  local word other both
  for word in $1; do
    both=false
    for other in $2; do
      [ "$word" != "$other" ] || both=true
    done
    [ "$both" = true ] || printf '%s ' "$word"
  done
}

# How many words there are.
count() {
  printf %s $#
}

# rest_of LINES BEGINNING: sets found to the rest of the first line that begins so; nothing where none does. A shell goes through
# lines in a tenth of the time that it needs to take so much from the beginning of a text.
rest_of() {
  local IFS line
  found=''
  IFS='
'
  set -f
  for line in $1; do
    case $line in
      "$2"*)
        found=${line#"$2"}
        break
        ;;
    esac
  done
  set +f
}

# Text of one line, whatever it was.
one_line() {
  local line all
  all=''
  while IFS= read -r line; do all="$all $line"; done <<EOT
$1
EOT
  printf %s "${all# }"
}

# Lines as one, with ";" between them.
joined() {
  local line all
  all=''
  while IFS= read -r line; do all=$all${all:+;}$line; done <<EOT
$1
EOT
  printf %s "$all"
}

# The lines of what was joined.
split() {
  local rest
  rest=$1
  while [ -n "$rest" ]; do
    printf '%s\n' "${rest%%;*}"
    case $rest in
      *";"*) rest=${rest#*;} ;;
      *) rest='' ;;
    esac
  done
}

# The text of a file, without a program.
text_of() {
  local line
  [ -f "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done <"$1"
}

# A path that can stand in records and units. Others than root choose the names of its folders, so one with anything in
# it that could be more than a name is as good as none.
plain_path() {
  case $1 in
    *[!A-Za-z0-9._/@+:,=~-]*) ;;
    *) printf %s "$1" ;;
  esac
}
