#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf one >one
format base one; add base one two
fresh() { cp base img; say "$@"; }
slot() { "$LATCHKEY" luksDump img | sed -n "/^  $1: luks2/,/AF hash/p" | stable | grep -v -E 'Salt|BYTES'; }
fresh "to argon2id"
with one run luksConvertKey -v "${small_argon[@]}" img
slot 0
opens img one two
fresh "a slot by number"
with two run luksConvertKey -v "${small_argon[@]}" -S 1 img
with one run luksConvertKey "${small_argon[@]}" -S 1 img
with one run luksConvertKey "${small_argon[@]}" -S 7 img
with one run luksConvertKey "${small_argon[@]}" -S 37 img
slot 1
opens img one two
fresh "another cipher and hash"
run luksConvertKey "${fast[@]}" --hash sha512 --keyslot-cipher aes-cbc-essiv:sha256 --keyslot-key-size 256 -d one img </dev/null
slot 0
opens img one two
fresh "wrong, nothing"
with bad run luksConvertKey "${fast[@]}" img
with '' run luksConvertKey "${fast[@]}" img
fresh "terminal"
tty one -- luksConvertKey "${fast[@]}" img
tty bad one -- luksConvertKey "${fast[@]}" img
tty one -- luksConvertKey "${fast[@]}" -S 0 img
format1 img one; say "LUKS1"
with one run luksConvertKey --pbkdf-force-iterations 1000 img
