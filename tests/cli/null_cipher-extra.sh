#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Headers that say the data are not encrypted: an attacker who can write to the disk can make one from any header.  The owner's
# passphrase or key must not open it; the empty passphrase, which keeps nothing secret, does.
# shellcheck disable=SC2162,SC2154  # "run read" is the action; here is the transcript's
. "$(dirname "$0")/transcript.sh"
printf one >key
yes plaintext | head -c 1M >text
format good one
$LATCHKEY luksDump --dump-volume-key --volume-key-file vk -q -d key good >/dev/null
# spoiled CHANGE...: a copy of the volume with another header
spoiled() { cp good img; "$here/edit_header.py" img "$@"; cp img before; }
short() { "$LATCHKEY" "$@" 2>&1 >/dev/null </dev/null | stable | head -2; echo "= ${PIPESTATUS[0]}"; }

say "every spelling"
for cipher in cipher_null-ecb cipher_null-cbc-essiv:sha256 cipher_null-xts-plain64 'capi:ecb(cipher_null)' \
    'capi:cbc(cipher_null)-plain64' 'capi:authenc(hmac(sha256),cbc(cipher_null))-plain64' null cipher_null CIPHER_NULL-ECB \
    'capi:cipher_null-generic' 'capi:ecb-cipher_null' 'capi:null'; do
    spoiled "segments.0.encryption=\"$cipher\""
    echo "$cipher:"; short read -d key --length 512 img out
    ls out 2>/dev/null
done

say "every verb that opens, before anything is written"
spoiled 'segments.0.encryption="cipher_null-ecb"'
run read -d key img out
run read --volume-key-file vk img out
run write -d key img text
run copy -d key img out
run copy -q --new-keyfile key text img
run open --dry-run -d key img vol
run open --backend userspace -d key img vol
run open --backend userspace --volume-key-file vk img vol
ls out 2>&1
unchanged_since before img
run open --json --dry-run -d key img vol
say "what does not touch the data goes on; and says what the header says"
run open --test-passphrase -d key img
with 'one\ntwo' run luksAddKey -q "${fast[@]}" img
run luksDump img | grep '^!'
run luksDump --json img | grep -o '"warnings":.*'
say "who made it so opens it by name"
run read -d key --length 512 --allow-null-cipher img out; ls out; rm out
run luksDump img | grep cipher:

say "segments of a reencryption, and any other"
cp good img
spoiled 'segments.1={"type":"crypt","offset":"3145728","size":"dynamic","iv_tweak":"0","encryption":"cipher_null-ecb","sector_size":512,"flags":["backup-previous"]}' 'digests.0.segments=["0","1"]'
run read -d key --length 512 img out
spoiled 'segments.0.type="linear"'
run read -d key --length 512 img out

say "keyslots: the empty passphrase only"
spoiled 'keyslots.0.area.encryption="cipher_null-ecb"'
run read -d key --length 512 img out
run luksDump img | grep '^!'

say "made so on purpose"
truncate -s 4M null
printf '' >empty
run luksFormat -q "${fast[@]}" --luks2-keyslots-size 2M --offset 6144 --sector-size 512 -c null null empty
run read -d empty --length 512 null out; ls out; rm out
with 'one' run luksFormat -q "${fast[@]}" --luks2-keyslots-size 2M --offset 6144 --sector-size 512 -c null null
run read -d key --length 512 null out
truncate -s 3M null1
run luksFormat -q --type luks1 --pbkdf-force-iterations 1000 -c null null1 empty
run read -d empty --length 512 null1 out; ls out; rm out
run read -d key --length 512 null1 out
run luksDump null1 | grep '^!'
say "plain volumes have no header: what is typed is meant"
with one run read --type plain -c null -s 256 -h sha256 --length 512 good out; ls out
