# shellcheck shell=sh
# Whether the host has what restarts the service by itself (see follow.sh). A line of PUMA_WATCHED is "link PATH" or "certificate". A
# rollback needs no link.

check_watched() {
  local kind path
  [ -n "${PUMA_WATCHED:-}" ] || return 0
  while read -r kind path; do
    case $kind in
      link) [ -L "$path" ] || [ -n "$TARGET" ] || problem "$path is no link, so that it never leads to another release ('restartOn')" ;;
      certificate)
        command -v openssl >/dev/null ||
          problem "there is no openssl here, by which a certificate is compared with its key: install it ('restartOn')"
        ;;
    esac
  done <<EOT
$PUMA_WATCHED
EOT
}
