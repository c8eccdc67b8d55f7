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
say "a name belongs to one keyslot, and is no number"
native=$(dirname "$LATCHKEY")/latchkey
# Called by its own name, the program takes names for numbers.
by_name() {
    show_command "$@"
    "$native" "$@" >.stdout 2>.stderr
    local status=$?
    stable <.stdout
    stable <.stderr | sed 's/^/! /'
    echo "= $status"
}
rm -f img; format img one --name Ann
cp img before
with 'one\ntwo' run luksAddKey "${fast[@]}" --name Ann img
with 'one\ntwo' run luksAddKey "${fast[@]}" --name 7 img
with 'one\ntwo' run luksAddKey "${fast[@]}" --name " 1" img
with 'one\ntwo' run luksAddKey "${fast[@]}" --name "1 " img
unchanged_since before img
with 'one\ntwo' run luksAddKey "${fast[@]}" --name "USB stick" img
run config img --key-slot 1 --name Ann
run config img --key-slot 1 --name "USB stick"
say "names work where numbers do"
with two by_name open -v --test-passphrase -S "USB stick" img
with two by_name open -v --test-passphrase -S Ann img
with two by_name open -v --test-passphrase -S nobody img
with 'two\nthree' by_name luksChangeKey "${fast[@]}" -S "USB stick" img
with three by_name luksConvertKey "${fast[@]}" -S "USB stick" img
by_name config -S "USB stick" --priority prefer img
with one by_name luksAddKey "${fast[@]}" --new-key-slot Bob img
with 'one\nfour' by_name luksAddKey "${fast[@]}" --new-key-slot 4 -S Ann --name Bob img
by_name token add --key-description k -S "USB stick" img
by_name token unassign --token-id 1 -S "USB stick" img
with one by_name luksDump --dump-volume-key -q -S Ann img | grep -c '^MK'
with one by_name luksKillSlot img "USB stick"
with one run luksKillSlot img nobody
by_name luksKillSlot -q img Bob
with one by_name luksFormat -q -S Ann img
say "two keyslots of one name, by another program"
cp img twice; with 'one\nfive' quietly luksAddKey "${fast[@]}" twice
printf '{"type":"latchkey-names","keyslots":["0","1"],"names":{"0":"Ann","1":"Ann"}}' |
    quietly token import --token-id 0 --token-replace twice
cp twice before
with one by_name luksKillSlot twice Ann
with one by_name open --test-passphrase -S Ann twice
unchanged_since before twice
say "one new passphrase, not two"
printf six >six
with one run luksAddKey "${fast[@]}" --new-token-id 1 img six
with one run luksAddKey "${fast[@]}" --new-key-description k img six
with one run luksAddKey "${fast[@]}" --unbound -s 256 --new-token-id 1 img six
say "as the peer, --key-slot takes numbers"
run open --test-passphrase -S Ann img
say "the token of a new unbound keyslot"
run luksAddKey "${fast[@]}" --unbound --key-size 256 --new-token-id 9 img
say "LUKS1 has no place for them"
format1 img1 one
cp img1 before
with 'one\ntwo' run luksAddKey --pbkdf-force-iterations 1000 --name x img1
run config img1 --name x --key-slot 0
unchanged_since before img1
