#!/bin/sh
# Stands before a command that the deploy script uses, and stops the script at the step that /run/breakpoint/at names:
# does what /run/breakpoint/action says, once, and then what the script wanted.
command=${0##*/}
trap '' PIPE HUP
if grep -qs cdktf-puma-web.service /proc/self/cgroup && [ -f /run/breakpoint/at ] && [ -f /run/cdktf-puma/web/step ]; then
  if grep -qf /run/breakpoint/at /run/cdktf-puma/web/step && /usr/bin/mv /run/breakpoint/at /run/breakpoint/met 2>/dev/null; then
    sh /run/breakpoint/action >/run/breakpoint/log 2>&1
  fi
fi
exec "/usr/bin/$command" "$@"
