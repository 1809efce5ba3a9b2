# shellcheck shell=sh disable=SC2034,SC2154 # one script with the other parts: see scripts.ts
# What a unit file means for a running Puma.

# The lines of a unit that a running process or socket depends on. systemd takes up the rest at daemon-reload.
effective() {
  [ -f "$1" ] || return 0
  awk '
    /^[ \t]*[#;]/ { next }
    /\\$/ { sub(/\\$/, " "); text = text $0; next }
    { line = text $0; text = "" }
    line ~ /^[ \t]*$/ { next }
    line ~ /^[ \t]*\[/ { section = line; next }
    section ~ /^\[(Unit|Install)\]/ { next }
    line ~ /^(Restart|RestartSec|TimeoutStartSec|TimeoutStopSec|TimeoutSec|ExecStop|ExecStopPost|ExecReload|SuccessExitStatus|KillMode|KillSignal|SendSIGKILL)[ \t]*=/ { next }
    { print line }
  ' "$1"
}

# What changed from one unit to another, as directives: "Environment, LimitNOFILE".
changed_directives() {
  { effective "$1" | sed 's/^/-/'; effective "$2" | sed 's/^/+/'; } | awk '
    { sign = substr($0, 1, 1); line = substr($0, 2); count[line] += sign == "+" ? 1 : -1; lines[NR] = line }
    END {
      for (i = 1; i <= NR; i++) {
        name = lines[i]; sub(/[ \t]*=.*/, "", name)
        if (count[lines[i]] != 0 && !(name in seen)) { seen[name]; list = list (list ? ", " : "") name }
      }
      print list ? list : "order of lines"
    }'
}

needs_restart() {
  [ "$(effective "$1")" != "$(effective "$2")" ]
}

# Sees files and folders, and what is in them, on disk. Older commands can only do that for the whole machine.
to_disk() {
  find "$@" -exec sync -- {} + 2>/dev/null || sync
}

# The same for folders without what is in them.
to_disk_flat() {
  sync -- "$@" 2>/dev/null || sync
}

# Puts a file in its place in one step, on disk before it is seen.
install_file() {
  lay_ready "$1" "$2"
  put_in_place "$2"
}

lay_ready() {
  cp -- "$1" "$2.cdktf-puma"
  chmod 644 "$2.cdktf-puma"
  to_disk "$2.cdktf-puma"
}

put_in_place() {
  mv -f -- "$1.cdktf-puma" "$1"
}

# What a unit is enabled for.
install_section() {
  [ ! -f "$1" ] || sed -n '/^\[Install\]/,$p' "$1"
}

# Where systemd has a unit from, if not from /etc: a package's, a generator's, or somebody's in /run.
other_source() {
  path=$(property "$1" FragmentPath)
  [ "$path" = "$etc/$1" ] || printf %s "$path"
}

# A mask in /run counts as long as there is no unit in /etc, which goes before it.
is_masked() {
  for place in "$etc/$1" "/run/systemd/system/$1"; do
    if [ -e "$place" ] || [ -L "$place" ]; then break; fi
  done
  [ "$(readlink "$place" 2>/dev/null)" = /dev/null ]
}
