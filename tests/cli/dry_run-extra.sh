#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --dry-run: asks, checks and computes as usual, prints what would be written, and writes nothing.
. "$(dirname "$0")/transcript.sh"
printf one >one
# The program's own words, without offsets, which differ between layouts.
rehearse() { run "$@" --dry-run; unchanged_since before img; }
for type in 2 1; do
    say "LUKS$type"
    if [ $type = 2 ]; then make=format; else make=format1; fi
    rm -f img; $make img one; add img one two
    cp img before
    with 'one\nthree' rehearse luksAddKey "${fast[@]}" img
    with 'bad\nthree' rehearse luksAddKey "${fast[@]}" img
    with two rehearse luksRemoveKey img
    with 'one\nnew' rehearse luksChangeKey "${fast[@]}" img
    with one rehearse luksKillSlot img 1
    rehearse luksUUID img --uuid 11111111-2222-3333-4444-555555555555 </dev/null
    rehearse erase img </dev/null
    if [ $type = 2 ]; then place=(--luks2-keyslots-size 2M --offset 6144 --sector-size 512); else place=(); fi
    with new rehearse luksFormat "${fast[@]}" --type luks$type "${place[@]}" img
    rehearse repair img </dev/null
    quietly luksHeaderBackup img --header-backup-file bak$type
    with 'one\nthree' "$LATCHKEY" luksAddKey "${fast[@]}" img
    cp img before
    rehearse luksHeaderRestore img --header-backup-file bak$type </dev/null
done
say "LUKS2 alone"
format img one; cp img before
rehearse config img --label L --priority prefer -S 0 </dev/null
rehearse token add img --key-description k </dev/null
with one rehearse luksConvertKey "${small_argon[@]}" img
with one rehearse convert --type luks1 img
with two run luksAddKey --dry-run --json "${fast[@]}" --unbound --key-size 256 img >json
sed 1d json | head -1 | python3 -c '
import json, sys
told = json.load(sys.stdin)
device = told["dry_run"]["devices"][0]
print(told["ok"], told["result"]["keyslot"], device["device"], len(device["writes"]) > 1)
print(len(device["before"]["keyslots"]), len(device["after"]["keyslots"]))'
unchanged_since before img
say "names are in the sentences"
rm -f img; format img one --name main; cp img before
rehearse config img --key-slot 0 --name first </dev/null
run luksKillSlot -q --dry-run img 0 | grep -i lost
with 'one\ntwo' rehearse luksAddKey "${fast[@]}" --name second img
rm -f img; format img one; cp img before
say "files beside the volume are not written either"
rehearse luksHeaderBackup img --header-backup-file new </dev/null
rehearse token import img --json-file no </dev/null
quietly token add img --key-description k; cp img before
rehearse token export img --token-id 0 --json-file new
rehearse luksUUID img --uuid 11111111-2222-3333-4444-555555555555 --backup-dir new </dev/null
rehearse erase img --backup-dir new </dev/null
ls new 2>&1
say "a header file that is not there is not made"
with one run luksFormat --dry-run "${fast[@]}" --header hdr img
ls hdr 2>&1
say "no action that only reads takes it"
run luksDump --dry-run img
say "on a terminal a rehearsal asks nothing but passphrases"
cp before img
tty -- convert --type luks1 --dry-run img
quietly luksHeaderBackup img --header-backup-file bak
with two quietly luksFormat -q "${fast[@]}" --luks2-keyslots-size 2M --offset 6144 --sector-size 512 img
cp img before
tty -- luksHeaderRestore --header-backup-file bak --dry-run img
tty -- erase --dry-run img
tty two -- luksKillSlot --dry-run img 0
unchanged_since before img
