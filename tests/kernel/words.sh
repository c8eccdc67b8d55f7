#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Decisions of the kernel, and messages about mappings that others made or whose device is gone.  The transcript is
# words.out; run by compare_golden inside the kernel lab, with the modules scsi_debug and sd_mod.
. "$(dirname "$0")/../cli/transcript.sh"
truncate -s 16M disk; truncate -s 32M luks
disk=$(losetup -f --show disk)
trap 'losetup -d "$disk"; rm -rf "$scratch"' EXIT
head -c 64 /dev/zero | tr '\0' k >keyfile
table() { dmsetup table --showkeys "$1"; }

say "ciphers, modes and key sizes are the kernel's to judge"
while read -r cipher bits; do
    /sbin/cryptsetup -q --type plain -c "$cipher" -s "$bits" -d keyfile open "$disk" v >/dev/null 2>&1 && table v >theirs
    dmsetup remove v 2>/dev/null
    "$LATCHKEY" -q --type plain -c "$cipher" -s "$bits" -d keyfile open "$disk" v && table v | cmp - theirs && echo "$cipher $bits: as the peer's"
    dmsetup remove v 2>/dev/null
done <<END
aes-cfb-plain 256
aes-ofb-plain 256
arc4-ecb 128
xeta-cbc-plain 128
fcrypt-cbc-plain 64
serpent-cbc-plain 160
serpent-cbc-plain 8
serpent-xts-plain64 336
serpent-cbc-essiv:sha1 256
aes-cbc-essiv:wp256 256
aes-xts-essiv:wp256 512
cast5-cbc-plain 96
END

say "a cipher that it lacks is told before anybody is asked for a passphrase"
run open --type plain -c nope-cbc-plain "$disk" v </dev/null
run open --type plain -c aes-nope-plain "$disk" v </dev/null
run open --type plain -c aes-cbc-nope "$disk" v </dev/null

say "what the kernel writes with them is read without it"
for cipher in serpent-cbc-plain serpent-xts-plain64 aes-cbc-essiv:wp256 aes-xts-essiv:wp256 cast5-cbc-plain; do
    bits=336
    case $cipher in aes-cbc*) bits=256 ;; aes-xts*) bits=512 ;; cast5*) bits=96 ;; serpent-cbc*) bits=160 ;; esac
    "$LATCHKEY" -q --type plain -c "$cipher" -s "$bits" -d keyfile open "$disk" v
    yes "$cipher" | head -c 8192 >/dev/mapper/v
    close_it() { "$LATCHKEY" close v; }
    close_it
    "$LATCHKEY" read -q --type plain -c "$cipher" -s "$bits" -d keyfile --length 8192 "$disk" | cmp - <(yes "$cipher" | head -c 8192) && echo "$cipher $bits: read"
done

say "a rehearsal asks for nothing that it does not show"
run open --type plain -c aes -h sha256 --dry-run "$disk" v </dev/null
run create --compat=0.1 --dry-run v "$disk" </dev/null
run open --type plain -c aes -d nosuch --dry-run "$disk" v </dev/null

say "mappings that others put together"
key=0123456789abcdef0123456789abcdef
printf '0 1000 crypt aes-plain %s 0 %s 0\n1000 1000 crypt aes-plain %s 0 %s 2000\n' $key "$disk" $key "$disk" | dmsetup create multi
run status multi </dev/null
run --json status multi </dev/null
dmsetup remove multi
printf '0 1000 linear %s 0\n1000 1000 crypt aes-plain %s 0 %s 2000\n' "$disk" $key "$disk" | dmsetup create multi -u CRYPT-LUKS2-12345678123412341234123456789abc-multi
run status multi </dev/null
dmsetup remove multi

say "as the first tool said it"
with geheim run create --compat=0.1 v "$disk"
run status --compat=0.1 v </dev/null
run remove --compat=0.1 v </dev/null
run status --compat=0.1 v </dev/null

say "a setting for all"
speak_as
echo 'compat = 0.1' >/etc/latchkey.conf
with geheim run create v "$disk"
run status v </dev/null
run remove v </dev/null
echo 'compat = 0.2' >/etc/latchkey.conf
run status v </dev/null
for release in 2.6 2.8; do
    echo "compat = $release" >/etc/latchkey.conf
    with geheim run open -q --type plain "$disk" v
    dmsetup table v | cut -d' ' -f4
    run status v </dev/null
    run --compat=2.7 status v </dev/null
    run close v </dev/null
done
rm /etc/latchkey.conf

say "what is not said is as the installed cryptsetup has it"
table_of() {
    printf geheim | "$1" open -q --type plain "$disk" v >/dev/null 2>&1
    dmsetup table --showkeys v && dmsetup remove v
}
[ "$(table_of "$LATCHKEY")" = "$(table_of /sbin/cryptsetup)" ] && echo "the same table"

say "a table that the kernel refuses, and a key that it does not have"
for release in 2.6 2.7; do
    with geheim run --compat=$release open -q --type plain -c aes-cbc-nope -h sha256 "$disk" v
    with geheim run --compat=$release open -q --type plain -c 'capi:cbc(nope)-plain' -h sha256 "$disk" v
done
speak_as --compat=2.6

say "the device is gone"
new_disk() {
    [ -z "${gone-}" ] || echo 1 >/sys/bus/pseudo/drivers/scsi_debug/add_host
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        scsi=$(cd /sys/block && echo sd*)
        [ -b "/dev/$scsi" ] && return
        sleep 0.2
    done
}
for type in luks1 plain; do
    new_disk
    case $type in
    luks1)
        printf one | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 "/dev/$scsi"
        with one run open "/dev/$scsi" v ;;
    plain)
        dd if=/dev/zero "of=/dev/$scsi" bs=1M count=2 status=none
        with one run open --type plain -c aes -h sha256 "/dev/$scsi" v ;;
    esac
    gone=1
    echo 1 >"/sys/block/$scsi/device/delete"
    while [ -e "/sys/block/$scsi" ]; do sleep 0.1; done
    run status v </dev/null
    "$LATCHKEY" status v | cmp - <(/sbin/cryptsetup status v) && echo "as the peer says it"
    "$LATCHKEY" --json status v | grep -o '"device":"[^"]*","device_gone":true'
    run close v </dev/null
done
