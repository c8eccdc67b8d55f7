# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# Debian's cryptdisks_start and cryptdisks_stop, with a line of each kind.
# packages: cryptsetup sysvinit-utils
mkdir -p /etc/keys
printf one >/etc/keys/one
printf bad >/etc/keys/bad
head -c 64 /dev/zero >/etc/keys/zeros
printf '#!/bin/sh\nprintf one\n' >/etc/keys/script
chmod 400 /etc/keys/*
chmod 500 /etc/keys/script
one=$(volume luks1 luks1)
two=$(volume luks2 luks2 "${cheap[@]}" --luks2-keyslots-size 1M)
cryptsetup luksHeaderBackup "$two" --header-backup-file header
truncate -s 20M headless
dd if=luks2 of=headless bs=1M skip=8 seek=8 conv=notrunc status=none
headless=$(losetup -f --show headless)
truncate -s 20M plain swap tmp
plain=$(losetup -f --show plain) swap=$(losetup -f --show swap) tmp=$(losetup -f --show tmp)
cat >/etc/crypttab <<TABLE
one       $one       /etc/keys/one    luks,discard
two       UUID=$(cryptsetup luksUUID "$two") /etc/keys/one luks,readonly,keyslot=0,no-read-workqueue
untyped   $two       none             keyscript=/etc/keys/script
header    $headless  /etc/keys/one    luks,header=$PWD/header
bad       $two       /etc/keys/bad    luks
plain     $plain     /etc/keys/zeros  plain,cipher=aes-xts-plain64,size=512,offset=8
checked   $plain     /etc/keys/zeros  plain,cipher=aes-xts-plain64,size=512,check=ext2
swap      $swap      /dev/urandom     swap,plain,cipher=aes-xts-plain64,size=256
tmp       $tmp       /dev/urandom     tmp=ext4,plain,cipher=aes-xts-plain64,size=256
missing   /dev/none  /etc/keys/one    luks
TABLE

for name in one two header plain swap tmp missing bad checked untyped; do
    say "$name"
    if cryptdisks_start "$name" 2>messages >&2; then echo "start: 0"; else echo "start: $?"; fi
    if dmsetup info "$name" >/dev/null 2>&1; then
        dmsetup info -c --noheadings -o subsystem -- "$name"
        dmsetup table -- "$name" | sed -E 's/ (:[0-9]+:)?[^ ]*( [0-9]+) [0-9]+:[0-9]+ / KEY\2 DEV /'
        blkid -p -s TYPE -o value "/dev/mapper/$name" || echo "no content"
        cryptdisks_stop "$name" >messages 2>&1 && echo "stop: 0"
        [ ! -e "/dev/mapper/$name" ] && echo "gone"
    else
        dmsetup info -c --noheadings -o name
    fi
done
