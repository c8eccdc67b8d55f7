#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Behaviour of making mappings that only ours has.  The transcript is cli_extra.out; run by compare_golden
# inside the kernel lab.
. "$(dirname "$0")/../cli/transcript.sh"

truncate -s 20M two; truncate -s 8M plain; truncate -s 1M small
printf one | quietly luksFormat -q "${fast[@]}" --uuid 12345678-1234-1234-1234-123456789abc two
printf 'one\ntwo' | quietly luksAddKey -q "${fast[@]}" two
two=$(losetup -f --show two); plain=$(losetup -f --show plain); small=$(losetup -f --show small)
trap 'losetup -d "$two" "$plain" "$small"; rm -rf "$scratch"' EXIT
show_uuid=1
json() { run "$@" --json; }

say "tables"
with one run open --dry-run two
with one run open --dry-run --disable-keyring --allow-discards two
with one run open "$two" l1
run table l1 </dev/null
json table l1 </dev/null
run close l1 </dev/null
with one run open --disable-keyring "$two" l1
run table l1 </dev/null
run close l1 </dev/null
with abc run open --type plain -c aes -h plain "$plain" p1
run table p1 </dev/null
run table --show-keys p1 </dev/null
json table --show-keys p1 </dev/null
run close p1 </dev/null
with abc run open --dry-run --type plain -c aes -h plain --offset 8 --skip 3 "$plain"
with abc run open --dry-run --type plain -c aes -h plain --sector-size 4096 --iv-large-sectors --size 16 "$plain" p1
run table nope </dev/null

say "as JSON"
with one json open "$two" l1
json status l1 </dev/null
with one json resize --size 1024 l1
json luksSuspend l1 </dev/null
json status l1 </dev/null
with one json luksResume l1
with one json refresh --allow-discards l1
with one json open two l1
json close l1 </dev/null
json close l1 </dev/null
json status l1 </dev/null
with abc json open --type plain -c aes "$plain" p1
hold /dev/mapper/p1
json close p1 </dev/null | sed 's/process [0-9]*/process PID/'
kill "$holder"; wait "$holder" 2>/dev/null
json close --deferred p1 </dev/null

say "defaults of plain volumes change between versions"
with abc run open --type plain "$plain" p1
run close p1 </dev/null
with abc run open --type plain -h sha256 "$plain" p1
run close p1 </dev/null
run open --type plain -c aes --compat=0.2 "$plain" p1 </dev/null

say "is there a file system?"
with abc run open --type plain -c aes --verify-fs "$plain" p1
with abc run open --type plain -c aes "$plain" p1
mkfs.ext4 -q /dev/mapper/p1
run close p1 </dev/null
with abc run -v open --type plain -c aes --verify-fs "$plain" p1
run close p1 </dev/null
with abx run open --type plain -c aes --verify-fs "$plain" p1
with abc run open --type plain -c aes --offset 8 --verify-fs "$plain" p1
with one run open --verify-fs "$two" l1

say "swap with a random key"
run open -q --type plain -c aes -d /dev/urandom "$small" s1 </dev/null
run close s1 </dev/null
mkswap small >/dev/null 2>&1
run open -q --type plain -c aes -d /dev/urandom "$small" s1 </dev/null
run close s1 </dev/null
run open -q --type plain -c aes -d /dev/urandom --expect-signature=none "$small" s1 </dev/null
run open -q --type plain -c aes -d /dev/urandom --expect-signature=swap "$small" s1 </dev/null
run close s1 </dev/null
run open -q --type plain -c aes -d /dev/urandom "$two" s1 </dev/null
run open -q --type plain -c aes -d /dev/random --expect-signature=swap "$two" s1 </dev/null
run open -q --type plain -c aes -d /dev/urandom --expect-signature=ext2 "$small" s1 </dev/null
wipefs -qa small; mke2fs -q -t ext2 small
run open -q --type plain -c aes -d /dev/urandom --offset 8 "$small" s1 </dev/null
run open -q --type plain -c aes -d /dev/urandom --offset 8 --expect-signature=ext2 "$small" s1 </dev/null
run close s1 </dev/null

