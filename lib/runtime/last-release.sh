# shellcheck shell=sh
# Where a link such as Capistrano's "current" has moved on to what does not run, the release that ran is started by its
# own path, until the next apply succeeds.

last_release_file() {
  printf %s "$ETC/$1.service.d/50-cdktf-puma-last-release.conf"
}

# Whether the service is started by the path of the release before the last.
runs_last_release() {
  [ -f "$(last_release_file "$PUMA_SERVICE")" ]
}

forget_last_release() {
  local file
  file=$(last_release_file "$1")
  if [ ! -e "$file" ] && [ ! -e "$file.cdktf-puma" ]; then return 0; fi
  rm -f "$file" "$file.cdktf-puma"
  rmdir "${file%/*}" 2>/dev/null || :
}

# Restores how the application was found, which units alone do not tell.
restore_release() {
  local old link path file
  kept_file "$ETC/${predecessor:-$PUMA_SERVICE}.service"
  old=$found
  file=$(last_release_file "${predecessor:-$PUMA_SERVICE}")
  [ -f "$STATE/before/touched" ] && [ -f "$old" ] || return 0
  link=$(sed -n 's/^WorkingDirectory=//p' "$old" | tail -n 1)
  path=$(cat "$STATE/before/path")
  must_return "$old" "$link" "$path" || return 0
  say "$link now points to $(printable "$(readlink -f "$link")"): starting the release that ran before, $path"
  last_release "$old" "$link" "$path" >"$STAGE/last-release"
  stage "$STAGE/last-release" "$file" 644 root:root
  put "$file"
}

# Whether what ran has to be started by its own path: must_return UNIT LINK PATH
must_return() {
  # Where Puma itself changed to another folder, its folder tells nothing.
  recorded "$PUMA_SERVICE" path
  [ -n "$2" ] && [ -n "$3" ] && [ -n "$found" ] && [ "${3%/*}" = "${found%/*}" ] || return 1
  [ "$(readlink -f "$2")" != "$3" ] || return 1
  if [ ! -d "$3" ] || [ ! -x "$(old_executable "$@")" ]; then
    say "$2 now points to $(printable "$(readlink -f "$2")"), and the release that ran before, $3, is gone"
    return 1
  fi
}

# The first word of the command that ran, in the release that ran: old_executable UNIT LINK PATH
old_executable() {
  local first
  first=$(sed -n 's/^ExecStart="\{0,1\}\([^" ]*\).*/\1/p' "$1" | tail -n 1)
  case $first in
    "$2"/*) printf %s "$3${first#"$2"}" ;;
    *) printf %s "$first" ;;
  esac
}

# All lines of a unit that name the link, with the release in its place: last_release UNIT LINK PATH. A list in which
# the link stands is written anew as a whole.
last_release() {
  LINK=$2 RELEASE=$3 awk '
    BEGIN { link = ENVIRON["LINK"]; path = ENVIRON["RELEASE"]; print "[Service]" }
    { name = $0; sub(/=.*/, "", name); isList = name == "ExecStart" || name == "EnvironmentFile" }
    NR == FNR { if (index($0, link)) names[name]; next }
    isList && name in names && !(name in reset) { print name "="; reset[name] }
    (isList && name in names) || (name ~ /^(WorkingDirectory|Environment)$/ && index($0, link)) {
      while (at = index($0, link)) {
        rest = substr($0, at + length(link))
        done = done substr($0, 1, at - 1) (rest ~ /^([\/ "&:]|$)/ ? path : link)
        $0 = rest
      }
      print done $0; done = ""
    }' "$1" "$1"
}
