# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# pam_mount's mount.crypt and umount.crypt, which go by its libcryptmount.
# packages: libpam-mount libpam-mount-bin
mkdir mnt
for type in luks1 luks2; do
    say "$type"
    options=()
    [ $type = luks1 ] || options=(--pbkdf pbkdf2)
    device=$(volume $type $type "${options[@]}")
    printf one | cryptsetup open "$device" prepare
    mkfs.ext4 -q /dev/mapper/prepare
    cryptsetup close prepare
    printf one | mount.crypt "$device" mnt
    echo "hello" >mnt/file
    dmsetup info -c --noheadings -o subsystem
    umount.crypt mnt
    dmsetup info -c --noheadings -o name
    printf one | mount.crypt -o ro "$device" mnt
    cat mnt/file
    refused touch mnt/file
    umount.crypt mnt
    refused mount.crypt "$device" mnt <<<bad
    mountpoint -q mnt || echo "not mounted"
    dmsetup info -c --noheadings -o name
done
