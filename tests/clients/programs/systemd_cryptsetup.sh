# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# systemd-cryptsetup attaches and detaches, as its generator's units do at boot.
# packages: systemd systemd-sysv systemd-cryptsetup|systemd
printf one >one.key
printf bad >bad.key
printf xone-and-more >padded.key
head -c 64 /dev/zero >zeros.key
chmod 600 ./*.key
one=$(volume luks1 luks1) two=$(volume luks2 luks2 "${cheap[@]}" --luks2-keyslots-size 1M)
cryptsetup luksHeaderBackup "$two" --header-backup-file header
truncate -s 20M headless plain
headless=$(losetup -f --show headless) plain=$(losetup -f --show plain)
systemd_cryptsetup() { /lib/systemd/systemd-cryptsetup "$@" 2>messages; }
attach() { # NAME SOURCE KEY OPTIONS
    say "$1"
    systemd_cryptsetup attach "$@" || { echo "attach: $?"; return 0; }
    [ -b "/dev/mapper/$1" ]
    dmsetup info -c --noheadings -o uuid "$1" | sed -E 's/-[0-9a-f]{32}-/-UUID-/'
    dmsetup table "$1" | sed -E 's/ (:[0-9]+:)?[^ ]*( [0-9]+) [0-9]+:[0-9]+ / KEY\2 DEV /'
    # Attaching what is attached is not an error, nor is detaching what is detached.
    systemd_cryptsetup attach "$@" && echo "again"
    systemd_cryptsetup detach "$1" && [ ! -e "/dev/mapper/$1" ] && echo "detached"
    systemd_cryptsetup detach "$1" && echo "again"
}

attach luks1 "$one" "$PWD/one.key" luks,discard
attach luks2 "$two" "$PWD/one.key" luks,no-read-workqueue,no-write-workqueue
attach untyped "$two" "$PWD/one.key" ""
attach readonly "$two" "$PWD/one.key" luks,read-only,key-slot=0
attach part-of-a-file "$two" "$PWD/padded.key" luks,keyfile-offset=1,keyfile-size=3
attach header "$headless" "$PWD/one.key" "luks,header=$PWD/header"
attach plain "$plain" "$PWD/zeros.key" plain,cipher=aes-xts-plain64,size=512,hash=plain,offset=8,skip=4
attach sectors "$plain" "$PWD/zeros.key" plain,cipher=aes-cbc-essiv:sha256,size=256,hash=plain,sector-size=4096
attach swap "$plain" /dev/urandom swap,plain,cipher=aes-xts-plain64,size=256,hash=plain
attach wrong-key "$two" "$PWD/bad.key" luks,headless
attach wrong-slot "$two" "$PWD/one.key" luks,key-slot=3,headless
attach no-volume "$plain" "$PWD/one.key" luks,headless
attach missing /dev/none "$PWD/one.key" luks,headless
keyctl add user latchkey:client one @s >/dev/null
cryptsetup token add --key-description latchkey:client --key-slot 0 "$two"
attach token "$two" - luks,headless
