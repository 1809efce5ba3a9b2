# shellcheck shell=sh
# What somebody finds who meets this folder on a host, and has never heard of the library. It goes with the last service.

keep_readme() {
  { print_readme >"$ROOT/README.new" && mv -f -- "$ROOT/README.new" "$ROOT/README"; } 2>/dev/null || :
}

print_readme() {
  local run user ours become
  run='sudo cdktf-puma' user='' ours=' _UID=0' become='sudo '
  if [ -n "$MANAGER" ]; then run="sh $ROOT/NAME/run.sh" user=' --user' ours='' become=''; fi
  cat <<EOT
Put here by cdktf-puma, which keeps it up to date: what it knows of its services on this host. Each has a folder of its name, and is
a Puma under systemd, declared in a program for the CDK for Terraform. The first line of its unit says in which stack.

Which there are         ls $ROOT
How one is              $run status NAME
Restart it as a deploy  $run restart NAME
Go back to what ran     $run rollback NAME
What to do at night     less $ROOT/NAME/on-call.txt
What was done, by whom  ${become}journalctl$user -t cdktf-puma$ours
Is somebody at it       systemctl$user status 'cdktf-puma-*'

Edit nothing in here: it is what the next run goes back to, and what tells the library's own files from those of others. What is to be
set on this host alone, '${become}systemctl$user edit NAME' sets, and that stays. What is edited in the units themselves goes at the
next apply, which keeps a copy in $BACKUPS.

To get rid of a service, take it out of its stack, and apply. Where the stack is lost: 'npx cdktf-puma list', and docs/retiring.md in
the npm package cdktf-puma.
EOT
}
