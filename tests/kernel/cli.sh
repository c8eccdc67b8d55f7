#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Messages and statuses of making mappings: a transcript, equal for both programs.
# Run by compare_programs inside the kernel lab.
. "$(dirname "$0")/../cli/transcript.sh"

truncate -s 20M two one; truncate -s 8M plain; truncate -s 1M small; truncate -s 2M wide
printf one >one.key; printf 'three' >three.key; head -c 100 /dev/zero | tr '\0' k >key; head -c 10 key >short
printf one | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 one
printf one | quietly luksFormat -q "${fast[@]}" two
printf 'one\ntwo' | quietly luksAddKey -q "${fast[@]}" two
quietly luksHeaderBackup two --header-backup-file header
two=$(losetup -f --show two); plain=$(losetup -f --show plain); small=$(losetup -f --show small)
trap 'losetup -d "$two" "$plain" "$small"; rm -rf "$scratch"' EXIT

say "names that are not active"
for action in status close resize luksSuspend luksResume refresh remove luksClose plainClose; do
    with one run "$action" nope
    with one run -v "$action" nope
done
run close --deferred nope </dev/null
run close --cancel-deferred nope </dev/null
with one run refresh two nope
with one run open --refresh two nope
run close </dev/null
run status </dev/null
run resize </dev/null
run luksSuspend </dev/null
run luksResume </dev/null
run close a b </dev/null

say "what cannot be the name of a mapping"
for name in '' . .. a/b ./x; do
    for action in status close luksSuspend; do run "$action" -- "$name" </dev/null; done
    with one run resize -- "$name"
done

say "open"
with one run open two
with one run open two a/b
with one run open missing l1
with one run open --header missing two l1
with one run open plain l1
with one run open --type luks1 two l1
with one run open --type unheard-of two l1
with bad run open two l1
with '' run open two l1
with two run open -S 0 two l1
with two run -v open -S 1 two l1
run status l1 </dev/null
run -v status l1 </dev/null
run status /dev/mapper/l1 </dev/null
with one run open two l1
with bad run open two l1
# The file is open: for us it is in use through another loop device too, for the peer it is not.
run -v close l1 </dev/null
with one run open "$two" l2
with one run open "$two" l3
with bad run open "$two" l2
with one run open --test-passphrase "$two"
run close /dev/mapper/l2 </dev/null
with one run open --header header "$small" l3
with one run open --shared "$two" l3
with one run open --unbound "$two" l3
with one run open --cancel-deferred "$two" l3
with one run open --readonly one l1
run status l1 </dev/null
run close l1 </dev/null
with one run -v open one l1
run -v luksSuspend l1 </dev/null
run -v luksSuspend l1 </dev/null
run status l1 </dev/null
with bad run luksResume l1
with one run -v luksResume l1
with one run luksResume l1
run close l1 </dev/null

say "flags"
with one run open --allow-discards --perf-same_cpu_crypt "$two" l1
run status l1 </dev/null
with one run refresh --perf-no_read_workqueue --perf-no_write_workqueue l1
run status l1 </dev/null
with one run refresh --persistent --allow-discards l1
run status l1 </dev/null
with one run refresh l1
run status l1 </dev/null
with bad run refresh l1
run luksDump "$two" </dev/null | grep Flags
run close l1 </dev/null
with one run open --perf-submit_from_crypt_cpus "$two" l1
run status l1 </dev/null
run close l1 </dev/null
with one run open --persistent "$two" l1
run status l1 </dev/null
run close l1 </dev/null
with one run open --persistent --allow-discards one l1
run close l1 </dev/null
with one run open --persistent --test-passphrase "$two" l1

say "sizes"
with one run open "$two" l1
with one run -v resize l1 --size 1024
run status l1 </dev/null
with bad run resize l1
with '' run resize l1
with one run resize l1 --size 1023
with one run resize l1 --size 99999992
with one run resize l1 --device-size 1M
with one run resize l1 --device-size 1000
with one run resize l1 --device-size 1M --size 8
run resize l1 --key-file one.key </dev/null
run status l1 </dev/null
run luksSuspend l1 </dev/null
with one run resize l1 --size 8
with one run refresh l1
with one run luksResume l1
run close l1 </dev/null
with one run open --disable-keyring "$two" l1
run resize l1 --size 8 </dev/null
run status l1 </dev/null
with one run refresh l1
run status l1 </dev/null
run close l1 </dev/null

