# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# fsadm of LVM grows and shrinks a file system inside a volume, and the volume with it.
# packages: lvm2
for type in luks1 luks2; do
    options=()
    [ $type = luks1 ] || options=("${cheap[@]}" --luks2-keyslots-size 1M --sector-size 512)
    device=$(volume $type $type "${options[@]}")
    printf one >one.key
    cryptsetup open --disable-keyring --key-file one.key "$device" vault
    mkfs.ext4 -q -b 1024 -I 256 /dev/mapper/vault
    for size in 14M 18M; do
        say "$type $size"
        fsadm --yes --force resize "$device" $size >messages 2>&1 || fail "$(cat messages)"
        cryptsetup status vault | grep ' size:'
        dumpe2fs -h /dev/mapper/vault 2>/dev/null | grep '^Block count'
    done
    e2fsck -fn /dev/mapper/vault >/dev/null 2>&1 && echo "the file system is whole"
    fsadm check "$device" >/dev/null 2>&1 || echo "checked: $?"
    cryptsetup close vault
    refused fsadm --yes resize "$device" 15M
    losetup -d "$device"
done
say "the volume alone"
truncate -s 20M plain
device=$(losetup -f --show plain)
cryptsetup open --type plain -c aes-xts-plain64 -s 256 --key-file <(head -c 32 /dev/zero) "$device" vault
mkfs.ext4 -q /dev/mapper/vault 10M
fsadm --yes --cryptresize resize /dev/mapper/vault 12M >messages 2>&1 || fail "$(cat messages)"
cryptsetup status vault | grep ' size:'
cryptsetup close vault
