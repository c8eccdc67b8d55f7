# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# systemd-repart makes an encrypted partition in an image.
# packages: systemd systemd-sysv systemd-cryptsetup|systemd systemd-repart|systemd fdisk
# lab: --mem 768M --udev
unset DM_DISABLE_UDEV
mkdir definitions
cat >definitions/10-data.conf <<PARTITION
[Partition]
Type=linux-generic
Format=ext4
Encrypt=key-file
SizeMinBytes=24M
SizeMaxBytes=24M
PARTITION
printf one >one.key
chmod 600 one.key
truncate -s 80M image
systemd-repart --empty=force --definitions=definitions --seed=11111111111141118111111111111111 --key-file=one.key --dry-run=no \
    --pretty=no image >messages 2>&1 || fail "$(cat messages)"
sfdisk -d image | grep -c 'type='
device=$(losetup -f --show --partscan image)
wait_for 10 test -b "${device}p1"
cryptsetup luksDump "${device}p1" | grep -E '^Version|cipher: aes-xts|: luks2'
printf one | cryptsetup open "${device}p1" vault
wait_for 10 test -b /dev/mapper/vault
blkid -p -s TYPE -o value /dev/mapper/vault
mkdir mnt
mount /dev/mapper/vault mnt
[ -d mnt/lost+found ] && echo "mounted"
umount mnt
cryptsetup close vault