say "plain"
for options in "-c aes -h sha256" "-c aes-plain -s 128 -h sha1" "-c null" "-c aes-xts-plain64 -s 512 -h sha512" "-c aes -h plain" \
    "-c aes -h nope" "-c aes -h sha256:200" "-c aes -s 100" "-c aes -s 20000" "-c aes --offset 16383" "-c aes --offset 16384" \
    "-c aes --offset 99999" "-c aes --size 16385" "-c aes --size 8 --device-size 8K" "-c aes --device-size 8K" \
    "-c aes --sector-size 8192" "-c aes --iv-large-sectors" "-c aes --sector-size 512 --iv-large-sectors" \
    "-c aes --sector-size 4096 --offset 1" "-c aes --sector-size 4096 --iv-large-sectors --skip 8" "-c aes --readonly" \
    "-c aes --key-file key" "-c aes --key-file short" "-c aes --key-file key -h sha256" "-c aes --key-file key -l 4" \
    "-c aes --key-file key --keyfile-offset 10" "-c aes --key-file key --keyfile-offset 80" "-c aes --key-file missing" \
    "-c aes --key-file -" "-c aes --key-file - -l 2" "-c aes --key-file - -h plain" "-c aes -l 2" "-c aes -l 20" "-c aes --keyfile-offset 1" \
    "-c aes --key-file key -d key" "-c aes --test-passphrase" "-c aes -y" "-c aes --key-slot 1 --token-id 1"; do
    # shellcheck disable=SC2086  # options are words
    with 'abc\n' run -v open --type plain $options "$plain" p1
    run status p1 </dev/null && dmsetup table --showkeys p1 && run close p1 </dev/null
done
with abc run open --type plain -c aes missing p1
with abc run open --type plain -c aes . p1
with abc run open --type plain -c aes "$plain"
with abc run open --type plain -c aes "$plain" p1
with abc run open --type plain -c aes "$plain" p1
with abc run open --type plain -c aes "$plain" p2
with abc run open --type plain -c aes --shared "$plain" p2
run -v resize p1 --size 100 </dev/null
run resize p1 --size 99999 </dev/null
run luksSuspend p1 </dev/null
with abc run luksResume p1
with abc run -v refresh p1
with abx run -v refresh p1
with abc run refresh --allow-discards p1
run status p1 </dev/null
run close p1 </dev/null
run close p2 </dev/null
mkswap small >/dev/null; losetup -d "$small"; small=$(losetup -f --show small)
with abc run open --type plain -c aes "$small" p1
run close p1 </dev/null
with abc run open -q --type plain -c aes "$small" p1
run close p1 </dev/null
with abc run open --type plain -c aes --offset 8 "$small" p1
run close p1 </dev/null
tty no -- open --type plain -c aes "$small" p1
tty YES abc -- open --type plain -c aes "$small" p1
run close p1 </dev/null
tty abc abc -- open -q -y --type plain -c aes "$plain" p1
run close p1 </dev/null
tty abc abx -- open -q -y --type plain -c aes "$plain" p1
blockdev --setro "$plain"
with abc run open --type plain -c aes "$plain" p1
run status p1 </dev/null
run close p1 </dev/null
blockdev --setrw "$plain"

say "loop-AES"
run open --type loopaes "$plain" p1 </dev/null
run open --type loopaes --key-file key "$plain" p1 </dev/null
run open --type loopaes --key-file missing "$plain" p1 </dev/null
echo 'a key of one line, long enough for anybody to use' >la.key
run open --type loopaes --key-file la.key "$plain" p1 </dev/null
run status p1 </dev/null
run loopaesClose p1 </dev/null

