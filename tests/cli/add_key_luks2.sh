#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf one >one
format base one
fresh() { cp base img; say "$@"; }
slot() { "$LATCHKEY" luksDump img | sed -n "/^  $1: luks2/,/^  [0-9T]/p" | grep -v -E '^(  [^'"$1"'])|Salt|Area|^	            |^Tokens' | stable; }
fresh "argon2id beside pbkdf2"
with 'one\ntwo' run luksAddKey "${small_argon[@]}" img
slot 1
fresh "argon2i"
with 'one\ntwo' run luksAddKey --pbkdf argon2i --pbkdf-force-iterations 5 --pbkdf-memory 64 --pbkdf-parallel 2 img
slot 1
fresh "pbkdf2 and a hash"
with 'one\ntwo' run luksAddKey "${fast[@]}" --hash sha512 img
slot 1
fresh "argon2id and a hash"
with 'one\ntwo' run luksAddKey "${small_argon[@]}" --hash sha512 img
slot 1
fresh "keyslot cipher"
with 'one\ntwo' run luksAddKey "${fast[@]}" --keyslot-cipher aes-cbc-essiv:sha256 --keyslot-key-size 128 img
slot 1
fresh "keyslot cipher that there is not"
with 'one\ntwo' status luksAddKey "${fast[@]}" --keyslot-cipher nonsense --keyslot-key-size 128 img
with 'one\ntwo' status luksAddKey "${fast[@]}" --keyslot-cipher aes-xts-plain64 --keyslot-key-size 128 img
fresh "argon2 bounds"
with 'one\ntwo' run luksAddKey --pbkdf argon2id --pbkdf-force-iterations 3 --pbkdf-memory 32 --pbkdf-parallel 1 img
with 'one\ntwo' run luksAddKey --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 31 --pbkdf-parallel 1 img
with 'one\ntwo' run luksAddKey --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 4194305 --pbkdf-parallel 1 img
with 'one\ntwo' run luksAddKey --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32 --pbkdf-parallel 5 img
with 'one\ntwo' run luksAddKey --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32 --pbkdf-parallel 0 img
slots img
fresh "unbound"
with 'two' run luksAddKey "${fast[@]}" --unbound --key-size 256 img
slot 1
with 'two' run luksAddKey "${fast[@]}" --unbound img
with 'two' run luksAddKey "${fast[@]}" --unbound --key-size 0 img
with 'two' run luksAddKey "${fast[@]}" --unbound --key-size 12 img
head -c 32 /dev/urandom >key
with 'three' run luksAddKey "${fast[@]}" --unbound --key-size 256 --volume-key-file key -S 7 img
with 'four' run luksAddKey -v "${fast[@]}" --unbound --key-size 128 --volume-key-file key -S 8 img
with 'four' run luksAddKey -v "${fast[@]}" --unbound --key-size 512 --volume-key-file key -S 9 img
with 'four' run luksAddKey "${fast[@]}" --unbound --key-size 512 -S 0 img
tty five five -- luksAddKey "${fast[@]}" --unbound --key-size 128 img
slots img
opens img one two three four five
printf three | "$LATCHKEY" luksDump --unbound -S 7 --volume-key-file got img >/dev/null 2>&1; cmp key got && echo "the key comes back"
with 'two' run open -v --test-passphrase --unbound img
with 'three' run open -v --test-passphrase -S 7 img
with 'three' run open -v --test-passphrase -S 1 img
with 'three' run open --test-passphrase -S 5 img
with 'three' run open --unbound img x
format1 img1 one
with 'two' run luksAddKey --pbkdf-force-iterations 1000 --unbound --key-size 256 img1
fresh "no room for more"
for number in 1 2 3 4 5 6 7 8 9; do printf 'one\nn%s' $number | "$LATCHKEY" luksAddKey -q "${fast[@]}" img 2>&1; done
slots img
fresh "no keyslot left, but the volume key"
"$LATCHKEY" luksDump -q --dump-volume-key --volume-key-file vk img -d one >/dev/null 2>&1
quietly erase -q img
with 'two' run luksAddKey "${fast[@]}" --volume-key-file vk img
with 'two' run luksAddKey "${fast[@]}" --volume-key-file vk --key-size 512 img
opens img one two
