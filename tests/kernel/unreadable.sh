#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Disks with unreadable sectors (dm-error): their content is unknown, which is neither "no LUKS" nor
# "wrong passphrase".  The transcript is unreadable.out; run by compare_golden inside the kernel lab.
. "$(dirname "$0")/../cli/transcript.sh"

truncate -s 20M two one empty
printf one | quietly luksFormat -q "${fast[@]}" two
printf 'one\ntwo' | quietly luksAddKey -q "${fast[@]}" two
printf one | quietly luksFormat -q --type luks1 "${fast[@]}" one
printf 'one\ntwo' | quietly luksAddKey -q "${fast[@]}" one
two=$(losetup -f --show two); one=$(losetup -f --show one); empty=$(losetup -f --show empty)
trap 'dmsetup remove disk; losetup -d "$two" "$one" "$empty"; rm -rf "$scratch"' EXIT

# bad DEVICE FIRST+LENGTH...: /dev/mapper/disk is the device without these sectors.
bad() {
    local device=$1 at=0 range end=40960 table=
    shift
    for range in "$@"; do
        [ "${range%+*}" = $at ] || table+="$at $((${range%+*} - at)) linear $device $at"$'\n'
        table+="${range%+*} ${range#*+} error"$'\n'
        at=$((${range%+*} + ${range#*+}))
    done
    [ $at = $end ] || table+="$at $((end - at)) linear $device $at"$'\n'
    dmsetup remove disk 2>/dev/null
    dmsetup create disk <<<"$table"
}
disk=/dev/mapper/disk
looks() {
    run isLuks $disk </dev/null
    with one run open --test-passphrase $disk
    status luksDump $disk </dev/null
    stable <.stderr | sed 's/^/! /'
}

say "LUKS2, a sector of the first header"
for sector in 0 3 20; do bad "$two" $sector+1; looks; done
say "LUKS2, a sector of the second header"
bad "$two" 32+1; looks
bad "$two" 50+1; looks
say "LUKS2, both"
bad "$two" 0+1 32+1; looks
say "LUKS2, all of it"
bad "$two" 0+40960; looks
run luksUUID $disk </dev/null
run repair -q $disk </dev/null
run luksHeaderBackup $disk --header-backup-file b </dev/null
with one run luksFormat -q "${fast[@]}" $disk
with one run luksAddKey -q "${fast[@]}" $disk
with one run open --type plain --expect-signature=swap --dry-run -c aes -h plain $disk
with one run copy $disk file
say "nothing, a sector where a header could be"
bad "$empty" 0+1; looks
bad "$empty" 64+8; looks
bad "$empty" 1+1; looks
say "LUKS1"
bad "$one" 0+1; looks
bad "$one" 1+1; looks
bad "$one" 4+1; looks

say "LUKS2, the area of a keyslot"
bad "$two" 70+1
with one run open --test-passphrase $disk
with two run open --test-passphrase $disk
with x run open --test-passphrase $disk
with one run open --test-passphrase -S 0 $disk
run luksHeaderBackup $disk --header-backup-file b </dev/null
run repair -q -v $disk </dev/null
bad "$two" 70+1 600+1
with one run open --test-passphrase $disk
say "LUKS1, the area of a keyslot"
bad "$one" 10+1
with one run open --test-passphrase $disk
with two run open --test-passphrase $disk
with x run open --test-passphrase $disk
bad "$one" 10+1 520+1
with one run open --test-passphrase $disk

say "LUKS1, erasing what can be erased"
bad "$one" 10+1
run luksErase -q $disk </dev/null
bad "$one"; with two run open --test-passphrase $disk
with one run open --test-passphrase $disk

say "a backup of what can be read"
bad "$two" 3+1 30000+8
run luksHeaderBackup $disk --header-backup-file b </dev/null
with two run open --test-passphrase b
bad "$two" 20000+8
run luksHeaderBackup $disk --header-backup-file b2 </dev/null
with two run open --test-passphrase b2
say "mapped all the same"
bad "$two" 0+1
with two run open $disk m
dmsetup status m
run close m </dev/null
