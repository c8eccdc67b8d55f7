#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf two >two; printf wrong >wrong; printf one >one
for type in ${TYPES:-2}; do
    say "LUKS$type"
    if [ "$type" = 2 ]; then make=format; else make=format1; fi
    $make base one; add base one two
    $make last one
    fresh() { cp base img; say "$@"; }
    fresh "the passphrase given is removed"
    with 'two\n' run luksRemoveKey -v img
    opens img one two
    fresh "a wrong one removes nothing"
    with 'wrong' run luksRemoveKey img
    opens img one two
    fresh "nothing on stdin"
    with '' run luksRemoveKey img
    with '' run luksRemoveKey -q img
    fresh "key file as operand"
    run luksRemoveKey img wrong </dev/null
    run luksRemoveKey img two </dev/null
    opens img one two
    fresh "--key-file wins over the operand"
    run luksRemoveKey img one -d two </dev/null
    opens img one two
    fresh "on a terminal"
    tty bad -- luksRemoveKey img
    tty bad two -- luksRemoveKey img
    tty two -- luksRemoveKey -q img
    slots img
    fresh "-y asks twice"
    tty two two -- luksRemoveKey -y img
    fresh "-y and a slip"
    tty two too -- luksRemoveKey -y img

    fresh() { cp last img; say "$@"; }
    fresh "last, terminal, refused"
    tty one no -- luksRemoveKey img
    slots img
    fresh "last, terminal, YES"
    tty one YES -- luksRemoveKey img
    slots img
    fresh "last, terminal, -q"
    tty one -- luksRemoveKey -q img
    slots img
    fresh "last, -q, key file"
    run luksRemoveKey -q img one </dev/null
    slots img
    fresh "no keyslot at all"
    quietly erase -q img
    with one run luksRemoveKey img
    fresh "missing device"
    run luksRemoveKey missing </dev/null
    run luksRemoveKey </dev/null
done