say "keys of the keyring"
keyctl add user my:pass one @s >/dev/null
run -v open --key-description my:pass "$two" l1 </dev/null
run -v resize --key-description my:pass l1 </dev/null
run luksSuspend l1 </dev/null
run -v luksResume --key-description my:pass l1 </dev/null
run close l1 </dev/null
run open --key-description my:other "$two" l1 </dev/null
keyctl add user my:new three @s >/dev/null
run -v luksAddKey "${fast[@]}" --key-description my:pass --new-key-description my:new two </dev/null
with three run open --test-passphrase "$two"
"$LATCHKEY" luksDump -q --dump-volume-key --volume-key-file vk two -d <(printf one) >/dev/null 2>&1
keyctl padd user my:vk @s <vk >/dev/null
run open --volume-key-keyring %user:my:vk "$two" l1 </dev/null
run close l1 </dev/null
run open --volume-key-keyring %logon:my:vk "$two" l1 </dev/null
run open --volume-key-keyring %user:my:pass "$two" l1 </dev/null
with one run open --link-vk-to-keyring @s::%user:linked "$two" l1
keyctl print %user:linked | cmp - <(printf ':hex:'; od -An -tx1 -v vk | tr -d ' \n'; echo) && echo "linked: the volume key"
run close l1 </dev/null
with one run open --link-vk-to-keyring @s "$two" l1
with one run open --disable-keyring --link-vk-to-keyring @s::x "$two" l1
with one run open --link-vk-to-keyring %:nowhere::%user:x "$two" l1
run status l1 </dev/null

say "tokens keep to the keyslot that is named"
quietly token add --key-description my:pass -S 0 two </dev/null
with two run -v open -S 1 --test-passphrase "$two"
run -v open -S 0 --test-passphrase "$two" </dev/null
run open --token-only -S 1 --test-passphrase "$two" </dev/null
keyctl unlink %user:my:pass @s
run open --token-only "$two" l1 </dev/null
run open --token-only --token-id 0 "$two" l1 </dev/null
run open --token-only --token-type luks2-keyring "$two" l1 </dev/null
run open --token-only --token-type other "$two" l1 </dev/null

say "a header that gives its data less than the device"
truncate -s 24M short; printf one | quietly luksFormat -q "${fast[@]}" --sector-size 512 short
python3 "$here/../kernel/fixed_size.py" short 1048576
for how in --disable-keyring ''; do
    with one run open ${how:+"$how"} short s1
    with one run resize --size 1024 s1
    with one run resize --size 4096 s1
    with one run resize s1
    run status s1 </dev/null | grep size:
    run close s1 </dev/null
done

say "one memory-hard derivation at a time"
truncate -s 20M hard
printf three | quietly luksFormat -q "${small_argon[@]}" hard
lock=/run/cryptsetup/LN_memory-hard-access
mkdir -p /run/cryptsetup
flock -x "$lock" sleep 600 & holder=$!
until [ -e "$lock" ]; do sleep 0.1; done
printf three | "$LATCHKEY" -v open --serialize-memory-hard-pbkdf --test-passphrase hard >.serialized 2>&1 & waiting=$!
sleep 1
grep -c unlocked .serialized
with three run -v open --test-passphrase hard
pkill -P "$holder"; kill "$holder" 2>/dev/null; wait "$holder" 2>/dev/null
wait "$waiting"; cat .serialized
ls "$lock" 2>&1 | sed 's/.*: //'
with one run -v open --serialize-memory-hard-pbkdf --test-passphrase two

say "what is not mapped"
run open --type tcrypt "$plain" p1 </dev/null
run bitlkOpen "$plain" p1 </dev/null
with one run open --size 8 "$two" l1
run close l1 </dev/null
with abc run open --type plain -c nope-cbc-plain "$plain" p1
with abc run open --type plain -c aes-cbc-plain -s 256 --sector-size 4096 --skip 1 "$plain" p1
with abc run open --type plain -c capi:nope'(aes)'-plain "$plain" p1
run refresh --dry-run l1 </dev/null
