#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The last keyslot that a person can use is removed only if a person agrees: YES on a terminal, or -q.
. "$(dirname "$0")/transcript.sh"
printf one >one; printf two >two
for type in 2 1; do
    say "LUKS$type"
    if [ $type = 2 ]; then make=format; else make=format1; fi
    $make last one
    fresh() { cp last img; say "$@"; }
    fresh "its passphrase on stdin is not enough"
    with one run luksKillSlot img 0
    with '' run luksKillSlot img 0
    run luksKillSlot img 0 -d one </dev/null
    with one run luksRemoveKey img
    run luksRemoveKey img one </dev/null
    unchanged_since last img
    fresh "on a terminal a key file does not spare the question"
    tty no -- luksKillSlot img 0 -d one
    tty no -- luksRemoveKey img one
    unchanged_since last img
    tty YES -- luksKillSlot img 0 -d one
    slots img
    fresh "-q says so too"
    run luksRemoveKey -q img one </dev/null
    slots img
    fresh "a program is told the same"
    with one run luksRemoveKey --json img
    fresh "a changed passphrase leaves one"
    with 'one\nnew' run luksChangeKey "${fast[@]}" img
    opens img one new
done
say "a keyslot of a token does not count"
format last one; add last one two
"$LATCHKEY" token import last >/dev/null <<<'{"type":"systemd-tpm2","keyslots":["1"]}' || echo "PREPARATION FAILED"
cp last img
with two run luksKillSlot img 0
unchanged_since last img
with one run luksKillSlot img 1
slots img
cp last img
tty no -- luksKillSlot img 0
tty YES two -- luksKillSlot img 0
slots img
say "an ignored last one is told"
format img one
run config img --priority ignore -S 0
with one run open --test-passphrase img
with one run open --test-passphrase -S 0 img
