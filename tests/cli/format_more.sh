#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# luksFormat: LUKS1, detached headers, existing content of the device, refusals.
. "$(dirname "$0")/transcript.sh"
printf one >one
fresh() { truncate -s 0 img; truncate -s 20M img; say "$@"; }
dump() { "$LATCHKEY" luksDump img | grep -E "$1"; }
fresh "LUKS1"
with one run luksFormat -q --type luks1 --pbkdf-force-iterations 1000 img
dump 'Version|Cipher|Hash|Payload|MK bits|MK iter|Key Slot|	Iter|offset|stripes'
with one run luksFormat -q --type luks1 "${fast[@]}" img --align-payload 8 -c aes-cbc-essiv:sha256 -s 128 -h sha1
dump 'Cipher|Hash|Payload|MK bits|Key Slot 0|offset'
with one run luksFormat -q --type luks1 "${fast[@]}" img --offset 8192 -S 3
dump 'Payload|Key Slot'
with one run luksFormat -q --type luks1 "${fast[@]}" img --sector-size 512
with one run luksFormat -q --type luks1 "${fast[@]}" img --sector-size 4096
with one run luksFormat -q --type luks1 "${fast[@]}" img --integrity hmac-sha256
with one run luksFormat -q --type luks1 "${fast[@]}" img --label L --subsystem S
with one run luksFormat -q --type luks1 --pbkdf argon2id --pbkdf-force-iterations 1000 img
with one status luksFormat -q --type luks1 "${fast[@]}" img -S 8
with one status luksFormat -q --type plain "${fast[@]}" img
with one status luksFormat -q --type nonsense "${fast[@]}" img
with one run luksFormat -q --type luks "${fast[@]}" img
dump Version
tty YES one one -- luksFormat --type luks1 "${fast[@]}" img
fresh "detached header"
tty YES one one -- luksFormat "${fast[@]}" img --header hdr
stat -c '%a' hdr
"$LATCHKEY" luksDump hdr | grep -E 'area|offset:|length'
with one run open --test-passphrase --header hdr img
rm hdr; with one run luksFormat -q "${fast[@]}" img --header hdr
rm hdr; with one run luksFormat "${fast[@]}" img --header hdr
rm hdr; tty no -- luksFormat "${fast[@]}" img --header hdr
ls hdr 2>&1
truncate -s 20M hdr; with one run luksFormat -q "${fast[@]}" img --header hdr
rm hdr; with one run luksFormat -q --type luks1 "${fast[@]}" img --header hdr
"$LATCHKEY" luksDump hdr | grep -E 'Payload'
rm hdr; with one run luksFormat -q "${fast[@]}" img --header hdr --offset 4096
"$LATCHKEY" luksDump hdr | grep -E 'offset:'
fresh "what is there already"
with one run luksFormat -q "${fast[@]}" img
with one run luksFormat "${fast[@]}" img
tty no -- luksFormat "${fast[@]}" img
fresh "swap space"
mkswap img >/dev/null 2>&1
tty no -- luksFormat "${fast[@]}" img
fresh "a RAID's signature at the end"
raid() { printf '\44XIDE\44' | dd of=img bs=1 seek=$((20 * 1024 * 1024 - 512)) conv=notrunc status=none; }
what() { blkid -p -o value -s TYPE img; }
raid; what
tty no -- luksFormat "${fast[@]}" img
what
with one run luksFormat -q "${fast[@]}" img
what
raid
with one run luksFormat -q --type luks1 "${fast[@]}" img
what
raid
rm -f hdr; with one run luksFormat -q "${fast[@]}" img --header hdr
what
fresh "refusals"
with one run luksFormat -q missing
run luksFormat
with one status luksFormat -q --integrity nonsense "${fast[@]}" img
with one run luksFormat -q "${fast[@]}" img --use-random --use-urandom
with one run luksFormat -q "${fast[@]}" img --use-urandom
with one run luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 10 img
with one run luksFormat -q --key-slot -1 img
