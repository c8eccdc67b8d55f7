#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --backup-dir: the header as it was, before something is destroyed.
. "$(dirname "$0")/transcript.sh"
for type in 2 1; do
    say "LUKS$type"
    if [ $type = 2 ]; then make=format; else make=format1; fi
    rm -rf img dir
    $make img one; add img one two
    with one run luksKillSlot --backup-dir dir img 1
    ls dir | sed -E 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/; s/-[0-9a-f]{16,}/-HASH/'
    stat -c %a dir dir/*
    opens dir/* one two
    opens img one two
    run erase -q --backup-dir dir img
    ls dir | wc -l
    say "restored"
    run luksHeaderRestore -q --header-backup-file "$(ls -tr dir/* | head -1)" img | tail -1
    opens img one two
done
say "what cannot be backed up is not changed"
format img one; add img one two; cp img before; : >file
with one run luksKillSlot --backup-dir file img 1
unchanged_since before img
say "reading needs none"
with one run luksDump --backup-dir dir img
