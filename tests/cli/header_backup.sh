#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
for type in 2 1; do
    say "LUKS$type"
    if [ $type = 2 ]; then make=format; else make=format1; fi
    rm -f bak
    $make img one
    run luksHeaderBackup img --header-backup-file bak
    stat -c '%a %s' bak
    run luksHeaderBackup img --header-backup-file bak
    run luksHeaderBackup -v img --header-backup-file no/such
    run luksHeaderBackup img
    run luksHeaderBackup missing --header-backup-file bak2
    rm -f none; truncate -s 20M none
    run luksHeaderBackup none --header-backup-file bak2
    cp img before
    add img one two
    run luksHeaderRestore -q img --header-backup-file bak
    opens img one two
    unchanged_since before img
    run luksHeaderRestore img --header-backup-file bak </dev/null
    tty_status no -- luksHeaderRestore img --header-backup-file bak
    tty_status YES -- luksHeaderRestore -v img --header-backup-file bak
    run luksHeaderRestore img
    run luksHeaderRestore -q img --header-backup-file missing
    head -c 1M /dev/urandom >junk
    run luksHeaderRestore -q img --header-backup-file junk
    say "onto a device without a header"
    tty_status no -- luksHeaderRestore none --header-backup-file bak
    run luksHeaderRestore -q none --header-backup-file bak
    opens none one
    say "onto another volume"
    $make other one
    tty_status no -- luksHeaderRestore other --header-backup-file bak
    run luksHeaderRestore -q other --header-backup-file bak
    say "onto a volume of another layout"
    truncate -s 0 other; truncate -s 40M other
    if [ $type = 2 ]; then printf one | quietly luksFormat -q "${fast[@]}" other
    else printf one | quietly luksFormat -q --type luks1 "${fast[@]}" --offset 16384 other; fi
    status luksHeaderRestore -q other --header-backup-file bak
    if [ $type = 1 ]; then
        printf one | quietly luksFormat -q --type luks1 "${fast[@]}" -s 256 other
        status luksHeaderRestore -q other --header-backup-file bak
    fi
    say "onto a volume of the other version"
    if [ $type = 2 ]; then format1 other one; else format other one; fi
    tty_status no -- luksHeaderRestore other --header-backup-file bak
done
