#!/bin/sh
# with-certificate.sh COMMAND [WORD...]: runs a command with an ssh-agent that has one key: a new one, which Vault has signed for some
# minutes, since the job could say who it is. Nothing of it stays, and no key of the fleet is kept anywhere.
#
# ID_TOKEN    who the job is, as a JWT: GitLab's id_tokens. GitHub is asked for it here
# VAULT_ADDR  where Vault is
# VAULT_ROLE  the role of its jwt auth method, and of its ssh engine (default: deploy)
# SSH_USER    the login on the hosts (default: ops)
set -eu
role=${VAULT_ROLE:-deploy}
user=${SSH_USER:-ops}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What is secret comes in files and pipes: others of the machine can read command lines.
ask() {
  curl --silent --show-error --fail --max-time 30 "$@"
}

if [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
  printf 'Authorization: bearer %s\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" >"$folder/header"
  ID_TOKEN=$(ask --header "@$folder/header" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$VAULT_ADDR" | jq --raw-output --exit-status .value)
fi

printf %s "$ID_TOKEN" | jq --raw-input --slurp --arg role "$role" '{role: $role, jwt: .}' |
  ask --data @- "$VAULT_ADDR/v1/auth/jwt/login" >"$folder/login"
jq --raw-output --exit-status '"X-Vault-Token: " + .auth.client_token' "$folder/login" >"$folder/header"

ssh-keygen -q -t ed25519 -N '' -C "$role" -f "$folder/key"
jq --null-input --rawfile key "$folder/key.pub" --arg user "$user" '{public_key: $key, valid_principals: $user}' |
  ask --header "@$folder/header" --data @- "$VAULT_ADDR/v1/ssh/sign/$role" >"$folder/signed"
jq --raw-output --exit-status .data.signed_key "$folder/signed" >"$folder/key-cert.pub"

# The command has none of it but the agent. ssh-add takes the certificate beside the key.
unset ID_TOKEN ACTIONS_ID_TOKEN_REQUEST_TOKEN
status=0
# shellcheck disable=SC2016 # the inner shell's
ssh-agent sh -c 'ssh-add -q "$1" && rm "$1" && shift && exec "$@"' sh "$folder/key" "$@" || status=$?

# Hosts say no more than that they let nobody in.
held_until=$(ssh-keygen -L -f "$folder/key-cert.pub" | sed -n 's/^ *Valid: .* to //p')
first=$(printf '%s\n' "$held_until" "$(date +%Y-%m-%dT%H:%M:%S)" | sort | sed -n 1p)
if [ "$status" -ne 0 ] && [ -n "$held_until" ] && [ "$first" = "$held_until" ]; then
  echo "with-certificate.sh: the certificate held until $held_until only: let it hold for longer, by 'ttl' of the role in Vault" >&2
fi
exit "$status"
