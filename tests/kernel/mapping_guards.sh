#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Refusals before a mapping is made or changed, because data would be lost or stored in clear text.  The transcript is
# mapping_guards.out; run by compare_golden inside the kernel lab, without udev.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/../cli/transcript.sh"

truncate -s 16M ext; mke2fs -q -t ext2 ext; truncate -s 16M blank; truncate -s 16M luks
printf one | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --uuid 12345678-1234-1234-1234-123456789abc luks
ext=$(losetup -f --show ext); blank=$(losetup -f --show blank); luks=$(losetup -f --show luks)
trap 'losetup -d "$ext" "$blank" "$luks"; rm -rf "$scratch"' EXIT
ln -s /dev/urandom link; mknod node c 1 9; mknod random c 1 8
show_uuid=1
sum=$(sha256sum ext luks)
intact() { sync; [ "$(sha256sum ext luks)" = "$sum" ] && echo "nothing was written" || echo "WRITTEN"; dmsetup ls; }
gone() { dmsetup remove "$1" 2>/dev/null && echo "it was mapped"; }

say "a random key by any name buries no file system"
exec 9</dev/urandom
for key in /dev/urandom //dev/urandom /dev/../dev/urandom /dev/fd/9 /proc/self/fd/9 link node random /proc/sys/kernel/random/uuid; do
    run open -q --type plain -c aes -d "$key" "$ext" x </dev/null
    gone x
done
for words in "-h plain -d - $ext" "-h sha256 -l 32 -d - $ext" "-d link --expect-signature=swap $ext" "-d link --expect-signature=none $ext"; do
    # shellcheck disable=SC2086
    run open -q --type plain -c aes -s 128 $words x </dev/urandom
    gone x
done
run create -q -c aes -d link x "$luks" </dev/null; gone x
run create -q --compat=0.1 -d node x "$ext" </dev/null; gone x
run legacy -- cryptsetup -d /dev/urandom create x "$ext" </dev/null; gone x
run legacy -- cryptsetup -d link create x "$ext" </dev/null; gone x
with g run create --compat=0.1 y "$blank"
run reload --compat=0.1 -d link y "$ext" </dev/null
dmsetup table y | cut -d' ' -f1-4
dmsetup remove y
head -c 4096 /dev/zero >zeros
run write -q --type plain -c aes -d link "$ext" zeros </dev/null
run copy -q --from-type raw --to-type plain -c aes --new-keyfile link zeros "$ext" </dev/null
for swap in "" ,swap ,tmp=ext2; do
    printf 'x %s %s plain,cipher=aes-cbc-plain,size=256%s\n' "$ext" "$scratch/link" "$swap" >crypttab
    run crypttab open --crypttab crypttab x </dev/null; gone x
done
mkdir -p mnt
for options in keyfile="$scratch/link",plain keyfile="$scratch/link",swap keyfile=/dev/fd/9,tmp=ext2; do
    "$(dirname "$LATCHKEY")/mount.crypto_LUKS" "$ext" "$scratch/mnt" -o "$options",cipher=aes-cbc-plain,name=x </dev/null 2>&1 | stable
    gone x
done
intact
run open -q --type plain -c aes -d link --expect-signature=ext2 "$ext" x --readonly </dev/null
gone x
run open -q --type plain -c aes -d link "$blank" x </dev/null
gone x

say "what is in the way of the node is told, and nothing is mapped"
in_the_way() {
    for action in "open --type plain -c aes $blank v" "create -q -c aes v $blank" "open $luks v" "open --type loopaes -d keys $blank v"; do
        # shellcheck disable=SC2086
        with one run $action
        gone v
    done
    printf 'v %s none luks\n' "$luks" >crypttab
    with 'one\n' run crypttab open --crypttab crypttab v
    with 'one\n' "$(dirname "$LATCHKEY")/mount.crypto_LUKS" "$luks" "$scratch/mnt" -o name=v 2>&1 | stable
    gone v
}
for i in $(seq 100 163); do printf '%s%s\n' "$i" "$(printf '%s' "$i" | sha256sum | cut -c1-41)"; done >keys
: >/dev/mapper/v; in_the_way; stat -c '%F, %s bytes' /dev/mapper/v; rm /dev/mapper/v
ln -s "$blank" /dev/mapper/v; with one run open "$luks" v; gone v; rm /dev/mapper/v
ln -s nowhere /dev/mapper/v; with one run open "$luks" v; gone v; rm /dev/mapper/v
mkdir /dev/mapper/v; with one run open "$luks" v; gone v; rmdir /dev/mapper/v
ln -s ../dm-99 /dev/mapper/v; with one run open "$luks" v; gone v; rm -f /dev/mapper/v
mknod /dev/mapper/v b 7 200; with one run open "$luks" v
mv /dev/mapper/v node7; echo plaintext >/dev/mapper/v; run close v </dev/null; cat /dev/mapper/v
mv node7 /dev/mapper/v; run close v </dev/null
with one run open "$luks" 'a b'; ls /dev/mapper; run close 'a b' </dev/null
ls /dev/mapper

