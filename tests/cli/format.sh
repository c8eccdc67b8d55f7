#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf one >one; printf 'one\n' >line; head -c 64 /dev/zero | tr '\0' k >vk
fresh() { truncate -s 0 img; truncate -s 20M img; say "$@"; }
dump() { "$LATCHKEY" luksDump img | grep -E "$1"; }
fresh "stdin"
with one run luksFormat "${fast[@]}" img
opens img one
dump 'Version|area|Label|Subsystem|offset|cipher|sector|bits|Hash|Iter'
fresh "stdin with a newline"
with 'one\nmore' run luksFormat -q "${fast[@]}" img
opens img one
with 'bad' run luksFormat -v -q "${fast[@]}" img
with '' run luksFormat -q "${fast[@]}" img
with '\n' run luksFormat -q "${fast[@]}" img
printf '\n' | "$LATCHKEY" open --test-passphrase img; echo $?
fresh "key file"
run luksFormat -q "${fast[@]}" img one </dev/null
opens img one
run luksFormat -q "${fast[@]}" img -d line </dev/null
opens img one
run luksFormat -q "${fast[@]}" img -d line -l 3 </dev/null
opens img one
run luksFormat -q "${fast[@]}" img line -d one </dev/null
run luksFormat -q "${fast[@]}" img missing </dev/null
with one run luksFormat -q "${fast[@]}" img -
fresh "terminal"
tty YES one one -- luksFormat "${fast[@]}" img
opens img one
tty no -- luksFormat "${fast[@]}" img
tty YES one eno -- luksFormat "${fast[@]}" img
tty one -- luksFormat -q "${fast[@]}" img
tty one one -- luksFormat -q -y "${fast[@]}" img
tty YES -- luksFormat "${fast[@]}" img one
fresh "what it says about itself"
with one run luksFormat -q "${fast[@]}" img --uuid 11111111-2222-3333-4444-555555555555 --label L --subsystem S
run luksUUID img; dump 'Label|Subsystem'
with one run luksFormat -q "${fast[@]}" img --uuid nonsense
with one run luksFormat -q "${fast[@]}" img --label "$(printf '%047d' 0)"
fresh "ciphers"
with one run luksFormat -q "${fast[@]}" img -c aes-cbc-essiv:sha256
dump 'cipher|bits'
with one run luksFormat -q "${fast[@]}" img -c aes-cbc-essiv:sha256 -s 128
dump 'cipher|bits'
with one run luksFormat -q "${fast[@]}" img -c aes-xts-plain64 -s 256
dump 'cipher|bits'
with one status luksFormat -q "${fast[@]}" img -c aes -s 512
with one run luksFormat -q "${fast[@]}" img -c aes
dump 'cipher|bits'
with one run luksFormat -q "${fast[@]}" img -h sha512
dump 'cipher|bits|[hH]ash'
with one status luksFormat -q "${fast[@]}" img -c nonsense-xts-plain64
with one status luksFormat -q "${fast[@]}" img -s 100
with one status luksFormat -q "${fast[@]}" img -s 100000
with one status luksFormat -q "${fast[@]}" img -h nonsense
fresh "sizes"
with one run luksFormat -q "${fast[@]}" img --sector-size 4096
dump 'sector'
with one run luksFormat -q "${fast[@]}" img --sector-size 1000
with one run luksFormat -q "${fast[@]}" img --luks2-metadata-size 64k --luks2-keyslots-size 4M
dump 'area|offset'
with one status luksFormat -q "${fast[@]}" img --luks2-metadata-size 5000
with one status luksFormat -q "${fast[@]}" img --luks2-keyslots-size 5000
with one run luksFormat -q "${fast[@]}" img --offset 16384
dump 'Keyslots area|offset'
with one status luksFormat -q "${fast[@]}" img --offset 7
with one run luksFormat -q "${fast[@]}" img --align-payload 8192
dump 'Keyslots area|offset'
with one status luksFormat -q "${fast[@]}" img --align-payload 8192 --offset 4096
fresh "volume key"
with one run luksFormat -q "${fast[@]}" img --volume-key-file vk
rm -f got; printf one | "$LATCHKEY" luksDump -q --dump-volume-key --volume-key-file got img >/dev/null; cmp vk got && echo same
with one run luksFormat -q "${fast[@]}" img --volume-key-file vk -s 256
with one run luksFormat -q "${fast[@]}" img --volume-key-file vk -c aes-cbc-essiv:sha256 -s 256
head -c 10 vk >short
with one run luksFormat -q "${fast[@]}" img --volume-key-file short
with one run luksFormat -q "${fast[@]}" img --volume-key-file missing
fresh "slot"
with one run luksFormat -q "${fast[@]}" img -S 5
opens img one
with one status luksFormat -q "${fast[@]}" img -S 32
with one run luksFormat -q "${fast[@]}" img --keyslot-cipher aes-cbc-essiv:sha256 --keyslot-key-size 128
dump 'cipher|Cipher|bits'
fresh "argon2id"
with one run luksFormat -q "${small_argon[@]}" img
dump 'PBKDF|Time|Memory|Threads'
