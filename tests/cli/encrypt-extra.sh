#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Encryption of data in clear, in place, and decryption with an exported header: questions, refusals, room for content.
. "$(dirname "$0")/transcript.sh"
show_uuid=
printf key >key; printf other >other
begin() { run reencrypt -q --encrypt "${fast[@]}" -d key "$@" image </dev/null; cmp -s image before && echo "unchanged"; }
content() { rm -f out; quietly read -q -d key "$@" image out; cmp -n 4194304 out before && echo "the same content"; }
show() { "$LATCHKEY" luksDump "${1:-image}" | grep -E '^  [0-9]+: (luks2|reencrypt)|Label|Mode:|Resilience|cipher: |sector: |^  [0-9]: (crypt|linear)|Requirements'; }
again() { cp before image; }
head -c 6291456 /dev/urandom >before; again

say "refused, and nothing is written"
begin
begin --header header --reduce-device-size 2M
begin --reduce-device-size 2M --device-size 1M
begin --reduce-device-size 1000
begin --reduce-device-size 4K
begin --reduce-device-size 2M --offset 4096
begin --reduce-device-size 2M --offset 2047
begin --reduce-device-size 5M
begin --reduce-device-size 128K
begin --reduce-device-size 2M --type luks1
begin --reduce-device-size 2M --resume-only
begin --reduce-device-size 2M -c zork
begin --reduce-device-size 2M --uuid zork
begin --header header --device-size 16M
begin --header header --resilience zork
ls header 2>/dev/null
run reencrypt -q -d key --uuid 12345678-1234-1234-1234-123456789abc image </dev/null
run reencrypt -q -d key --force-offline-reencrypt --decrypt --header header image </dev/null

say "content that does not fit"
cp before raw
truncate -s 6M full; mkfs.ext4 -q -F -b 4096 full 2>/dev/null; cp full before; again
begin --reduce-device-size 2M
mkfs.ext4 -q -F -b 4096 full 1023 2>/dev/null; cp full before; again
begin --reduce-device-size 2M
mkswap -q full >/dev/null; cp full before; again
begin --reduce-device-size 2M
mkfs.ext4 -q -F -b 4096 full 1024 2>/dev/null; cp full before; again
begin --reduce-device-size 2M
content
cp raw before

cp before raw
say "blocks that are smaller than the sectors"
truncate -s 0 full; truncate -s 6M full; mkfs.ext4 -q -F -b 1024 full 2048 2>/dev/null; cp full before; again
begin --reduce-device-size 2M --sector-size 4096
begin --header header --sector-size 2048
ls header 2>/dev/null
begin --reduce-device-size 2M --sector-size 1024 --init-only
say "a refusal exports no header"
again
printf key | quietly luksFormat -q "${fast[@]}" --luks2-keyslots-size 512k --offset 2048 --sector-size 512 image
cp image before
run reencrypt -q -d key --decrypt --header exported image </dev/null
run reencrypt -q -d other --force-offline-reencrypt --decrypt --header exported image </dev/null
ls exported 2>/dev/null
unchanged_since before image
cp raw before; again
say "moved, with what the user wishes; the same command goes on"
again
begin --reduce-device-size 2M --init-only --label mine -c aes-cbc-essiv:sha256 -s 256 --sector-size 4096 -S 3
show
content
begin --reduce-device-size 2M --init-only
begin --reduce-device-size 2M
show
content
begin --reduce-device-size 2M

say "cut short while the header was written"
truncate -s 4M other_volume
quietly luksFormat -q "${fast[@]}" --luks2-keyslots-size 512k --offset 2048 --sector-size 512 -d key other_volume
quietly luksHeaderBackup other_volume --header-backup-file backup
again; quietly reencrypt -q --encrypt "${fast[@]}" -d key --reduce-device-size 2M --init-only image; mv image begun; again
dd if=begun of=image bs=1M skip=4 seek=4 conv=notrunc status=none
printf 'latchkey: an encryption begins\n1048576 6291456 ' >mark; truncate -s 480 mark
python3 -c 'import hashlib; mark = open("mark", "r+b"); mark.write(hashlib.sha256(mark.read()).digest())'
dd if=mark of=image conv=notrunc status=none; dd if=begun of=image bs=4096 skip=8 seek=8 count=1 conv=notrunc status=none
cp before data; cp image before
run isLuks image </dev/null
run open --test-passphrase -v -d key image </dev/null; grep '^Hint' .stderr
begin --reduce-device-size 1536K
begin --header header
ls header 2>/dev/null
say "what would end the way back to the data is refused, with -q, too"
for type in luks1 luks2; do
    run luksFormat -q --type $type "${fast[@]}" -d key image </dev/null; grep '^Hint' .stderr
done
run luksHeaderRestore -q --header-backup-file backup image </dev/null
tty YES key -- luksFormat "${fast[@]}" image
run open -q --type plain -c aes-cbc-essiv:sha256 -d /dev/urandom image x </dev/null
unchanged_since before image
cp data before
begin --reduce-device-size 2M --cipher aes-cbc-essiv:sha256 -s 256
begin --reduce-device-size 2M
content

say "with the header elsewhere"
again
begin --header header --init-only --resilience journal
show header
begin --header header
content --header header
begin --header header
rm header

say "on a terminal"
again
tty YES key key -- reencrypt --encrypt "${fast[@]}" --reduce-device-size 2M --init-only image
again
tty no -- reencrypt --encrypt "${fast[@]}" --reduce-device-size 2M image
cmp image before && echo "unchanged"
tty YES key other -- reencrypt --encrypt "${fast[@]}" --header header image
cmp image before && echo "unchanged"
ls header 2>/dev/null

say "decrypted, with the header exported"
begin --reduce-device-size 2M
cp image encrypted
run reencrypt -q --force-offline-reencrypt -d other --decrypt --header header image </dev/null
run reencrypt -q --force-offline-reencrypt -d key --decrypt image </dev/null
run reencrypt -q --force-offline-reencrypt -d key --decrypt --resilience none --header header image </dev/null
cmp image encrypted && echo "unchanged"
ls header 2>/dev/null
run reencrypt -q --force-offline-reencrypt -d key --decrypt --init-only --header header image </dev/null
show header
content --header header
run reencrypt -q --force-offline-reencrypt -d key --decrypt --header header image </dev/null
cmp -n 4194304 image before && echo "the same content"
run luksDump image
