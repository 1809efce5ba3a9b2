# shellcheck shell=sh
# What was healthy before what runs, so that somebody can go back to it: a folder for each generation, by the time when it came, with
# the settings, the record and the files of then. What runs is none of these folders: it becomes one as the next one is committed.

# Sets found to the newest id that there has been.
newest_generation() {
  local folder id
  recorded "$PUMA_SERVICE/before" generation
  found=${found%% *}
  for folder in "$GENERATIONS"/*; do
    id=${folder##*/}
    if [ -d "$folder" ] && [ "$id" -gt "${found:-0}" ]; then found=$id; fi
  done
}

# Whether what is committed is what there was: the same code by the same files, started again.
is_same_generation() {
  recorded "$PUMA_SERVICE/before" hash
  [ "$found" = "$PUMA_HASH" ] || return 1
  recorded "$PUMA_SERVICE/before" release
  [ "$found" = "$1" ] || return 1
  recorded "$PUMA_SERVICE/before" path
  [ "$found" = "$2" ] || return 1
  recorded "$PUMA_SERVICE/before" generation
  [ -n "$found" ] && diff -r "$STATE/before/live" "$STATE/live" >/dev/null 2>&1
}

# What somebody has asked for here, and an apply finds as the stack says it is, is the apply's from then on.
take_over_generation() {
  local base
  [ "$PUMA_ACTION" = apply ] || return 0
  base=${generation#* }
  case ${base#* } in
    "restart "* | "rollback "*) generation="${generation%% *} ${base%% *} apply $PUMA_WHO" ;;
  esac
}

# name_generation RELEASE PATH: sets generation to "ID BASE CHANGE WHO". The base is what the next rollback goes further back from: of
# a rollback that of the generation that it has brought back. What is kept stopped is none.
name_generation() {
  local id base
  generation=''
  [ "$PUMA_START_ON" != never ] || return 0
  if is_same_generation "$@"; then
    generation=$found
    take_over_generation
    return 0
  fi
  id=$started
  newest_generation
  [ "$id" -gt "${found:-0}" ] || id=$((found + 1))
  base=$id
  if [ -n "$TARGET" ]; then
    recorded "$PUMA_SERVICE/generations/$TARGET" generation
    found=${found#* }
    base=${found%% *}
  fi
  generation="$id $base $PUMA_ACTION $PUMA_WHO"
}

# Makes what there was a generation, in the step that commits, where it was one and what comes is another. Nothing after that step may
# fail the run.
keep_generation() {
  local id
  recorded "$PUMA_SERVICE/before" generation
  id=${found%% *}
  [ -n "$id" ] && [ "$id" != "${generation%% *}" ] && [ -f "$STATE/before/settings" ] && [ -d "$STATE/before/live" ] || return 1
  [ -d "$GENERATIONS" ] || mkdir -m 700 -- "$GENERATIONS"
  remove_if_there "$GENERATIONS/$id"
  mv -- "$STATE/before" "$GENERATIONS/$id"
  forget_old_generations "$GENERATIONS/$id" || :
}

# forget_old_generations FOLDER: what there are more than five of, what has been brought back, and what only the way back of a run
# needed of the newest.
forget_old_generations() {
  local folder name more
  folder=$1 more=-4
  set --
  for name in files written units paths path touched stopped limits companions rollback; do set -- "$@" "$folder/$name"; done
  for folder in "$GENERATIONS"/*; do
    if [ "${folder##*/}" = "$TARGET" ]; then set -- "$@" "$folder"; else more=$((more + 1)); fi
  done
  for folder in "$GENERATIONS"/*; do
    [ "$more" -gt 0 ] || break
    [ "${folder##*/}" != "$TARGET" ] || continue
    set -- "$@" "$folder"
    more=$((more - 1))
  done
  remove_if_there "$@"
}

# Sets found to the generation before the one that runs; nothing where there is none.
generation_before() {
  local folder base id
  recorded "$PUMA_SERVICE" generation
  base=${found#* }
  base=${base%% *}
  found=''
  for folder in "$GENERATIONS"/*; do
    id=${folder##*/}
    if [ -f "$folder/record" ] && [ "$id" -lt "${base:-$((id + 1))}" ]; then found=$id; fi
  done
}

