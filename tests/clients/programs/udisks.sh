# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# udisks2, by libblockdev: unlock, lock, change a passphrase, format.
# packages: udisks2 libblockdev-crypto3|libblockdev-crypto2 dbus systemd e2fsprogs
# lab: --mem 768M --udev
unset DM_DISABLE_UDEV
# An unpacked package makes no user.
id messagebus >/dev/null 2>&1 || { echo "messagebus:x:101:101::/:/usr/sbin/nologin" >>/etc/passwd; echo "messagebus:x:101:" >>/etc/group; }
mkdir -p /run/dbus
dbus-uuidgen --ensure
dbus-daemon --system --nofork --nopidfile &
bus=$!
wait_for 10 test -S /run/dbus/system_bus_socket
/usr/libexec/udisks2/udisksd --no-debug >udisksd.log 2>&1 &
daemon=$!
trap 'kill $daemon $bus' EXIT
wait_for 30 udisksctl status
object=/org/freedesktop/UDisks2/block_devices
call() { busctl --system --timeout=120 call org.freedesktop.UDisks2 "$@"; }
known() { busctl --system introspect org.freedesktop.UDisks2 "$object/${1##*/}" org.freedesktop.UDisks2.Encrypted | grep -q ChangePassphrase; }
printf one >one.key
printf two >two.key

for type in luks1 luks2; do
    say "$type"
    options=()
    [ $type = luks1 ] || options=("${cheap[@]}")
    device=$(volume $type $type "${options[@]}")
    wait_for 20 known "$device"
    udisksctl unlock -b "$device" --key-file one.key | sed -E "s|$device|DEVICE|; s| as /dev/dm-[0-9]+||"
    cryptsetup status "luks-$(cryptsetup luksUUID "$device")" | grep -E 'type:|cipher:'
    udisksctl lock -b "$device" | sed "s|$device|DEVICE|"
    dmsetup info -c --noheadings -o name
    refused udisksctl unlock -b "$device" --key-file two.key
    call "$object/${device##*/}" org.freedesktop.UDisks2.Encrypted ChangePassphrase 'ssa{sv}' one two 0
    printf two | cryptsetup open --test-passphrase "$device" && echo "changed"
    refused udisksctl unlock -b "$device" --key-file one.key
    udisksctl unlock -b "$device" --key-file two.key | sed -E "s|$device|DEVICE|; s| as /dev/dm-[0-9]+||"
    udisksctl lock -b "$device" | sed "s|$device|DEVICE|"
done
say "format"
truncate -s 32M blank
device=$(losetup -f --show blank)
wait_for 20 busctl --system introspect org.freedesktop.UDisks2 "$object/${device##*/}"
call "$object/${device##*/}" org.freedesktop.UDisks2.Block Format 'sa{sv}' ext4 2 encrypt.passphrase s one encrypt.type s luks2
cryptsetup isLuks --type luks2 "$device" && echo "formatted"
name=luks-$(cryptsetup luksUUID "$device")
blkid -p -s TYPE -o value "/dev/mapper/$name"
udisksctl lock -b "$device" | sed "s|$device|DEVICE|"