say "in use"
with abc run open -q --type plain -c aes wide p1
mkfs.ext4 -q /dev/mapper/p1 && mkdir mnt && mount /dev/mapper/p1 mnt
run status p1 </dev/null
run close p1 </dev/null
run -v close p1 </dev/null
run close --deferred p1 </dev/null
run status p1 </dev/null
run close --cancel-deferred p1 </dev/null
run close --cancel-deferred --deferred p1 </dev/null
umount mnt
run close --deferred p1 </dev/null
run status p1 </dev/null

say "a passphrase on a terminal"
tty bad bad one -- open -v "$two" l1
run close l1 </dev/null
tty bad bad bad -- open "$two" l1
tty bad bad -- open -T 2 "$two" l1
tty one -- open "$two" l1
tty bad one -- resize l1
tty one -- resize l1
run luksSuspend l1 </dev/null
tty bad one -- luksResume l1
tty one -- refresh l1
run close l1 </dev/null

say "detached header"
dd if=/dev/zero of=two bs=1M count=16 conv=notrunc status=none
with one run open two l1
with one run -v open --header header two l1
run status --header header l1 </dev/null
run luksSuspend --header header l1 </dev/null
with one run luksResume l1
with one run luksResume --header one l1
with one run luksResume --header header l1
with one run resize --header header --size 80 l1
with one run refresh --header header l1
run status --header header l1 </dev/null
run close l1 </dev/null

say "tokens"
with one run open --token-only --header header two l1
quietly token add --key-description my:key -S 0 header </dev/null
with one run -v open --header header two l1
run close l1 </dev/null
status open --token-only --header header two l1 </dev/null
status open --token-id 0 --header header two l1 </dev/null
with one status open --token-id 0 --header header two l1
run close l1 </dev/null
keyctl add user my:key wrong @s >/dev/null
status open --token-only --header header two l1 </dev/null
keyctl add user my:key one @s >/dev/null
run -v open --header header two l1 </dev/null
run -v resize --header header --size 80 l1 </dev/null
run luksSuspend l1 </dev/null
run -v luksResume --header header l1 </dev/null
run -v refresh --header header l1 </dev/null
run close l1 </dev/null
run -v open --token-only --header header two l1 </dev/null
run close l1 </dev/null
run -v open --token-id 0 --header header two l1 </dev/null
run close l1 </dev/null
run -v open --token-type luks2-keyring --header header two l1 </dev/null
run close l1 </dev/null
status open --token-type unheard-of --header header two l1 </dev/null
run open --test-passphrase --token-only --header header two </dev/null
run luksAddKey "${fast[@]}" --token-id 0 header three.key </dev/null
run luksAddKey "${fast[@]}" --token-only header three.key </dev/null
status luksAddKey "${fast[@]}" --token-id 4 header three.key </dev/null
with one run luksAddKey "${fast[@]}" --new-token-id 0 header
with one status luksAddKey "${fast[@]}" --new-token-id 4 header
keyctl add user my:other five @s >/dev/null
quietly token add --key-description my:other --unbound --token-id 1 header </dev/null
run luksAddKey "${fast[@]}" --token-id 0 --new-token-id 1 header </dev/null
run token export --token-id 0 header </dev/null
run token export --token-id 1 header </dev/null
run -v open --token-id 1 --header header two l1 </dev/null
run close l1 </dev/null
keyctl unlink %user:my:key @s; keyctl unlink %user:my:other @s
with one status open --token-only one l1

say "others' mappings"
dmsetup create foreign --table "0 100 linear $plain 0"
run status foreign </dev/null
with one run refresh foreign
with one run luksResume foreign
run close foreign </dev/null

say "a cipher that this kernel lacks: nothing is written"
truncate -s 20M spare
with one status luksFormat -q "${fast[@]}" -c aes-hctr2-plain64 -s 512 spare
cmp -n 20971520 spare /dev/zero && echo "spare is unchanged"

say "a device that begins in the middle of a physical block"
[ -e /dev/ram0 ] || modprobe brd
dmsetup create odd --table "0 8000 linear /dev/ram0 1"
blockdev --getalignoff /dev/mapper/odd
for align in 8 16 64 2048; do
    with one status luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --align-payload $align /dev/mapper/odd
    "$LATCHKEY" luksDump /dev/mapper/odd | grep 'Payload offset'
done
dmsetup remove odd
