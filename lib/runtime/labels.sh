# shellcheck shell=sh
# Whether SELinux lets systemd execute what the unit names. It has a label of its own for what users may: what stands in a home or
# below /srv has none that systemd may execute, though its user may.

# Whether SELinux denies what its policy does not allow.
is_enforcing() {
  has_labels && [ "$(first_line /sys/fs/selinux/enforce)" = 1 ]
}

check_labels() {
  local path label
  is_enforcing || return 0
  for path in $(executed_paths); do
    [ -f "$path" ] || continue
    label=$(stat -L -c %C -- "$path" 2>/dev/null) || label=''
    if [ -z "$label" ] || is_executable_by_systemd "$label"; then continue; fi
    problem "SELinux does not let systemd execute $path, whose label is $(printable "$label"): give it the type bin_t ('semanage fcontext' and 'restorecon'), or begin the command with a program in /usr/bin ('command')"
  done
}

# The files that the new unit and the drop-ins of others name as commands, each once.
executed_paths() {
  # shellcheck disable=SC2046 # files, whose names systemd escapes
  sed -n 's/^[ \t]*Exec[A-Z][A-Za-z]*[ \t]*=[-@:+!| \t]*"\{0,1\}\(\/[A-Za-z0-9._\/@+:,=~-]*\).*/\1/p' \
    "$STAGE/new$ETC/$SERVICE_UNIT" $(drop_ins_of_others) | sort -u
}

# By the policy that is loaded. Where the kernel cannot be asked, what no policy allows is refused.
is_executable_by_systemd() {
  case $(answer_of_policy "$(first_line /proc/1/attr/current)" "$1")$1 in
    yes*) return 0 ;;
    no* | *:user_home_t* | *:admin_home_t* | *:var_t* | *:var_lib_t* | *:default_t* | *:tmp_t* | *:user_tmp_t* | *:unlabeled_t*) return 1 ;;
  esac
}

# answer_of_policy SUBJECT LABEL: whether the one may execute a file with the other: yes or no; nothing where there is no answer.
# In hexadecimal, in which a permission is a bit.
answer_of_policy() {
  local class bit allowed
  class=$(first_line /sys/fs/selinux/class/file/index)
  bit=$(first_line /sys/fs/selinux/class/file/perms/execute)
  allowed=$(ask_policy "$1 $2 $class" 2>/dev/null) || allowed=''
  case ${bit:-x}/${allowed:-x} in
    *[!0-9]*/* | */*[!0-9a-f]*) return 0 ;;
  esac
  allowed=0x$allowed
  allowed=$((allowed >> bit - 1 & 1))
  if [ "$allowed" = 1 ]; then printf yes; else printf no; fi
}

# ask_policy QUESTION: the permissions that it allows. The kernel answers by the same descriptor that it is asked by.
ask_policy() {
  local allowed
  [ -w /sys/fs/selinux/access ] || return 1
  {
    printf %s "$1" >&3
    read -r allowed _ <&3
  } 3<>/sys/fs/selinux/access
  printf %s "$allowed"
}
