# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# Where a link such as Capistrano's "current" has moved on to what does not run, the release that ran is started by its
# own path, until the next apply succeeds.

last_release_file() {
  printf %s "$etc/$1.service.d/50-cdktf-puma-last-release.conf"
}

forget_last_release() {
  rm -f "$(last_release_file "$1")" "$(last_release_file "$1").cdktf-puma"
  rmdir "$etc/$1.service.d" 2>/dev/null || :
}

# Puts back how the application was found, which units alone do not tell.
put_back_release() {
  drop_in=
  if must_return; then
    say "$link now points to $(readlink -f "$link"): starting the release that ran before, $path"
    last_release >"$stage/last-release"
    drop_in=$stage/last-release
  elif [ -f "$state/before/last-release" ]; then
    drop_in=$state/before/last-release
  fi
  [ -n "$drop_in" ] || return 0
  mkdir -p "$etc/$service.service.d"
  install_file "$drop_in" "$(last_release_file "$service")"
}

# Whether what ran has to be started by its own path. Sets link and path.
must_return() {
  old=$state/before/files/$service.service
  [ -f "$state/before/touched" ] && [ -f "$old" ] || return 1
  link=$(sed -n 's/^WorkingDirectory=//p' "$old" | tail -n 1)
  path=$(cat "$state/before/path")
  # Where Puma itself changed to another folder, its folder tells nothing.
  known=$(recorded "$service" path)
  [ -n "$link" ] && [ -n "$path" ] && [ -n "$known" ] && [ "${path%/*}" = "${known%/*}" ] || return 1
  [ "$(readlink -f "$link")" != "$path" ] || return 1
  if [ ! -d "$path" ] || [ ! -x "$(old_executable)" ]; then
    say "$link now points to $(readlink -f "$link"), and the release that ran before, $path, is gone"
    return 1
  fi
}

# The first word of the command that ran, in the release that ran.
old_executable() {
  first=$(sed -n 's/^ExecStart="\{0,1\}\([^" ]*\).*/\1/p' "$old" | tail -n 1)
  case $first in
    "$link"/*) printf %s "$path${first#"$link"}" ;;
    *) printf %s "$first" ;;
  esac
}

# All that the unit says of the link, said of the release instead. A list in which the link stands is said anew as a whole.
last_release() {
  LINK=$link RELEASE=$path awk '
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
    }' "$old" "$old"
}