say "nobody shrinks what is mounted below its file system"
with one run open "$luks" v
mke2fs -q -t ext2 /dev/mapper/v 8192; size() { dmsetup table v | cut -d' ' -f2; }
size
mount /dev/mapper/v mnt
run resize v --size 100 </dev/null
run resize -q v --size 16383 </dev/null
tty no -- resize v --size 100
tty YES -- resize v --size 16380; size
run resize v </dev/null; size
run resize v --size 20000 </dev/null; size
umount mnt
hold /dev/mapper/v
run resize v --size 16000 </dev/null 2>&1 | sed 's/process [0-9]*/process PID/'
kill "$holder"; wait "$holder" 2>/dev/null
run resize v --size 16000 </dev/null; size
run close v </dev/null
with g run create --compat=0.1 p "$blank"
mke2fs -q -t ext2 /dev/mapper/p; mount /dev/mapper/p mnt
run resize --compat=0.1 -b 100 p </dev/null
with g run reload --compat=0.1 -b 100 p "$blank"
with g run refresh -c aes -h ripemd160 --size 100 p
umount mnt
with g run reload --compat=0.1 -b 100 p "$blank"
dmsetup table p | cut -d' ' -f1-2
run close p </dev/null

say "a header of another volume changes nothing"
truncate -s 16M other; printf two | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --uuid 99999999-1234-1234-1234-123456789abc other
truncate -s 16M twin; printf two | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --uuid 12345678-1234-1234-1234-123456789abc twin
with one run open "$luks" v
for header in other twin; do
    with two run resize v --size 8 --header "$header"
    with two run refresh v --header "$header"
    run luksSuspend v --header "$header" </dev/null
done
dmsetup table v | cut -d' ' -f1-2
run close v </dev/null
truncate -s 20M luks2 twin2
for one in luks2 twin2; do printf one | quietly luksFormat -q "${fast[@]}" --uuid 12345678-1234-1234-1234-123456789abc "$one"; done
with one run open luks2 v
with one run resize v --size 8 --header twin2
with one run refresh v --header twin2
with one run resize v --size 8
with one run refresh v
with one run luksUUID -q --uuid 99999999-1234-1234-1234-123456789abc luks2
run luksSuspend v </dev/null
dmsetup info -c --noheadings -o suspended v
with one run resize v --size 16
with one run luksUUID -q --uuid 12345678-1234-1234-1234-123456789abc luks2
# An open image keeps its header: a header without keyslots comes from elsewhere.
cp luks2 erased && quietly luksErase -q erased && dd if=erased of=luks2 bs=64K count=1 conv=notrunc status=none
run luksSuspend v </dev/null
run close v </dev/null

say "a refresh leaves a mapping as writable as it is"
with one run open --readonly "$luks" v
with one run refresh v
blockdev --getro /dev/mapper/v
run close v </dev/null
with g run create --compat=0.1 --readonly p "$blank"
with g run reload --compat=0.1 p "$blank"
blockdev --getro /dev/mapper/p

say "a suspended mapping is called so; a size that no device has, too"
dmsetup suspend p
with g run reload --compat=0.1 p "$blank"
run resize --compat=0.1 -b 100 p </dev/null
with g run refresh p
dmsetup resume p
run resize p --size 18446744073709551615 </dev/null
run close p </dev/null
with g run create --compat=0.1 -b 18446744073709551615 p "$blank"

say "not hashed, a stream gives as many bytes as the key has"
printf 'abcdefghijklmnop\nqrstuvwxyz0123456789' >kf
for sized in "" "-l 14" "-l 16" "-l 200" "-l 14 --keyfile-offset 5"; do
    # shellcheck disable=SC2086
    run open -q --type plain -c aes-cbc-essiv:sha256 -h plain -s 128 $sized -d - "$blank" t <kf
    dmsetup table --showkeys t | cut -d' ' -f5; dmsetup remove t
done
with short run open -q --type plain -c aes-cbc-essiv:sha256 -h plain -s 128 -d - "$blank" t
head -c 512 /dev/zero >sector
run write -q --type plain -c aes-cbc-essiv:sha256 -h plain -s 128 -d kf "$blank" sector </dev/null
run read --type plain -c aes-cbc-essiv:sha256 -h plain -s 128 -l 14 -d - "$blank" --length 512 back <kf
cmp sector back && echo "the same key"
run copy -q --from-type plain -c aes-cbc-essiv:sha256 -h plain -s 128 -l 14 -d - "$blank" whole <kf
cmp -n 512 sector whole && echo "the same key"

say "the same of volumes that are served in userspace"
: >/dev/mapper/u
with one run open --backend userspace "$luks" u
rm /dev/mapper/u
run open -q --backend userspace --type plain -c aes -d link "$ext" u </dev/null
with one run open --backend userspace "$luks" u
mke2fs -q -t ext2 /dev/mapper/u 8192; mount /dev/mapper/u mnt
run resize u --size 100 </dev/null
run resize u --size 20000 </dev/null
umount mnt
with two run resize u --size 8 --header other
run resize u --size 100 </dev/null
run close u </dev/null