# code_of GENERATION: sets found to the link that led to its code, and to that code, where the link leads elsewhere by now.
code_of() {
  local link path
  found=''
  [ -z "$OTHERS_UNIT" ] || return 0
  link=$(sed -n 's/^WorkingDirectory=//p' "$GENERATIONS/$1/live/$SERVICE_UNIT" | tail -n 1)
  recorded "$PUMA_SERVICE/generations/$1" path
  path=$found
  found=''
  [ -n "$link" ] && [ -n "$path" ] && [ "$(readlink -f "$link")" != "$path" ] || return 0
  link_above "$link" "$path"
}

# code_in RECORD: what it runs. What is another's unit has code of which nothing is known.
code_in() {
  local name
  [ -z "$OTHERS_UNIT" ] || return 0
  recorded "$1" release
  name=$(printable "${found:-(none)}")
  recorded "$1" path
  printf %s ": release $name, code in ${found:-$PUMA_DIRECTORY}$(what_it_lacks "$found")"
}

what_it_lacks() {
  [ -z "$1" ] || [ -d "$1" ] || printf %s ", which is gone"
}

# As people read it.
time_of_generation() {
  date -d "@$1" '+%Y-%m-%d %H:%M:%S'
}

# The first line of the drop-in of a rollback: where the link led then.
where_it_leads() {
  printf '# %s=%s\n' "$1" "$(readlink -f "$1")"
}

# Whether what runs was rolled back to, and the link leads where it led then: a restart is one of what was rolled back to.
is_still_rolled_back() {
  local file
  file=$(last_release_file "$PUMA_SERVICE")
  [ -f "$file" ] && [ -f "$STATE/live/$SERVICE_UNIT" ] || return 1
  code_of "$OF_NOW"
  [ -n "$found" ] && [ "$(first_line "$file")" = "$(where_it_leads "${found% *}")" ]
}

# The settings of a generation, for the script to be started anew by them.
write_settings_of() {
  code_of "$1"
  umask 077
  if [ -n "$found" ]; then
    with_release settings "$GENERATIONS/$1/settings" "${found% *}" "${found#* }" >"$STAGE/settings"
  else
    cp -- "$GENERATIONS/$1/settings" "$STAGE/settings"
  fi
  umask 022
}

# start_anew GENERATION: settings stay what they are for a whole run.
start_anew() {
  write_settings_of "$1"
  exec /bin/sh "$STATE/run.sh" "$PUMA_HOST" "$PUMA_ADDRESS" "$PUMA_ACTION" "$PUMA_WHO" '' "$PUMA_SERVICE" '' "$PUMA_LOCK_TIMEOUT" "${MANAGER#--}" "$1"
}

# What a rollback judges, rehearses and lets stand in is the code of then: the link may lead to what cannot run at all.
lay_out_by_own_path() {
  local file link path
  [ -n "$TARGET" ] && [ -f "$STAGE/new$ETC/$SERVICE_UNIT" ] || return 0
  code_of "$TARGET"
  [ -n "$found" ] || return 0
  link=${found% *} path=${found#* }
  mv -- "$STAGE/new$ETC/$SERVICE_UNIT" "$STAGE/unit"
  where_it_leads "$link" >"$STAGE/last-release"
  with_release drop-in "$STAGE/unit" "$link" "$path" >>"$STAGE/last-release"
  for file in "$STAGE/candidates"/*; do
    [ -f "$file" ] || continue
    with_release unit "$file" "$link" "$path" >"$STAGE/moved"
    mv -f -- "$STAGE/moved" "$file"
  done
  with_release unit "$STAGE/unit" "$link" "$path" >"$STAGE/new$ETC/$SERVICE_UNIT"
}

# What is installed is the unit as it was, and a drop-in beside it, which the next apply undoes.
lay_out_as_it_is() {
  [ -f "$STAGE/unit" ] || return 0
  mv -f -- "$STAGE/new$ETC/$SERVICE_UNIT" "$STAGE/by-own-path"
  mv -- "$STAGE/unit" "$STAGE/new$ETC/$SERVICE_UNIT"
}

# The unit of the service by whose lines something is run before it is there.
service_to_come() {
  if [ -f "$STAGE/by-own-path" ]; then printf %s "$STAGE/by-own-path"; else printf %s "$STAGE/new$ETC/$SERVICE_UNIT"; fi
}

start_by_own_path() {
  local file
  [ -n "$TARGET" ] && [ -f "$STAGE/last-release" ] || return 0
  file=$(last_release_file "$PUMA_SERVICE")
  stage "$STAGE/last-release" "$file" 644 root:root
  put "$file"
}
