#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
for type in 2 1; do
    say "LUKS$type"
    if [ $type = 2 ]; then make=format; else make=format1; fi
    $make base one; add base one two
    cp base img
    tty no -- erase img
    tty 'YES^D^D' -- erase img
    slots img
    tty YES -- erase -v img
    slots img
    cp base img
    run luksErase img </dev/null
    slots img
    cp base img
    run erase -q -v img </dev/null
    slots img
    run erase -q img </dev/null
    run luksUUID img >/dev/null; echo $?
    with one run open --test-passphrase img
    # A user who has the volume key can still use a volume without keyslots.
done
truncate -s 1M none
run erase -q none
run erase -q missing
run erase
