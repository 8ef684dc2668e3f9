#!/bin/sh
# Proves the .deb in a Debian that has nothing else: debootstrap, install, test itself without and under a screen,
# open the window and take a picture, bill by command, remove. As root: packaging/prove.sh DEB FOLDER [MIRROR]
set -eu
deb=$(readlink -f "$1")
folder=$2
mirror=${3:-http://deb.debian.org/debian}
root=$folder/clean
if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase bookworm "$root" "$mirror"
fi
mkdir -p "$folder/shown"
within() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
trap 'umount "$root/dev/shm" "$root/proc" 2>/dev/null || true' EXIT
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mountpoint -q "$root/dev/shm" || mount -t tmpfs tmpfs "$root/dev/shm"

rm -rf "$root"/tmp/sheaf* "$root/root/sheaf.deb"
cp "$deb" "$root/root/sheaf.deb"
within apt-get update -qq
echo "== install, with nothing but what the package asks for"
within apt-get install -y -qq --no-install-recommends /root/sheaf.deb >"$folder/install.log" 2>&1 || { tail -20 "$folder/install.log"; exit 1; }
within dpkg-query --show --showformat='${Package} ${Version} ${Installed-Size} kB\n' sheaf

echo "== without a screen"
within sheaf --self-test

echo "== under a screen, with a keyring"
within apt-get install -y -qq --no-install-recommends xvfb xauth dbus dbus-x11 gnome-keyring desktop-file-utils shared-mime-info libfile-mimeinfo-perl imagemagick procps >"$folder/screen.log" 2>&1 || { tail -20 "$folder/screen.log"; exit 1; }
within desktop-file-validate /usr/share/applications/sheaf.desktop
within update-mime-database /usr/share/mime
cat >"$root/root/screen.sh" <<'INSIDE'
set -eu
Xvfb :77 -screen 0 1440x900x24 >/root/xvfb.log 2>&1 &
server=$!
export DISPLAY=:77
sleep 3
printf 'pw\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
sheaf --self-test
rm -rf /root/try && mkdir /root/try && cd /root/try
sheaf sample firm.sheaf --clients 20
sheaf bill firm.sheaf --render invoices
ls invoices | wc -l
mimetype --brief firm.sheaf
sheaf firm.sheaf &
window=$!
sleep 12
import -window root /root/window.png
sheaf check firm.sheaf
kill $window
wait $window
kill $server
INSIDE
within dbus-run-session -- sh /root/screen.sh
cp "$root/root/window.png" "$folder/shown/window.png"

echo "== removed, nothing left"
within apt-get purge -y -qq sheaf >/dev/null 2>&1
left=$(within sh -c 'find / -xdev -path /root -prune -o -path /proc -prune -o -iname "*sheaf*" -print' | grep -v -e '^/var/log' -e '^/var/cache' || true)
if [ -n "$left" ]; then
    echo "left behind: $left"
    exit 1
fi
within test -e /root/try/firm.sheaf
echo "proved"
