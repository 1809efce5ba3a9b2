# shellcheck shell=sh
# The secrets that stage.sh has put on this host. The unit names their files: of what is in them, this script knows nothing.

check_secrets() {
  local file
  while read -r file; do
    if [ -z "$file" ] || [ -e "$file" ]; then continue; fi
    if [ -n "$TARGET" ]; then
      problem "version $PUMA_SECRETS_VERSION of the secrets, which that generation uses, is not on this host any more (there is no $file) ('secrets')"
      return 0
    fi
    problem "version $PUMA_SECRETS_VERSION of the secrets is not on this host (there is no $file): bring it by apply -replace='terraform_data.$(staging_name)' ('secrets')"
    return 0
  done <<EOT
$PUMA_SECRET_FILES
EOT
}

# As identifier.ts makes it of the names.
staging_name() {
  local name
  name=puma_${PUMA_SERVICE}_secrets_on_$PUMA_HOST
  case $name in
    *[!A-Za-z0-9_-]*) name=$(printf %s "$name" | tr -c 'A-Za-z0-9_-' _)_$(printf %s "$name" | sha256sum | cut -c -8) ;;
  esac
  printf %s "$name"
}

# Of the others those that are no younger: a younger one is another apply's, which is about to put it into effect.
forget_old_secrets() {
  has_other_secrets || return 0
  if [ -z "$PUMA_SECRETS_VERSION" ]; then
    rm -rf "${STATE:?}/secrets"
  else
    find "$STATE/secrets" -mindepth 1 -maxdepth 1 ! -name "$PUMA_SECRETS_VERSION" \
      ! -newer "$STATE/secrets/$PUMA_SECRETS_VERSION" -exec rm -rf {} +
  fi
}

# Whether there are any besides those in effect. Mostly there are none, and then no program is started.
has_other_secrets() {
  local file
  for file in "$STATE/secrets"/* "$STATE/secrets"/.[!.]*; do
    [ ! -e "$file" ] || [ "${file##*/}" = "$PUMA_SECRETS_VERSION" ] || return 0
  done
  return 1
}
