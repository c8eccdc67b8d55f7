#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Keyslots have names, stored where other programs do not touch them.
. "$(dirname "$0")/transcript.sh"
format img one --name "my first"
with one run open -v --test-passphrase img
with 'one\ntwo' run luksAddKey "${fast[@]}" --name "paper key in the safe" img
with two run open -v --test-passphrase img
with two run open --json --test-passphrase img
run config img --key-slot 0 --name "desk"
run luksDump img | grep -i -B2 -A2 -E 'desk|paper'
run config img --name nobody
run config img --name nobody --key-slot 7
run config img --name "$(printf 'a\001b')" --key-slot 0
say "a changed passphrase keeps its name, a killed keyslot takes it away"
with 'two\nthree' run luksChangeKey "${fast[@]}" img
with three run open -v --test-passphrase img
with one run luksKillSlot img 1
with 'one\nfour' run luksAddKey "${fast[@]}" img
with four run open -v --test-passphrase img
run config img --key-slot 0 --name ""
with one run open -v --test-passphrase img
say "LUKS1 has no place for them"
format1 img1 one
cp img1 before
with 'one\ntwo' run luksAddKey --pbkdf-force-iterations 1000 --name x img1
run config img1 --name x --key-slot 0
unchanged_since before img1
