#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
truncate -s 4M img
for type in ${TYPES:-2}; do
    say "LUKS$type"
    if [ "$type" = 2 ]; then make=format; else make=format1; fi
    $make base one; add base one two; add base one three
    fresh() { cp base img; }

    fresh; say "another slot's passphrase kills"
    with 'two\n' run luksKillSlot img 0
    slots img
    fresh; say "verbose"
    with 'two\n' run luksKillSlot -v img 0
    fresh; say "the slot's own passphrase does not"
    with 'one\n' run luksKillSlot img 0
    slots img
    fresh; say "a wrong one does not"
    with 'wrong' run luksKillSlot img 0
    slots img
    fresh; say "an empty stdin skips the question"
    with '' run luksKillSlot img 0
    slots img
    fresh; say "so it does with -q"
    with '' run luksKillSlot -q img 0
    slots img
    fresh; say "-q with a wrong passphrase on stdin checks"
    with 'wrong' run luksKillSlot -q img 0
    slots img
    fresh; say "a key file is checked, also with -q"
    printf two >two; printf wrong >wrong; : >empty
    run luksKillSlot -q img 0 --key-file two </dev/null
    fresh
    run luksKillSlot -q img 0 --key-file wrong </dev/null
    run luksKillSlot -q img 0 --key-file empty </dev/null
    run luksKillSlot -q img 0 --key-file missing </dev/null
    slots img
    fresh; say "- as the key file keeps the newline"
    with 'two\n' run luksKillSlot img 0 --key-file -
    with 'two' run luksKillSlot img 0 --key-file -
    fresh; say "empty stdin as key file"
    with '' run luksKillSlot img 0 --key-file -
    slots img
    fresh; say "no such slot"
    with 'one' run luksKillSlot img 5
    with 'one' status luksKillSlot img 40
    with 'one' status luksKillSlot img -- -1
    run luksKillSlot img </dev/null
    run luksKillSlot -q missing 0 </dev/null

    fresh; say "on a terminal"
    tty two -- luksKillSlot img 0
    slots img
    fresh; say "on a terminal, wrong three times"
    tty bad one bad -- luksKillSlot img 0
    fresh; say "on a terminal, right at the second attempt"
    tty bad three -- luksKillSlot img 0
    fresh; say "on a terminal, --tries 1"
    tty bad -- luksKillSlot --tries 1 img 0
    fresh; say "on a terminal with -q nothing is asked"
    tty -- luksKillSlot -q img 0
    slots img
    fresh; say "on a terminal with a key file"
    tty -- luksKillSlot img 0 -d two
    slots img
    fresh; say "on a terminal with - as the key file"
    tty two -- luksKillSlot img 0 -d -
    slots img

    $make last one
    freshlast() { cp last img; }
    # Without -q ours refuses here: see kill_slot-extra.sh.
    freshlast; say "last slot, no terminal, -q"
    with 'wrong' run luksKillSlot -q img 0
    with 'one' run luksKillSlot -q img 0
    slots img
    freshlast; say "last slot, -q, empty stdin"
    with '' run luksKillSlot -q img 0
    slots img
    freshlast; say "last slot, key file"
    printf one >one
    run luksKillSlot -q img 0 --key-file wrong </dev/null
    run luksKillSlot -q img 0 --key-file one </dev/null
    slots img
    freshlast; say "last slot, terminal, refused"
    tty no -- luksKillSlot img 0
    tty yes -- luksKillSlot img 0
    slots img
    freshlast; say "last slot, terminal, YES, wrong passphrase"
    tty YES bad bad bad -- luksKillSlot img 0
    slots img
    freshlast; say "last slot, terminal, YES, its passphrase"
    tty YES one -- luksKillSlot img 0
    slots img
    freshlast; say "last slot, terminal, -q"
    tty -- luksKillSlot -q img 0
    slots img
    freshlast; say "last slot, terminal, key file"
    tty_status YES -- luksKillSlot img 0 -d one
    slots img
done
