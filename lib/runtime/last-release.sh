# shellcheck shell=sh
# Where a link such as Capistrano's "current" has moved on to what does not run, the release that ran is started by its
# own path, until the next apply succeeds. So is one that somebody goes back to (see generations.sh).

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
  # Where it ran by its own path before, what says so has come back with the files.
  kept_file "$file"
  [ -f "$STATE/before/touched" ] && [ -f "$old" ] && [ ! -f "$found" ] || return 0
  link=$(sed -n 's/^WorkingDirectory=//p' "$old" | tail -n 1)
  path=$(cat "$STATE/before/path")
  must_return "$old" "$link" "$path" || return 0
  say "$link now points to $(printable "$(readlink -f "$link")"): starting the release that ran before, $path"
  link_above "$link" "$path"
  with_release drop-in "$old" "${found% *}" "${found#* }" >"$STAGE/last-release"
  stage "$STAGE/last-release" "$file" 644 root:root
  put "$file"
}

# link_above LINK PATH: sets found to the link that has moved on, and to what it led to. It may be a folder above, such as
# /srv/app/current of /srv/app/current/api.
link_above() {
  local folder path
  folder=$1 path=$2
  while [ ! -L "$folder" ] && [ "${folder##*/}" = "${path##*/}" ] && [ -n "${folder%/*}" ]; do
    folder=${folder%/*} path=${path%/*}
  done
  found="$folder $path"
}

# Whether what ran has to be started by its own path: must_return UNIT LINK PATH
must_return() {
  # Where Puma itself changed to another folder, its folder tells nothing.
  recorded "$PUMA_SERVICE" path
  [ -n "$2" ] && [ -n "$3" ] && [ -n "$found" ] && are_releases "$2" "$3" "$found" || return 1
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

# with_release WHAT FILE LINK PATH: a text with a release in the place of a link. WHAT is "unit" for all lines of one, "settings" for
# those that the run itself reads in the service's folder, or "drop-in" for the lines of a unit that name the link, and no other: a
# list in which it stands is written anew as a whole; to systemd all conditions are one list. The address of a bind stays as it is: a
# proxy asks there, and systemd hands its socket to Puma by that name.
with_release() {
  LINK=$3 RELEASE=$4 awk -v what="$1" '
    BEGIN {
      link = ENVIRON["LINK"]; path = ENVIRON["RELEASE"]
      in_name = "[A-Za-z0-9_.~\200-\377]"
      no_list = "^(WorkingDirectory|Environment|PIDFile|Root.*|Standard.*|TTYPath|.*NamespacePath|USBFunction.*)$"
      read = "^PUMA_(DIRECTORY|EXECUTABLE|VERSION_COMMAND|READABLE_FILES|ENVIRONMENT_FILES|OPENED|HEALTH_COMMAND|BEFORE|AFTER)="
    }
    function is_link(before, rest) {
      if (before ~ (in_name "$") || rest ~ ("^(" in_name "|[@%+-])")) return 0
      if (before ~ /unix:\/\/$/) return before ~ /--control-url[ =]"?unix:\/\/$/
      return before !~ /\/$/ || before ~ /:\/\/$/
    }
    function moved(text, before, rest, at) {
      while (at = index(text, link)) {
        before = before substr(text, 1, at - 1)
        rest = substr(text, at + length(link))
        before = before (is_link(before, rest) ? path : link)
        text = rest
      }
      return before text
    }
    function list_of(name) {
      if (name ~ no_list) return ""
      return match(name, /^(Condition|Assert)/) ? substr(name, 1, RLENGTH) : name
    }
    what == "settings" && /^PUMA_[A-Z_]+=/ { moves = $0 ~ read }
    what != "drop-in" { print(what == "unit" || moves ? moved($0) : $0); next }
    /^[ \t]*[#;]/ { next }
    /\\$/ { sub(/\\$/, " "); begun = begun $0; next }
    { line = begun $0; begun = "" }
    line ~ /^[ \t]*\[/ { section = line; gsub(/[ \t]/, "", section); next }
    line !~ /=/ || section !~ /^\[(Unit|Service)\]$/ { next }
    {
      name = line; sub(/[ \t]*=.*/, "", name); sub(/^[ \t]+/, "", name)
      lines[++n] = line; names[n] = name; sections[n] = section
      changes[n] = moved(line) != line
      if (changes[n]) named[section list_of(name)]
    }
    END {
      for (i = 1; i <= n; i++) {
        list = list_of(names[i])
        if (!changes[i] && (list == "" || !((sections[i] list) in named))) continue
        if (sections[i] != shown) print shown = sections[i]
        if (list != "" && !((sections[i] list) in reset)) { print names[i] "="; reset[sections[i] list] }
        print moved(lines[i])
      }
    }' "$2"
}
