#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Damage is reported where it is found, once, with the command that repairs it; no damage is reported that does not exist.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/transcript.sh"
bytes() { sed -E 's/[0-9a-f]{8}\.\./SUM../g'; }
shown() { "$@" | bytes; }
damaged() { cp base img; printf X | dd of=img bs=1 seek="$1" conv=notrunc status=none; }
json_warnings() { "$LATCHKEY" "$@" --json 2>/dev/null | grep -o '"warnings":\[[^]]*\]' | stable | bytes; }

printf two >key2
format base one
damaged 4200
say "every command that reads"
with one shown run open --test-passphrase img
shown run luksDump --dump-json-metadata img </dev/null | grep '^[!=]'
shown run isLuks img </dev/null
shown run luksUUID img </dev/null
shown run luksHeaderBackup img --header-backup-file b </dev/null
with one shown run read img plaintext
with one shown run open --dry-run img
shown run isLuks data --header img </dev/null
json_warnings isLuks img </dev/null
json_warnings luksDump img </dev/null
cmp img base | sed 's/: .*//'
say "the backup has two good copies"
shown run isLuks b </dev/null
say "the other copy"
damaged 20600
shown run isLuks img </dev/null
say "its magic is gone"
cp base img; dd if=/dev/zero of=img bs=4096 count=1 conv=notrunc status=none
shown run isLuks img </dev/null
say "older than the other"
cp base img; quietly config --label new img
dd if=base of=img bs=16384 count=1 conv=notrunc status=none
shown run isLuks img </dev/null
say "the headers of two volumes: what a format or a restore leaves that was cut off"
cp base old; for label in 1 2 3 4; do quietly config --label $label old; done
for uuid in "$("$LATCHKEY" luksUUID base 2>/dev/null)" 11111111-2222-4333-8444-555555555555; do
    format img two --uuid "$uuid"
    dd if=old of=img bs=16384 count=1 conv=notrunc status=none
    shown run isLuks img </dev/null
done
cp img both
shown run isLuks img </dev/null
tty no -- repair img | bytes
unchanged_since both img
shown run repair -q img </dev/null
shown run isLuks img </dev/null
say "another UUID is not another volume"
cp base img; quietly luksUUID -q --uuid 11111111-2222-4333-8444-555555555555 img </dev/null
dd if=base of=img bs=16384 count=1 conv=notrunc status=none
shown run isLuks img </dev/null
say "a change heals it and says so"
damaged 4200
shown run config --label x --dry-run img </dev/null | grep '^[!=]'
shown run config --label x img </dev/null
shown run config --label y img </dev/null
say "so does restoring a backup"
damaged 4200
shown run luksHeaderRestore -q img --header-backup-file b </dev/null
say "a refused one heals nothing"
quietly token add --key-description k base
damaged 4200
shown run convert -q -v --type luks1 img </dev/null
say "a good backup onto a good device: nothing is missing"
cp base img; rm -f b
quietly luksHeaderBackup img --header-backup-file b </dev/null
shown run luksHeaderRestore -q -v img --header-backup-file b </dev/null
say "the program's own name"
ln -s "$LATCHKEY" latchkey
damaged 4200
./latchkey isLuks img 2>&1 </dev/null | bytes
./latchkey isLuks data --header img 2>&1 </dev/null | bytes

say "a repair that fails does not advise to repair"
hint() { "$LATCHKEY" -v "$@" 2>&1 </dev/null | grep '^Hint: '; }
damaged 4200; printf Y | dd of=img bs=1 seek=20600 conv=notrunc status=none
hint repair -q img
hint luksUUID img
shown run isLuks img </dev/null

for type in luks2 luks1; do
    say "$type, a keyslot that holds no ciphertext"
    truncate -s 20M img
    printf one | quietly luksFormat -q --type $type "${fast[@]}" img
    with one run open --test-passphrase img
    with two run open --test-passphrase img
    dd if=/dev/zero of=img bs=4096 seek=11 count=2 conv=notrunc status=none
    with one run open --test-passphrase img
    with one hint open --test-passphrase img
    run repair -q -v img </dev/null
    run luksDump img </dev/null | grep '^[!=]'
    json_warnings luksDump img </dev/null
done
for type in luks2 luks1; do
    say "$type, a keyslot that is lost is nobody's way in"
    truncate -s 20M whole
    printf one | quietly luksFormat -q --type $type "${fast[@]}" whole
    add whole one two
    cp whole lost; dd if=/dev/zero of=lost bs=4096 seek=11 count=2 conv=notrunc status=none
    cp lost img
    with two run luksRemoveKey img
    run luksRemoveKey img key2 </dev/null
    with two run luksKillSlot img 1
    with '' run luksKillSlot img 1
    tty no -- luksRemoveKey img key2
    unchanged_since lost img
    run luksRemoveKey -q img key2 </dev/null
    slots img
    cp lost img; with two run luksKillSlot img 0
    opens img two
    say "$type, a lost keyslot in a backup"
    rm -f b; run luksHeaderBackup lost --header-backup-file b </dev/null
    rm -f b; json_warnings luksHeaderBackup lost --header-backup-file b </dev/null
    run luksErase -q --backup-dir kept lost </dev/null
    cp whole img; run luksHeaderRestore -q img --header-backup-file b </dev/null
    with '' quietly luksKillSlot -q b 1
    cp whole img; with '' run luksHeaderRestore img --header-backup-file b
    unchanged_since whole img
    tty no -- luksHeaderRestore img --header-backup-file b
done
say "LUKS1, the state of a keyslot"
printf '\0\0\0\1' | dd of=img bs=1 seek=$((208 + 48 * 3)) conv=notrunc status=none
shown run isLuks img </dev/null

say "another program's signature inside the header"
signature() { printf '\x53\xef' | dd "of=$1" bs=1 seek=$((0x438)) conv=notrunc status=none; }
format1 img one
signature img
wipefs -p img | cut -d, -f4 | sort
with one run open --test-passphrase img
run show img </dev/null | grep Warnings
cp img before
run repair --dry-run img </dev/null
unchanged_since before img
run repair -q img </dev/null
wipefs -p img | cut -d, -f4 | sort
run repair -q -v img </dev/null
with one run open --test-passphrase img
truncate -s 0 img; truncate -s 20M img
printf one | quietly luksFormat -q "${fast[@]}" img
printf '_BHRfS_M' | dd of=img bs=1 seek=$((0x10040)) conv=notrunc status=none
run repair -q img </dev/null
printf one | quietly luksFormat -q "${fast[@]}" img
add img one two
printf two | quietly luksKillSlot img 0
printf '_BHRfS_M' | dd of=img bs=1 seek=$((0x10040)) conv=notrunc status=none
run repair -q img </dev/null | sed 's/ (.*//'
with two run open --test-passphrase img
signature img
with two run open --test-passphrase img
grep '^Hint' .stderr
with two "$LATCHKEY" -v open --test-passphrase img 2>&1 | grep Hint
run repair -q img </dev/null | sed 's/ (.*//'
with two run open --test-passphrase img
