#!/bin/sh
# customize.sh ROOT: what all hosts of one release share: users, the app, its TLS key.
set -eu
root=$1

in_root() { chroot "$root" "$@"; }

# The package manager's own jobs would start in the midst of a test.
for timer in apt-daily apt-daily-upgrade dpkg-db-backup e2scrub_all fstrim; do
  ln -sf /dev/null "$root/etc/systemd/system/$timer.timer"
done
# A copy of this machine's name servers, which no host can reach: with an empty file a look-up fails at once.
: >"$root/etc/resolv.conf"

in_root useradd --create-home --shell /bin/bash ops
in_root useradd --create-home --shell /bin/bash deploy
echo 'ops ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/ops"
chmod 0440 "$root/etc/sudoers.d/ops"
in_root install -d -m 0700 -o ops -g ops /home/ops/.ssh
in_root install -m 0600 -o ops -g ops /dev/null /home/ops/.ssh/authorized_keys

mkdir -p "$root/srv/app/releases"
cp -R "$(dirname "$0")/app" "$root/srv/app/releases/1"
ln -s releases/1 "$root/srv/app/current"
in_root sh -c 'cd /srv/app/current && bundle install --local --quiet'
in_root chown -R -h deploy:deploy /srv/app

mkdir "$root/etc/app"
in_root openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=app -addext subjectAltName=DNS:app \
  -keyout /etc/app/key.pem -out /etc/app/cert.pem 2>/dev/null
in_root chown root:deploy /etc/app/key.pem
chmod 0640 "$root/etc/app/key.pem"
